"""Matters that go on to a later meeting, or to a network that steers theirs; and answers that come back."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlmodel import Session

from app.core import clock, rows
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid
from app.core.language import Words
from app.meetings.models.agenda import AgendaItem, Outcome
from app.meetings.models.meetings import Meeting, MeetingStatus
from app.meetings.models.proposals import TopicProposal
from app.meetings.queries.agenda import ITEM, lines
from app.meetings.queries.meetings import MEETING
from app.meetings.queries.proposals import PROPOSAL
from app.meetings.service import agenda
from app.meetings.service.states import must_be_planned, must_go_on
from app.networks.service import networks

OF_ANOTHER_NETWORK = Words("Kokous on toisen verkoston.", "This is a meeting of another network.")
NOT_LATER = Words("Kokous ei ole tätä kokousta myöhemmin.", "This meeting is not later than that of the matter.")
UNKNOWN_MEETING = Words("Tällaista kokousta ei ole. Tarkista id.", "There is no such meeting. Check the id.")


class CarriedOverAlready(Conflict):
    """The matter was carried over to a later meeting already."""

    title = Words("Asia on jo siirretty", "Carried over already")
    detail = Words(
        "Asia on jo siirretty myöhempään kokoukseen. Jatka siitä.",
        "The matter was carried over to a later meeting already. Go on from there.",
    )
    cure = Words(
        "Etsi asia verkoston myöhemmistä kokouksista: kenttä carried_from.",
        "Find the matter in later meetings of the network: field carried_from.",
    )


class NoMeetingPlanned(Conflict):
    """The network has no later meeting to which the matter could go."""

    title = Words("Seuraavaa kokousta ei ole suunniteltu", "No meeting is planned")
    detail = Words(
        "Verkostolla ei ole suunniteltua myöhempää kokousta, johon asian voisi siirtää.",
        "The network has no later meeting planned to which the matter could be carried over.",
    )
    cure = Words(
        "Kutsu koolle kokous (POST /v1/meetings) ja siirrä asia sitten.",
        "Plan a meeting (POST /v1/meetings), then carry the matter over.",
    )


class EscalatedAlready(Conflict):
    """The matter went to that network already."""

    title = Words("Asia on jo viety tälle verkostolle", "Escalated already")
    detail = Words(
        "Asia on jo viety tälle ohjaavalle verkostolle. Vastaus näkyy asian kentässä answers.",
        "The matter went to this steering network already. Its answer is shown in the field answers.",
    )
    cure = Words("Odota vastausta, tai vie asia toiselle.", "Wait for the answer, or go to another network.")


class NotEscalated(Conflict):
    """The matter came from no other network: there is nobody to answer."""

    title = Words("Asia ei tullut toisesta verkostosta", "Came from no other network")
    detail = Words(
        "Asia ei tullut toisesta verkostosta, tai se on poistettu siellä: vastaus ei menisi kenellekään.",
        "The matter came from no other network, or was taken away there: nobody would get the answer.",
    )
    cure = Words("Kirjaa päätös: POST /v1/meetings/KOKOUS/decisions.", "Decide: POST /v1/meetings/MEETING/decisions.")


def carry_over(session: Work, item: AgendaItem, to: uuid.UUID | None) -> AgendaItem:
    """Put a matter on the agenda of a later meeting of its network; its own meeting is locked, and may be cancelled.

    Raises Invalid, CarriedOverAlready, NoMeetingPlanned, MeetingIsCancelled, MeetingIsHeld, MeetingIsFull.
    """
    own = session.get_one(Meeting, item.meeting_id)
    if agenda.is_carried(session, item):
        raise CarriedOverAlready()
    # Locks are taken forwards in time, and from who is steered to who steers: so two never wait for each other.
    later = meeting_to_go_to(session, own.network_id, to, "/to", after=own.starts_at) if to else None
    if to is None and (later := _next_planned(session, own.network_id, after=own.starts_at)) is None:
        raise NoMeetingPlanned()
    assert later is not None
    owner = item.owner_seat_id
    if owner and not agenda.sits(session, owner, later.network_id, later.local_start.date()):
        owner = None
    values = {**agenda.again(item), "owner_seat_id": owner, "carried_from_id": item.id}
    made = agenda.put(session, later, values)
    rows.apply(item, {"outcome": Outcome.carried_over})
    session.flush()
    return made


def meeting_to_go_to(
    session: Work, network_id: uuid.UUID, meeting_id: uuid.UUID, pointer: str, *, after: datetime | None = None
) -> Meeting:
    """A planned meeting of a network, named by a body; locked. Raises Invalid, MeetingIsCancelled, MeetingIsHeld."""
    query = select(MEETING.network_id, MEETING.starts_at).where(MEETING.id == meeting_id)
    named = session.execute(query).first()
    if named is None:
        raise Invalid(faults=[Fault("unknown-meeting", UNKNOWN_MEETING, pointer=pointer)])
    if named.network_id != network_id:
        raise Invalid(faults=[Fault("of-another-network", OF_ANOTHER_NETWORK, pointer=pointer)])
    _must_be_later(named.starts_at, after, pointer)
    meeting = rows.find(session, Meeting, meeting_id, lock=True)
    must_be_planned(meeting)
    _must_be_later(meeting.starts_at, after, pointer)  # it may have been moved before it was locked
    return meeting


def _must_be_later(starts_at: datetime, after: datetime | None, pointer: str) -> None:
    if after is not None and starts_at <= after:
        raise Invalid(faults=[Fault("not-later", NOT_LATER, pointer=pointer)])


def escalate(session: Work, item: AgendaItem, to: str) -> dict[str, Any]:
    """Take a matter, whose meeting is locked, to a network that steers its own; answers where it is now.

    One that was carried over goes up from the later agenda. Raises Invalid, CarriedOverAlready, EscalatedAlready,
    MeetingIsCancelled, MeetingIsFull.
    """
    own = session.get_one(Meeting, item.meeting_id)
    network = networks.resolved(session, to, pointer="/to")
    networks.must_steer(session, network, own.network_id, "/to")
    must_go_on(own)
    if agenda.is_carried(session, item):
        raise CarriedOverAlready()
    if _is_escalated(session, item, network.id):
        raise EscalatedAlready()
    values = as_escalated(item)
    meeting = _next_planned(session, network.id, after=datetime.min.replace(tzinfo=UTC))
    if meeting is None:
        kept = {name: value for name, value in values.items() if name not in ("is_public", "minutes")}
        proposal = rows.add(session, TopicProposal(network_id=network.id, **kept))
    made = agenda.put(session, meeting, values) if meeting else None
    return {
        "network": {"id": network.id, "slug": network.slug, "name": network.name},
        "meeting": meeting.id if meeting else None,
        "agenda_item": made.id if made else None,
        "topic_proposal": None if made else proposal.id,
    }


def as_escalated(item: AgendaItem) -> dict[str, Any]:
    """The columns of a matter as it stands with a network that steers its own."""
    return {**agenda.again(item), "is_public": False, "minutes": None, "escalated_from_id": item.id}


def answer(session: Work, item: AgendaItem, text: str) -> AgendaItem:
    """Answer the network that a matter came from; the meeting of the matter is locked. A later answer replaces it.

    Raises NotEscalated, MeetingIsCancelled.
    """
    must_go_on(session.get_one(Meeting, item.meeting_id))
    if item.escalated_from_id is None:
        raise NotEscalated()
    if item.answer != text:
        rows.apply(item, {"answer": text, "answered_at": clock.now()})
        session.flush()
    return item


def _next_planned(session: Session, network_id: uuid.UUID, *, after: datetime) -> Meeting | None:
    """The next planned meeting of a network that has not ended, and starts after a moment; locked."""
    query = select(Meeting).where(MEETING.network_id == network_id, MEETING.status == MeetingStatus.planned)
    query = query.where(MEETING.starts_at > after, MEETING.ends_at > clock.now())
    return session.scalars(query.order_by(MEETING.starts_at).limit(1).with_for_update(key_share=True)).first()


def _is_escalated(session: Session, item: AgendaItem, network_id: uuid.UUID) -> bool:
    """Whether a matter, or one that it was carried over from, went to a network already."""
    own = select(lines([item.id]).c.id)
    on_an_agenda = exists().where(
        ITEM.escalated_from_id.in_(own), ITEM.meeting_id == MEETING.id, MEETING.network_id == network_id
    )
    proposed = exists().where(PROPOSAL.escalated_from_id.in_(own), PROPOSAL.network_id == network_id)
    return bool(session.scalar(select(or_(on_an_agenda, proposed))))
