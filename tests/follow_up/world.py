"""A county of one network, in plain values: what rules are tried on."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.areas.rules import Lies, Scheme
from app.core.localized import Localized
from app.follow_up.rules import plan
from app.follow_up.rules.facts import Area, Evidence, Facts, Gathering, Network, Rule, Seat
from app.follow_up.rules.plan import Entry
from app.plan import parameters
from app.plan.models import RuleType

YEARS = (2026, 2040)
TODAY = date(2041, 1, 1)  # so that all that rules are tried on is over, if nothing else is said
COUNTY, TOWN, VILLAGE = (
    Area(uuid.UUID(int=number), name, Localized(fi=name))
    for number, name in enumerate(("county", "town", "village"), 1)
)
NETWORK = Network(uuid.UUID(int=9), "ryhma", Localized(fi="Ryhmä"), "group", COUNTY.id)
ALL = frozenset(
    {
        *((of, "network") for of in ("cadence", "mode", "window", "representation", "relay", "agreement_term")),
        *(
            ("rotation", "lead"),
            ("rotation", "secretary"),
            ("coverage", "county"),
            ("alternation", "meeting_places"),
            ("review", "document"),
        ),
    }
)


def facts(**known: Any) -> Facts:
    """A county with a town and a village in it, and one network; recorded from 2025 on."""
    scheme = Scheme([Lies(TOWN.id, COUNTY.id), Lies(VILLAGE.id, COUNTY.id)])
    plain = Facts(
        COUNTY, date(2025, 1, 1), TODAY, scheme, municipalities=[TOWN, VILLAGE], networks=[NETWORK], recorded=ALL
    )
    return replace(plain, **known)


def met(*days: str, mode: str = "remote", is_held: bool = True, **other: Any) -> list[Gathering]:
    """Meetings on these days."""
    return [
        Gathering(date.fromisoformat(day), mode, is_held=is_held, evidence=Evidence(f"/{day}"), **other) for day in days
    ]


def of_network(*gatherings: Gathering) -> dict[tuple[str, str | None], Sequence[Gathering]]:
    return {("network", NETWORK.slug): sorted(gatherings, key=lambda each: each.day)}


def seat(role: str = "member", valid_from: str = "2025-01-01", valid_to: str | None = None, **other: Any) -> Seat:
    """A seat that somebody holds."""
    ends = date.fromisoformat(valid_to) if valid_to else None
    return Seat(
        uuid.uuid4(),
        role,
        **{"is_held": True, "names_person": True, **other},
        valid_from=date.fromisoformat(valid_from),
        valid_to=ends,
    )


def rule(of: str, subject: tuple[str, str | None] = ("network", "ryhma"), **said: Any) -> Rule:
    """A rule of this type; ``is_soft``, ``valid_from`` and ``valid_to`` beside its parameters."""
    own = {name: said.pop(name) for name in ("is_soft", "valid_from", "valid_to") if name in said}
    read = parameters.read(RuleType(of), said)
    return Rule("rule", "R1", of, subject, read, "1.1", **own)


def entry(known: Facts, asked: Rule, on: str | date) -> Entry:
    """What comes of one rule for its one subject on a day."""
    day = on if isinstance(on, date) else date.fromisoformat(on)
    (found,) = plan.judged(known, [asked], YEARS, day).entries
    return found


def verdict(known: Facts, asked: Rule, on: str | date) -> str:
    """A verdict as the table writes it: ``at_risk:too-few-planned``."""
    found = entry(known, asked, on).verdict
    return f"{found.status}:{found.reason}" if found.reason != "fulfilled" else str(found.status)
