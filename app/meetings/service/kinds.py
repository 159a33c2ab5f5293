"""How rights reach meetings and what belongs to them: by the network that meets."""

import uuid
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Caller, Chain
from app.accounts.service.callers import OutOfReach, ScopeMissing
from app.core import ids
from app.core.errors import NoSuchThing
from app.meetings.models.agenda import AgendaItem
from app.meetings.models.attendances import Attendance
from app.meetings.models.decisions import Decision
from app.meetings.models.draft_documents import DraftDocument
from app.meetings.models.invitees import Guest, SeatAnswer
from app.meetings.models.meetings import Meeting
from app.meetings.models.minutes import Minutes
from app.meetings.models.relays import Relay
from app.meetings.models.status_reports import StatusReport
from app.meetings.models.swaps import TurnSwap
from app.meetings.queries import relays as of_relays
from app.meetings.queries.agenda import ITEM
from app.meetings.queries.attendances import ATTENDANCE
from app.meetings.queries.decisions import DECISION, RELAY
from app.meetings.queries.invitees import GUEST, SEAT_ANSWER
from app.meetings.queries.meetings import MEETING
from app.meetings.queries.minutes import MINUTES
from app.meetings.queries.proposals import PROPOSAL, STANDING
from app.meetings.queries.status_reports import REPORT
from app.meetings.queries.swaps import SWAP
from app.meetings.service import relays, status_reports
from app.meetings.service.meetings import READ, WRITE
from app.networks.models import Network
from app.networks.queries import NETWORK
from app.networks.service import networks


def must_see(session: Session, kind: Kind, caller: Caller, reference: str) -> None:
    """Refuse who neither has ``meetings:read`` on a thing nor sits in its network today.

    Raises NoSuchThing where they may not know of it, ScopeMissing, OutOfReach.
    """
    if caller.may(READ):
        return
    chain = kind.chain_for(session, caller, reference)
    if chain is None:
        raise NoSuchThing(kind=kind.name)
    if not caller.may(READ, chain) and not networks.sits(session, caller, chain):
        raise OutOfReach(scope=READ) if READ in caller.scopes else ScopeMissing(scope=READ)


def _may(caller: Caller, chain: Chain) -> bool:
    return caller.may(READ, chain) or caller.may(WRITE, chain)


def _sees(session: Session, caller: Caller, chain: Chain) -> bool:
    """Whether a caller knows of what members know of: by a right, or by a seat of today."""
    return _may(caller, chain) or networks.sits(session, caller, chain)


def _chain_of_meeting(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    query = select(Network).join(Meeting, MEETING.network_id == NETWORK.id).where(MEETING.id == id)
    network = session.scalars(query).first() if id else None
    return [("meeting", id), *networks.chain_above(session, network)] if id and network else None


def _meeting_shows_to(session: Session, caller: Caller, chain: Chain) -> bool:
    query = select(MEETING.is_public).where(MEETING.id == chain[0][1])
    return bool(session.scalar(query)) or _sees(session, caller, chain)


def _part(name: str, parameter: str | None, table: Any, columns: Any) -> Kind:
    """The kind of what belongs to a meeting, and may be public with it."""

    def chain_of(session: Session, reference: str) -> Chain | None:
        id: uuid.UUID | None = ids.as_uuid(reference)
        meeting_id = session.scalar(select(columns.meeting_id).where(columns.id == id)) if id else None
        above = _chain_of_meeting(session, str(meeting_id)) if meeting_id else None
        return [(name, id), *above] if id and above else None

    def shows_to(session: Session, caller: Caller, chain: Chain) -> bool:
        if _sees(session, caller, chain):
            return True
        if "is_public" not in columns:
            return False
        query = select(and_(columns.is_public, MEETING.is_public)).select_from(table)
        query = query.join(Meeting, columns.meeting_id == MEETING.id).where(columns.id == chain[0][1])
        return bool(session.scalar(query))

    return Kind(name, parameter, chain_of, shows_to=shows_to)


def _in_network(session: Session, name: str, id: uuid.UUID, network_id: uuid.UUID) -> Chain:
    return [(name, id), *networks.chain_above(session, session.get_one(Network, network_id))]


def _chain_of_relay(session: Session, reference: str) -> Chain | None:
    query = select(RELAY.id, MEETING.network_id).select_from(Relay).join(Decision, RELAY.decision_id == DECISION.id)
    query = query.join(Meeting, DECISION.meeting_id == MEETING.id).where(RELAY.id == ids.as_uuid(reference))
    found = session.execute(query).first()
    return _in_network(session, "relay", found.id, found.network_id) if found else None


def _relay_shows_to(session: Session, caller: Caller, chain: Chain) -> bool:
    query = of_relays.relays(seen=relays.seen_by(session, caller)).where(RELAY.id == chain[0][1])
    return _may(caller, chain) or session.execute(query).first() is not None


def _chain_of_report(session: Session, reference: str) -> Chain | None:
    """A report lies in the network that tells."""
    found = session.get(StatusReport, id) if (id := ids.as_uuid(reference)) else None
    return _in_network(session, "status_report", found.id, found.from_network_id) if found else None


def _report_shows_to(session: Session, caller: Caller, chain: Chain) -> bool:
    query = status_reports.known_to(session, caller).where(REPORT.id == chain[0][1])
    return _may(caller, chain) or session.execute(query).first() is not None


def _chain_of_draft(session: Session, reference: str) -> Chain | None:
    found = session.get(DraftDocument, id) if (id := ids.as_uuid(reference)) else None
    return _in_network(session, "draft_document", found.id, found.network_id) if found else None


def _draft_shows_to(_: Session, caller: Caller, chain: Chain) -> bool:
    return _may(caller, chain)


def _of_network(name: str, columns: Any) -> Kind:
    """The kind of what a network has beside its meetings, for its members."""

    def chain_of(session: Session, reference: str) -> Chain | None:
        id: uuid.UUID | None = ids.as_uuid(reference)
        query = select(Network).join(columns.id.table, columns.network_id == NETWORK.id).where(columns.id == id)
        network = session.scalars(query).first() if id else None
        return [(name, id), *networks.chain_above(session, network)] if id and network else None

    return Kind(name, name, chain_of, shows_to=_sees)


KIND = Kind("meeting", "meeting", _chain_of_meeting, shows_to=_meeting_shows_to)
AGENDA_ITEM = _part("agenda_item", "agenda_item", AgendaItem, ITEM)
DECISION_KIND = _part("decision", "decision", Decision, DECISION)
ATTENDANCE_KIND = _part("attendance", None, Attendance, ATTENDANCE)
RELAY_KIND = Kind("relay", "relay", _chain_of_relay, shows_to=_relay_shows_to)
REPORT_KIND = Kind("status_report", "status_report", _chain_of_report, shows_to=_report_shows_to)
DRAFT_KIND = Kind("draft_document", "draft_document", _chain_of_draft, shows_to=_draft_shows_to)
MINUTES_KIND = _part("minutes", None, Minutes, MINUTES)
SEAT_ANSWER_KIND = _part("seat_answer", None, SeatAnswer, SEAT_ANSWER)
GUEST_KIND = _part("guest", None, Guest, GUEST)
STANDING_ITEM = _of_network("standing_item", STANDING)
TOPIC_PROPOSAL = _of_network("topic_proposal", PROPOSAL)
TURN_SWAP = _part("turn_swap", None, TurnSwap, SWAP)
KINDS = (
    *(KIND, AGENDA_ITEM, DECISION_KIND, ATTENDANCE_KIND, MINUTES_KIND, SEAT_ANSWER_KIND, GUEST_KIND),
    *(STANDING_ITEM, TOPIC_PROPOSAL, RELAY_KIND, REPORT_KIND, DRAFT_KIND, TURN_SWAP),
)
