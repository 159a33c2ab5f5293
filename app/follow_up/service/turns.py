"""Duties that go round in networks: who takes turns, who has had them, and who is next."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.core import clock, ids, validity
from app.core.database import Work
from app.core.errors import Fault, Invalid
from app.core.language import Words
from app.follow_up.queries import turns as queries
from app.follow_up.rules.plan import holds
from app.follow_up.rules.turns import next_after
from app.meetings.models.meetings import Meeting
from app.meetings.models.swaps import Duty, TurnSwap
from app.meetings.queries.meetings import MEETING
from app.meetings.queries.swaps import as_seat
from app.meetings.schemas.swaps import TurnSwapWrite
from app.meetings.service import meetings, swaps
from app.networks.models import Network
from app.networks.queries import KIND, NETWORK
from app.networks.service import networks

SHOWN_TURNS = 12
GOES_NOT_ROUND = Words(
    "Suunnitelman mukaan tämä tehtävä ei kierrä verkostossa {day}.",
    "By the plan this duty does not go round in the network on {day}.",
)
NOT_IN_THE_ORDER = Words(
    "Hän ei ole vuorossa olevien joukossa {day}. Katso järjestys: /v1/networks/VERKOSTO/rotations.",
    "They do not take turns on {day}. See the order: /v1/networks/NETWORK/rotations.",
)


class Circles:
    """The duties that go round in some networks of a county, on any day from ``first`` to ``last``: four queries."""

    def __init__(self, session: Session, county_id: uuid.UUID, first: date, last: date, which: Any) -> None:
        self._rules = session.execute(queries.rotations(county_id)).all()
        among = {slug for rule in self._rules for slug in rule.parameters.get("among", ())}
        self._networks = {row.slug: row for row in session.execute(queries.named(NETWORK.slug.in_(among)))}
        self._kinds = dict(session.execute(select(KIND.id, KIND.code).where(KIND.county_id == county_id)).all())
        self.sitting = session.execute(queries.sitting(which, first, last)).all()

    def rule(self, duty: Duty, network: Network, day: date) -> Any:
        """The rule by which a duty goes round in a network on a day; that of the network before that of its kind."""
        subjects = ("network", network.slug), ("network_kind", self._kinds[network.kind_id])
        found = [
            rule
            for rule in self._rules
            if (rule.subject_kind, rule.subject) in subjects and rule.parameters["duty"] == duty
            if holds((rule.valid_from, rule.valid_to), (rule.first_year, rule.last_year), day)
        ]
        return min(found, key=lambda rule: rule.subject_kind != "network", default=None)

    def order(self, duty: Duty, network: Network, day: date) -> list[Any]:
        """Who takes turns at a duty in a network on a day: rows of networks, or of seats."""
        rule = self.rule(duty, network, day)
        if rule is None:
            return []
        if duty == Duty.secretary:
            found: Iterable[Any] = (seat for seat in self.sitting if seat.network_id == network.id)
        else:
            found = (self._networks[slug] for slug in rule.parameters.get("among", ()) if slug in self._networks)
        return [each for each in found if validity.is_valid(each.valid_from, each.valid_to, day)]


def as_network(row: Any) -> dict[str, Any]:
    """A network, named."""
    return {"id": row.id, "slug": row.slug, "name": row.name}


def shown(session: Session, network: Network, caller: Caller | None) -> dict[str, Any]:
    """The duties that go round in a network, as an answer: from the meetings that the caller may know of."""
    today, sees = clock.today(), meetings.where_it_sees(session, caller)
    circles = Circles(session, network.county_id, today, today, NETWORK.id == network.id)
    known = (MEETING.network_id == network.id) & or_(MEETING.is_public, sees)
    is_member = caller is not None and session.scalar(
        select(NETWORK.id).where(NETWORK.id == network.id, networks.reachable(session, caller, meetings.READ))
    )

    def rotation(duty: Duty) -> dict[str, Any] | None:
        rule = circles.rule(duty, network, today)
        if rule is None or (duty == Duty.secretary and not is_member):
            return None
        column, end = swaps.HELD_BY[duty]
        those = queries.meetings(known & MEETING[column].is_not(None)).limit(SHOWN_TURNS)
        turns = session.execute(those).all()
        order = circles.order(duty, network, today)
        who = _named(session, duty, [row._mapping[column] for row in turns], order)
        had = [row._mapping[column] for row in reversed(turns)]
        following = next_after([who_of(duty, each) for each in order], had)
        return {
            "rule": rule.code,
            "plan_ref": rule.plan_ref,
            "order": [who[who_of(duty, each)] for each in order],
            "turns": [{"meeting": row._mapping, end: who[row._mapping[column]]} for row in turns],
            "next": who[following] if following else None,
        }

    return {"network_id": network.id, **{duty: rotation(duty) for duty in Duty}}


def who_of(duty: Duty, row: Any) -> uuid.UUID:
    """The id of a network or seat that takes turns, of a row of ``Circles.order``."""
    found: uuid.UUID = row.id if duty == Duty.lead else row.turn_id
    return found


def _named(
    session: Session, duty: Duty, had: Sequence[uuid.UUID], order: Sequence[Any]
) -> dict[uuid.UUID, dict[str, Any]]:
    """Those who take turns, and those who had one, as answers."""
    if duty == Duty.lead:
        rows = [*order, *session.execute(queries.named(NETWORK.id.in_(had)))]
        return {row.id: as_network(row) for row in rows}
    seats = [*order, *session.execute(queries.seats(had))]
    return {seat.turn_id: as_seat(dict(seat._mapping), "turn") or {} for seat in seats}


def swap(session: Work, meeting: Meeting, write: TurnSwapWrite) -> TurnSwap:
    """Let somebody else of those who take turns have this one, at a planned meeting that is locked.

    Raises Invalid, MeetingIsCancelled, MeetingIsHeld.
    """
    network, day = session.get_one(Network, meeting.network_id), meeting.local_start.date()
    circles = Circles(session, network.county_id, day, day, NETWORK.id == network.id)
    if circles.rule(write.duty, network, day) is None:
        raise Invalid(faults=[Fault("goes-not-round", GOES_NOT_ROUND.about(day=day), pointer="/duty")])
    named = ids.as_uuid(write.to)
    for each in circles.order(write.duty, network, day):
        id = who_of(write.duty, each)
        if named == id or (write.duty == Duty.lead and write.to == each.slug):
            return swaps.take(session, meeting, write.duty, id, write.reason)
    raise Invalid(faults=[Fault("not-in-the-order", NOT_IN_THE_ORDER.about(day=day), pointer="/to")])
