"""Who is invited to a meeting, and what they answer. Seats are, by themselves; guests are asked."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.accounts.service import callers
from app.core import clock, references, rows
from app.core.database import Work
from app.core.errors import Fault, Invalid, NoSuchThing, NotAllowed
from app.core.language import Words
from app.meetings.models.invitees import Answer, Guest, SeatAnswer
from app.meetings.models.meetings import Meeting
from app.meetings.queries import invitees as queries
from app.meetings.queries.invitees import GUEST, SEAT_ANSWER
from app.meetings.schemas.invitees import MOST_GUESTS, AnswerWrite, GuestWrite
from app.meetings.service.attendances import NO_DEPUTY, TWICE, members_of
from app.meetings.service.meetings import READ, WRITE
from app.meetings.service.states import NOT_A_MEMBER, must_be_planned
from app.networks.models import Network
from app.networks.queries import SEAT, held_by, seats
from app.networks.service import networks
from app.organisations.service import organisations

ONE_OF_THEM = Words("Anna joko paikka (seat) tai vieras (guest).", "Give either a seat or a guest.")
NOT_A_GUEST = Words("Tätä vierasta ei ole kutsuttu kokoukseen.", "This guest is not invited to the meeting.")
NO_DEPUTIES = Words("Vieraalla ei ole varahenkilöä.", "A guest has no deputy.")
TOO_MANY = Words(
    f"Kokouksessa voi olla enintään {MOST_GUESTS} vierasta.", f"A meeting has at most {MOST_GUESTS} guests."
)


class NotYourSeat(NotAllowed):
    """The caller neither holds the seat nor is its deputy, and does not plan the meetings of the network."""

    title = Words("Ei sinun paikkasi", "Not your seat")
    detail = Words(
        "Et voi vastata tämän puolesta: {who.fi}. Vastaaja on paikan haltija, varahenkilö tai se, jolla on oikeus "
        "{scope}.",
        "You can't answer for this: {who.en}. Who holds the seat answers, or is its deputy, or has the scope {scope}.",
    )
    cure = Words(
        "Vastaa oman paikkasi puolesta, tai pyydä kokouksen koollekutsujaa kirjaamaan vastaus.",
        "Answer for your own seat, or ask who called the meeting to record the answer.",
    )


def listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.invitees`` as an answer."""
    return {
        **row._mapping,
        "seat": row.id if row.role else None,
        "guest": None if row.role else row.id,
        "organisation": references.shown(row._mapping, "organisation"),
    }


def some(session: Session, meeting: Meeting, of: Sequence[uuid.UUID]) -> dict[str, Any]:
    """Some of those who are invited, as an answer."""
    return {"invitees": [listed(row) for row in session.execute(queries.invitees(meeting, of=of))]}


def seats_held(session: Session, caller: Caller, network_id: uuid.UUID, day: date) -> list[uuid.UUID]:
    """The seats of a network that a caller holds, or is the deputy of, on a day."""
    query = select(SEAT.id).where(SEAT.network_id == network_id, held_by(caller.id, day))
    return list(session.scalars(query.order_by(SEAT.id)))


def answer(session: Work, meeting: Meeting, caller: Caller, written: Sequence[AnswerWrite]) -> dict[str, Any]:
    """Record what some of those invited answer to a meeting, which is locked; others stay. Answers those named.

    Raises NoSuchThing, NotYourSeat, Invalid, MeetingIsCancelled, MeetingIsHeld, TokenNotAccepted.
    """
    members = members_of(session, meeting, [each.seat for each in written if each.seat])
    guests = {guest.id: guest for guest in _guests(session, meeting)}
    _must_be_theirs(session, meeting, caller, written, members)
    if faults := _faults(meeting, written, members, guests):
        raise Invalid(faults=faults)
    must_be_planned(meeting)
    told = select(SeatAnswer).where(SEAT_ANSWER.meeting_id == meeting.id, SEAT_ANSWER.seat_id.in_(members))
    stored = {found.seat_id: found for found in session.scalars(told)}
    for each in written:
        if each.guest:
            _set(guests[each.guest], each.answer)
        elif each.seat and (before := stored.get(each.seat)) is None:
            if each.answer:
                made = SeatAnswer(meeting_id=meeting.id, seat_id=each.seat, answer=each.answer, answered_at=clock.now())
                session.add(made)
        elif before and each.answer is None:
            rows.remove(session, before)
        elif before:
            _set(before, each.answer)
    session.flush()
    return some(session, meeting, [id for each in written if (id := each.seat or each.guest)])


def invite(session: Work, meeting: Meeting, written: Sequence[GuestWrite]) -> dict[str, Any]:
    """Ask guests to a meeting, which is locked, or take that back; others stay. Answers all of them.

    Raises Invalid, MeetingIsCancelled, MeetingIsHeld.
    """
    county_id = session.get_one(Network, meeting.network_id).county_id
    asked = [
        (organisations.of_county(session, county_id, each.organisation, f"/guests/{index}/organisation").id, each)
        for index, each in enumerate(written)
    ]
    must_be_planned(meeting)
    guests = _guests(session, meeting)
    for organisation_id, each in asked:
        known = next((g for g in guests if (g.organisation_id, g.office) == (organisation_id, each.office)), None)
        if known is None and each.invited:
            guests.append(Guest(meeting_id=meeting.id, organisation_id=organisation_id, office=each.office))
            session.add(guests[-1])
        elif known is not None and not each.invited:
            guests.remove(known)
            rows.remove(session, known)
    if len(guests) > MOST_GUESTS:
        raise Invalid(faults=[Fault("too-many", TOO_MANY, pointer="/guests")])
    session.flush()
    return some(session, meeting, [guest.id for guest in guests])


def _must_be_theirs(
    session: Session,
    meeting: Meeting,
    caller: Caller,
    written: Sequence[AnswerWrite],
    members: Mapping[uuid.UUID, bool],
) -> None:
    """Refuse to answer for others. Raises NoSuchThing where the caller may not know of the meeting, NotYourSeat."""
    network = session.get_one(Network, meeting.network_id)
    known, chain = callers.known_now(session, caller), networks.chain_above(session, network)
    if known.may(WRITE, chain):
        return
    own = seats_held(session, caller, meeting.network_id, meeting.local_start.date())
    if not own and not meeting.is_public and not known.may(READ, chain):
        raise NoSuchThing(kind="meeting")
    others = [id for each in written if (id := each.seat or each.guest) and id not in own]
    if others and (not own or any(id in members for id in others) or any(each.guest for each in written)):
        raise NotYourSeat(who=_named(session, meeting, others), scope=WRITE)


def _named(session: Session, meeting: Meeting, ids: Sequence[uuid.UUID]) -> Words:
    """The first of some invitees, by role and organisation."""
    row = session.execute(queries.invitees(meeting, of=ids)).first()
    if row is None:
        return Words("tuntematon paikka", "an unknown seat")
    role = session.execute(seats(seat_id=row.id)).one().role_name if row.role else None
    names = [name for name in (role, row.organisation_name) if name]
    return Words(", ".join(name.to("fi") for name in names), ", ".join(name.to("en") for name in names))


def _faults(
    meeting: Meeting,
    written: Sequence[AnswerWrite],
    members: Mapping[uuid.UUID, bool],
    guests: Mapping[uuid.UUID, Guest],
) -> list[Fault]:
    faults, above = [], set()
    for index, each in enumerate(written):
        at, id = f"/answers/{index}", each.seat or each.guest
        if (each.seat is None) == (each.guest is None):
            faults.append(Fault("one-of-them", ONE_OF_THEM, pointer=at))
        elif id in above:
            faults.append(Fault("repeated", TWICE, pointer=f"{at}/{'seat' if each.seat else 'guest'}"))
        elif each.guest and each.guest not in guests:
            faults.append(Fault("not-a-guest", NOT_A_GUEST, pointer=f"{at}/guest"))
        elif each.seat and each.seat not in members:
            told = NOT_A_MEMBER.about(day=meeting.local_start.date())
            faults.append(Fault("not-a-member", told, pointer=f"{at}/seat"))
        elif each.answer == Answer.deputy and not (each.seat and members[each.seat]):
            faults.append(Fault("no-deputy", NO_DEPUTY if each.seat else NO_DEPUTIES, pointer=f"{at}/answer"))
        above.add(id)
    return faults


def _guests(session: Session, meeting: Meeting) -> list[Guest]:
    return list(session.scalars(select(Guest).where(GUEST.meeting_id == meeting.id).order_by(GUEST.id)))


def _set(stored: SeatAnswer | Guest, given: Answer | None) -> None:
    if stored.answer != given:
        rows.apply(stored, {"answer": given, "answered_at": clock.now() if given else None})
