"""Who has to sit in networks. Plan 2-8, 12 and 17, rule R4. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.core.validity import is_valid
from app.follow_up.rules.facts import Evidence, Facts, Network, Rule, Seat
from app.follow_up.rules.verdicts import Named, Span, Status, Subject, Verdict
from app.plan.parameters import Party, Representation

ENDS_SOON = timedelta(days=60)


@dataclass(frozen=True)
class Part:
    """One of those whom a party asks for: the seats that fit it. ``of`` names it where each of several is asked for."""

    fitting: Sequence[Seat]
    of: Named | None = None

    @property
    def is_filled(self) -> bool:
        """Whether somebody sits there."""
        return any(seat.is_held for seat in self.fitting)


def representation(facts: Facts, rule: Rule, subject: Subject, span: Span) -> Verdict:
    """R4: the party that a rule names sits in a network on the day."""
    wanted: Representation = rule.parameters
    network = subject.of
    assert isinstance(network, Network)
    verdict = _on(facts, wanted, network, span.day)
    if verdict.status == Status.met and not is_advice(wanted, rule):
        for day in ends_soon(facts, network, span.day):
            if _on(facts, wanted, network, day).status != Status.met:
                until = day - timedelta(days=1)
                return replace(verdict, status=Status.at_risk, reason="seat-ends-soon", next_deadline_on=until)
    return verdict


def ends_soon(facts: Facts, network: Network, day: date) -> list[date]:
    """The days soon after one from which on a seat of a network is no more."""
    ends = {seat.valid_to for seat in facts.seats.get(network.id, ()) if seat.valid_to is not None}
    return sorted(end for end in ends if day < end <= day + ENDS_SOON)


def is_unfilled(part: Part, wanted: Representation) -> bool:
    """Whether fewer sit there than the party asks for."""
    return sum(seat.is_held for seat in part.fitting) < (1 if wanted.party.each else wanted.at_least)


def is_advice(wanted: Representation, rule: Rule) -> bool:
    """Whether a party should be there, but need not."""
    return rule.is_soft or wanted.level == "should"


def parts(facts: Facts, wanted: Representation, network: Network, day: date) -> list[Part]:
    """Whom a party asks for on a day, and the seats of then that fit each: one part, or one for each of ``each``."""
    party = wanted.party
    seats = [
        seat
        for seat in facts.seats.get(network.id, ())
        if is_valid(seat.valid_from, seat.valid_to, day) and _fits(seat, party)
    ]
    if party.each == "municipality":
        return [
            Part(
                [seat for seat in seats if seat.municipality_id == area.id],
                Named("area", area.slug, area.name, area.id),
            )
            for area in facts.within(network.area_id, day)
        ]
    if party.each == "meeting_place":
        inside = {area.id for area in facts.within(network.area_id, day)}
        return [
            Part(
                [seat for seat in seats if seat.place_id == place.id],
                Named("meeting_place", place.slug, place.name, place.id),
            )
            for place in facts.places
            if place.is_open(day) and place.municipality_id in inside and party.place_kind in (None, place.kind)
        ]
    return [Part(seats)]


def _fits(seat: Seat, party: Party) -> bool:
    return (
        party.role in (None, seat.role)
        and party.organisation in (None, seat.organisation)
        and party.organisation_kind in (None, seat.organisation_kind)
    )


def _on(facts: Facts, wanted: Representation, network: Network, day: date) -> Verdict:
    found = parts(facts, wanted, network, day)
    if wanted.party.each:
        missing = [part.of for part in found if part.of and not part.is_filled]
        expected, actual = len(found), len(found) - len(missing)
    else:
        missing = []
        expected, actual = wanted.at_least, sum(seat.is_held for seat in found[0].fitting)
    status, reason = Status.met, "fulfilled"
    if actual < expected:
        status, reason = Status.breached, "seats-missing"
    elif not wanted.party.each and wanted.at_most is not None and actual > wanted.at_most:
        status, reason = Status.breached, "too-many-seats"
    evidence = [Evidence(f"/v1/networks/{network.slug}/representation?on={day}")]
    return Verdict(status, reason, expected, actual, missing=missing, evidence=evidence)
