"""What meetings decided."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.core import references, rows
from app.core.database import Work
from app.core.errors import Fault, Invalid
from app.core.language import Words
from app.core.revisions import upsert_for
from app.core.text import folded
from app.meetings import rules
from app.meetings.models.decisions import Decision, DecisionCount
from app.meetings.models.meetings import Meeting
from app.meetings.queries import decisions as queries
from app.meetings.queries.agenda import ITEM
from app.meetings.queries.decisions import DECISION
from app.meetings.queries.meetings import IN_SHORT
from app.meetings.schemas.decisions import DecisionFacts, DecisionPatch, DecisionWrite
from app.meetings.schemas.named import MOST_ITEMS
from app.meetings.service import relays
from app.meetings.service.agenda import MeetingIsFull, in_order
from app.meetings.service.states import must_go_on, must_have_come

NOT_ON_THE_AGENDA = Words(
    "Kokouksen esityslistalla ei ole tätä asiaa.", "The agenda of the meeting does not have this item."
)


def listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.decisions`` as an answer."""
    return {
        **row._mapping,
        "agenda_item": row.agenda_item_id,
        "relays": queries.relay_counts(row),
        "label": rules.label(row.number, row.year),
        "meeting": references.shown(row._mapping, "meeting", IN_SHORT),
        "network": references.shown(row._mapping, "network"),
    }


def shown(session: Session, decision: Decision) -> dict[str, Any]:
    """A decision as an answer."""
    return listed(session.execute(queries.decisions().where(DECISION.id == decision.id)).one())


def record(session: Work, meeting: Meeting, write: DecisionWrite) -> Decision:
    """Record what a meeting, which is locked, decided: under the next number of its network and year.

    Raises Invalid, MeetingIsCancelled, MeetingIsAhead, MeetingIsFull.
    """
    facts = _facts(session, meeting.id, write)
    must_go_on(meeting)
    must_have_come(meeting)
    before = len(_decisions(session, meeting.id))
    if before >= MOST_ITEMS:
        raise MeetingIsFull(most=MOST_ITEMS)
    year = meeting.local_start.year
    number = _next_number(session, meeting.network_id, year)
    facts |= {"network_id": meeting.network_id, "year": year, "number": number, "position": before + 1}
    decision = rows.add(session, Decision(meeting_id=meeting.id, **facts))
    relays.follow(session, meeting, decision)
    return decision


def change(session: Work, decision: Decision, patch: DecisionPatch) -> Decision:
    """Change what ``patch`` names of a decision, whose meeting is locked.

    Raises Invalid, MeetingIsCancelled, DecisionIsCarried.
    """
    whole = rows.merged(decision, patch, DecisionFacts, agenda_item=decision.agenda_item_id)
    facts = _facts(session, decision.meeting_id, whole)
    meeting = session.get_one(Meeting, decision.meeting_id)
    must_go_on(meeting)
    if rows.apply(decision, facts):
        relays.follow(session, meeting, decision)
    session.flush()
    return decision


def remove(session: Work, decision: Decision) -> None:
    """Take a decision away, and its relays with it; its meeting is locked. Its number is not given again.

    Raises MeetingIsCancelled.
    """
    must_go_on(session.get_one(Meeting, decision.meeting_id))
    in_order([other for other in _decisions(session, decision.meeting_id) if other is not decision])
    relays.remove_all(session, decision)
    rows.remove(session, decision)


def _facts(session: Session, meeting_id: uuid.UUID, whole: DecisionFacts) -> dict[str, Any]:
    """The columns that a decision's body fills. Raises Invalid where its item is of another meeting."""
    item_id = whole.agenda_item
    own = select(ITEM.id).where(ITEM.id == item_id, ITEM.meeting_id == meeting_id)
    if item_id is not None and session.scalar(own) is None:
        raise Invalid(faults=[Fault("not-on-the-agenda", NOT_ON_THE_AGENDA, pointer="/agenda_item")])
    return {
        "text": whole.text,
        "search_text": folded(whole.text),
        "agenda_item_id": item_id,
        "due_on": whole.due_on,
        "is_public": whole.is_public,
        "to_be_carried": whole.to_be_carried,
    }


def _next_number(session: Work, network_id: uuid.UUID, year: int) -> int:
    """A number that no decision of a network has had in a year. Who counts on locks the count until it commits."""
    table: Any = DecisionCount.__table__  # type: ignore[attr-defined]
    insert = upsert_for(session.connection().dialect.name)(table)
    counted = insert.values(network_id=network_id, year=year, last_number=1).on_conflict_do_update(
        index_elements=["network_id", "year"], set_={"last_number": table.c.last_number + 1}
    )
    session.wrote(table)
    number: int = session.execute(counted.returning(table.c.last_number)).scalar_one()
    return number


def _decisions(session: Session, meeting_id: uuid.UUID) -> Sequence[Decision]:
    query = select(Decision).where(DECISION.meeting_id == meeting_id).order_by(DECISION.position)
    return session.scalars(query).all()
