"""How rights reach meetings and what belongs to them: by the network that meets."""

import uuid
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Caller, Chain
from app.core import ids
from app.meetings.models.agenda import AgendaItem
from app.meetings.models.attendances import Attendance
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting
from app.meetings.queries.agenda import ITEM
from app.meetings.queries.attendances import ATTENDANCE
from app.meetings.queries.decisions import DECISION
from app.meetings.queries.meetings import MEETING
from app.meetings.service.meetings import READ, WRITE
from app.networks.models import Network
from app.networks.queries import NETWORK
from app.networks.service import networks


def _sees(caller: Caller, chain: Chain) -> bool:
    return caller.may(READ, chain) or caller.may(WRITE, chain)


def _chain_of_meeting(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    query = select(Network).join(Meeting, MEETING.network_id == NETWORK.id).where(MEETING.id == id)
    network = session.scalars(query).first() if id else None
    return [("meeting", id), *networks.chain_above(session, network)] if id and network else None


def _meeting_shows_to(session: Session, caller: Caller, chain: Chain) -> bool:
    query = select(MEETING.is_public).where(MEETING.id == chain[0][1])
    return _sees(caller, chain) or bool(session.scalar(query))


def _part(name: str, parameter: str | None, table: Any, columns: Any) -> Kind:
    """The kind of what belongs to a meeting, and may be public with it."""

    def chain_of(session: Session, reference: str) -> Chain | None:
        id: uuid.UUID | None = ids.as_uuid(reference)
        meeting_id = session.scalar(select(columns.meeting_id).where(columns.id == id)) if id else None
        above = _chain_of_meeting(session, str(meeting_id)) if meeting_id else None
        return [(name, id), *above] if id and above else None

    def shows_to(session: Session, caller: Caller, chain: Chain) -> bool:
        if _sees(caller, chain) or "is_public" not in columns:
            return _sees(caller, chain)
        query = select(and_(columns.is_public, MEETING.is_public)).select_from(table)
        query = query.join(Meeting, columns.meeting_id == MEETING.id).where(columns.id == chain[0][1])
        return bool(session.scalar(query))

    return Kind(name, parameter, chain_of, shows_to=shows_to)


KIND = Kind("meeting", "meeting", _chain_of_meeting, shows_to=_meeting_shows_to)
AGENDA_ITEM = _part("agenda_item", "agenda_item", AgendaItem, ITEM)
DECISION_KIND = _part("decision", "decision", Decision, DECISION)
ATTENDANCE_KIND = _part("attendance", None, Attendance, ATTENDANCE)
KINDS = (KIND, AGENDA_ITEM, DECISION_KIND, ATTENDANCE_KIND)
