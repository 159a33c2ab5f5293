"""Turns at meetings that somebody else takes."""

import uuid
from typing import Any

from sqlmodel import Session

from app.core import references, rows
from app.core.database import Work
from app.core.errors import Fault, Invalid
from app.core.language import Words
from app.meetings.models.meetings import Meeting
from app.meetings.models.swaps import Duty, TurnSwap
from app.meetings.queries import swaps as queries
from app.meetings.queries.swaps import SWAP, as_seat
from app.meetings.service.states import must_be_planned

HAS_IT_ALREADY = Words("Vuoro on jo tällä.", "They have this turn already.")
HELD_BY = {Duty.lead: ("led_by_id", "network"), Duty.secretary: ("secretary_id", "seat")}


def listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.swaps`` as an answer."""
    found = dict(row._mapping)
    for end in ("from", "to"):
        found[f"{end}_network"] = references.shown(found, f"{end}_network")
        found[f"{end}_seat"] = as_seat(found, f"{end}_seat")
    return found


def shown(session: Session, swap: TurnSwap) -> dict[str, Any]:
    """A swapped turn as an answer."""
    return listed(session.execute(queries.swaps(swap.meeting_id).where(SWAP.id == swap.id)).one())


def take(session: Work, meeting: Meeting, duty: Duty, to: uuid.UUID, reason: str) -> TurnSwap:
    """Let another network lead a planned meeting, which is locked, or another seat be its secretary.

    Whether it may is for the caller to know. Raises Invalid, MeetingIsCancelled, MeetingIsHeld.
    """
    column, end = HELD_BY[duty]
    before = getattr(meeting, column)
    if before == to:
        raise Invalid(faults=[Fault("has-it-already", HAS_IT_ALREADY, pointer="/to")])
    must_be_planned(meeting)
    rows.apply(meeting, {column: to})
    ends = {f"from_{end}_id": before, f"to_{end}_id": to}
    return rows.add(session, TurnSwap(meeting_id=meeting.id, duty=duty, reason=reason, **ends))
