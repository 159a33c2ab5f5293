"""Who sits in networks on a day, against what the plan asks for, as answers."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session

from app.areas.queries import below
from app.follow_up.queries import facts as queries
from app.follow_up.rules import plan as rules
from app.follow_up.rules.facts import Facts, Network, Rule
from app.follow_up.rules.parties import is_advice
from app.follow_up.rules.seats import LOOKED_BACK, Line, lines, worst
from app.follow_up.rules.verdicts import Named
from app.follow_up.service import sources
from app.follow_up.service.compliance import rules_of
from app.meetings.models.attendances import Attended
from app.networks.models import Network as NetworkRow
from app.networks.queries import NETWORK
from app.plan.models import Plan

CAME = (Attended.present, Attended.deputy)
Came = Mapping[uuid.UUID, Sequence[bool]]


def of_network(session: Session, network: NetworkRow, on: date) -> dict[str, Any]:
    """The parties of a network and their seats; empty where no plan asks for any."""
    found: dict[str, Any] = {"on": on, "network": Named("network", network.slug, network.name, network.id)}
    parties: list[dict[str, Any]] = []
    seats: list[dict[str, Any]] = []
    plan = session.scalars(queries.plan_on(network.county_id, on)).first()
    if plan is not None:
        known, came = sources.facts(session, plan, sources.OF_SEATS), _came(session, NETWORK.id == network.id, on)
        for of, rule in _asked(known, rules_of(session, plan), plan, on):
            if of.id == network.id:
                party, its = _party(known, rule, of, on, came)
                parties.append(party)
                seats += its
    return {**found, "parties": parties, "seats": seats}


def matrix(session: Session, plans: Sequence[Plan], on: date, *, inside: uuid.UUID | None = None) -> dict[str, Any]:
    """The networks of some plans, or those of them in an area, and their parties.

    As many queries for many networks as for one.
    """
    areas = set(session.scalars(below(inside))) if inside else None
    names: dict[str, Any] = {}
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for plan in plans:
        known, came = (
            sources.facts(session, plan, sources.OF_SEATS),
            _came(session, NETWORK.county_id == plan.county_id, on),
        )
        for network, rule in _asked(known, rules_of(session, plan), plan, on):
            if areas is not None and network.area_id not in areas:
                continue
            key = _key(rule)
            names.setdefault(key, rule.parameters.name)
            named = Named("network", network.slug, network.name, network.id)
            row = found.setdefault(network.id, {"network": named, "cells": []})
            row["cells"].append({**_party(known, rule, network, on, came)[0], "party": key})
    parties = [{"key": key, "name": name} for key, name in names.items()]
    return {"on": on, "parties": parties, "networks": list(found.values())}


def _asked(known: Facts, of_plan: Iterable[Rule], plan: Plan, on: date) -> Iterable[tuple[Network, Rule]]:
    """Each network and rule that asks for a party in it on a day, by network."""
    holding = rules.holding(of_plan, (plan.first_year, plan.last_year), on)
    asked = [
        (subject.of, rule)
        for rule in holding
        if rule.type == "representation"
        for subject in rules.subjects(known, rule, on)
        if isinstance(subject.of, Network)
    ]
    order = {network.id: number for number, network in enumerate(known.networks)}
    return sorted(asked, key=lambda pair: order[pair[0].id])


def _party(
    known: Facts, rule: Rule, network: Network, on: date, came: Came
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    found = lines(known, rule, network, on, came)
    held = [line for line in found if line.seat is not None and line.seat.is_held]
    each = rule.parameters.party.each is not None
    expected = len({line.of.id for line in found if line.of}) if each else rule.parameters.at_least
    actual = len({line.of.id for line in held if line.of}) if each else len(held)
    level = "should" if is_advice(rule.parameters, rule) else "must"
    state = worst({line.state for line in held}, is_enough=actual >= expected)
    about = {"code": rule.code, "level": level}
    party = {**about, "name": rule.parameters.name, "plan_ref": rule.plan_ref, "expected": expected, "actual": actual}
    seats = [{**about, "party": rule.parameters.name, **_seat(line)} for line in found]
    return {**party, "state": state}, seats


def _seat(line: Line) -> dict[str, Any]:
    seat = line.seat
    return {
        "state": line.state,
        "of": line.of,
        "seat": seat.id if seat else None,
        "role": seat.role if seat else None,
        "organisation": seat.organisation if seat else None,
        "valid_to": seat.valid_to if seat else None,
    }


def _came(session: Session, which: ColumnElement[bool], on: date) -> Came:
    """For each seat whether it or its deputy came to the meetings of the year up to a day, the last first."""
    came: dict[uuid.UUID, list[bool]] = {}
    for seat_id, state in session.execute(queries.attendances(which, on - LOOKED_BACK, on)):
        came.setdefault(seat_id, []).append(state in CAME)
    return came


def _key(rule: Rule) -> str:
    """What a party is, whatever the network: all that it names."""
    party = rule.parameters.party.model_dump(exclude_none=True)
    return ",".join(f"{name}:{value}" for name, value in party.items())
