"""What meetings decided."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.core import rows
from app.core.database import Work
from app.core.errors import Fault, Invalid
from app.core.language import Words
from app.core.text import folded
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting
from app.meetings.queries import decisions as queries
from app.meetings.queries.agenda import ITEM
from app.meetings.queries.decisions import DECISION
from app.meetings.schemas.decisions import DecisionFacts, DecisionPatch, DecisionWrite
from app.meetings.schemas.named import MOST_ITEMS
from app.meetings.service.agenda import MeetingIsFull, in_order
from app.meetings.service.states import must_go_on, must_have_come

NOT_ON_THE_AGENDA = Words(
    "Kokouksen esityslistalla ei ole tätä asiaa.", "The agenda of the meeting does not have this item."
)


def listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.decisions`` as an answer."""
    local_start = row.local_start.isoformat(timespec="minutes")
    return {
        **row._mapping,
        "agenda_item": row.agenda_item_id,
        "meeting": {"id": row.meeting_id, "title": row.meeting_title, "local_start": local_start},
        "network": {"id": row.network_id, "slug": row.network_slug, "name": row.network_name},
    }


def shown(session: Session, decision: Decision) -> dict[str, Any]:
    """A decision as an answer."""
    return listed(session.execute(queries.decisions().where(DECISION.id == decision.id)).one())


def record(session: Work, meeting: Meeting, write: DecisionWrite) -> Decision:
    """Record what a meeting, which is locked, decided.

    Raises Invalid, MeetingIsCancelled, MeetingIsAhead, MeetingIsFull.
    """
    facts = _facts(session, meeting.id, write)
    must_go_on(meeting)
    must_have_come(meeting)
    before = len(_decisions(session, meeting.id))
    if before >= MOST_ITEMS:
        raise MeetingIsFull(most=MOST_ITEMS)
    return rows.add(session, Decision(meeting_id=meeting.id, position=before + 1, **facts))


def change(session: Work, decision: Decision, patch: DecisionPatch) -> Decision:
    """Change what ``patch`` names of a decision, whose meeting is locked. Raises Invalid, MeetingIsCancelled."""
    whole = rows.merged(decision, patch, DecisionFacts, agenda_item=decision.agenda_item_id)
    facts = _facts(session, decision.meeting_id, whole)
    must_go_on(session.get_one(Meeting, decision.meeting_id))
    rows.apply(decision, facts)
    session.flush()
    return decision


def remove(session: Work, decision: Decision) -> None:
    """Take a decision away; its meeting is locked. Raises MeetingIsCancelled."""
    must_go_on(session.get_one(Meeting, decision.meeting_id))
    in_order([other for other in _decisions(session, decision.meeting_id) if other is not decision])
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
    }


def _decisions(session: Session, meeting_id: uuid.UUID) -> Sequence[Decision]:
    query = select(Decision).where(DECISION.meeting_id == meeting_id).order_by(DECISION.position)
    return session.scalars(query).all()
