"""Meetings: planned, moved, held, cancelled."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlmodel import Session

from app.accounts.reach import Kinds
from app.accounts.rules import Caller
from app.accounts.service.callers import must_reach
from app.core import clock, ids, references, rows
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid, NoSuchThing
from app.core.language import Words
from app.core.validity import is_valid, valid_on
from app.meetings import rules
from app.meetings.models.agenda import AgendaItem
from app.meetings.models.attendances import Attendance
from app.meetings.models.meetings import Meeting, MeetingStatus
from app.meetings.queries import agenda as of_agenda
from app.meetings.queries import decisions as of_decisions
from app.meetings.queries import meetings as queries
from app.meetings.queries.agenda import ITEM
from app.meetings.queries.attendances import ATTENDANCE
from app.meetings.queries.decisions import DECISION
from app.meetings.queries.meetings import MEETING
from app.meetings.queries.minutes import MINUTES
from app.meetings.schemas.meetings import MeetingFacts, MeetingPatch, MeetingWrite
from app.meetings.schemas.named import MOST_ITEMS
from app.meetings.service import agenda, relays, standing_items
from app.meetings.service.states import MeetingHasBegun, must_be_planned, must_go_on, must_have_come
from app.networks.models import Network
from app.networks.queries import SEAT
from app.networks.service import networks

READ, WRITE = "meetings:read", "meetings:write"
NOTHING = Kinds(())
IS_APPROVED = MINUTES.approved_at.is_not(None)
NETWORK_NOT_VALID = Words(
    "Verkosto ei ole toiminnassa {day}. Tarkista päivä tai verkosto.",
    "The network does not go on on {day}. Check the day, or the network.",
)
STILL_TO_COME = Words(
    "Kokous on pidetty, siitä on kirjattu osallistujia tai päätöksiä, tai sen pöytäkirja on hyväksytty. "
    "Sen päivä ei voi olla vasta tulossa.",
    "The meeting was held, attendance or decisions were recorded, or its minutes approved. "
    "Its day can't be still to come.",
)
SEATS_NOT_VALID = Words(
    "Kokoukseen on kirjattu osallistujia, jotka eivät olleet verkostossa {day}. Tarkista päivä tai läsnäolot.",
    "The attendance has seats that were not in the network on {day}. Check the day, or the attendance.",
)


NO_SUCH_SECRETARY = Words(
    "Verkostossa ei ole {day} paikkaa, jolla on tämä tunniste ja jossa istuu henkilö.",
    "On {day} the network has no seat with this id that a person sits on.",
)


class MeetsThenAlready(Conflict):
    """The network has a meeting that starts at the same moment."""

    title = Words("Verkostolla on jo kokous silloin", "Network meets then already")
    detail = Words(
        "Verkostolla on jo kokous, joka alkaa samalla hetkellä. Muuta sitä tai valitse toinen aika.",
        "The network has a meeting that starts at the same moment. Change that, or choose another time.",
    )
    cure = Words(
        "Katso verkoston kokoukset: /v1/networks/VERKOSTO/meetings.",
        "See the meetings of the network: /v1/networks/NETWORK/meetings.",
    )


def where_it_sees(session: Session, caller: Caller | None) -> ColumnElement[bool]:
    """Meetings of which a caller sees what members see, by a right or by a seat of today: a condition."""
    if caller is None:
        return false()
    network_id = MEETING.network_id
    return or_(networks.reachable(session, caller, READ, network_id), networks.sitting(caller, network_id))


def known_to(session: Session, caller: Caller | None, sort: queries.Sorted, **which: Any) -> Select[Any]:
    """The meetings that a caller may know of, by start; ``which`` are those of ``queries.of_meetings``."""
    sees = where_it_sees(session, caller)
    found = queries.of_meetings(queries.shown(queries.meetings(sees=sees), sees=sees), **which)
    return queries.by_start(found, sort, MEETING.id)


def listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.meetings`` as an answer; what is for members only where the caller sees it."""
    return {
        **row._mapping,
        "network": references.shown(row._mapping, "network"),
        "led_by": references.shown(row._mapping, "led_by"),
        "local_start": row.local_start.isoformat(timespec="minutes"),
        "remote_url": row.remote_url if row.sees else None,
        "secretary": row.secretary_id if row.sees else None,
    }


def seen(session: Session, reference: str, caller: Caller | None) -> dict[str, Any]:
    """A meeting that the caller may know of, as an answer. Raises NoSuchThing."""
    sees = where_it_sees(session, caller)
    return _whole(session, queries.shown(queries.meetings(sees=sees), sees=sees), ids.as_uuid(reference))


def shown(session: Session, meeting: Meeting, caller: Caller | None) -> dict[str, Any]:
    """A meeting as an answer to who has written it."""
    return _whole(session, queries.meetings(sees=where_it_sees(session, caller)), meeting.id)


def _whole(session: Session, query: Select[Any], meeting_id: uuid.UUID | None) -> dict[str, Any]:
    row = session.execute(query.where(MEETING.id == meeting_id)).first() if meeting_id else None
    if row is None:
        raise NoSuchThing(kind="meeting")
    items = session.execute(of_agenda.agenda(row.id, is_whole=row.sees)).all()
    decided = session.execute(of_decisions.decisions_of(row.id, is_whole=row.sees))
    known = {item.id for item in items}
    return {
        **listed(row),
        "agenda": agenda.as_answers(session, [item._mapping for item in items], sees=row.sees),
        "decisions": [
            {
                **d._mapping,
                "label": rules.label(d.number, d.year),
                "agenda_item": d.agenda_item_id if d.agenda_item_id in known else None,
                "relays": of_decisions.relay_counts(d),
            }
            for d in decided
        ],
    }


def sees_all(session: Session, meeting_id: uuid.UUID, caller: Caller) -> bool:
    """Whether a caller sees what members of the network see of a meeting."""
    query = select(MEETING.id).where(MEETING.id == meeting_id, where_it_sees(session, caller))
    return session.scalar(query) is not None


def item_seen(session: Session, reference: str, caller: Caller | None) -> dict[str, Any]:
    """A matter of an agenda that the caller may know of, as an answer. Raises NoSuchThing."""
    sees, id = where_it_sees(session, caller), ids.as_uuid(reference)
    query = select(*ITEM, sees.label("sees")).join(Meeting, ITEM.meeting_id == MEETING.id)
    query = query.where(ITEM.id == id, or_(and_(MEETING.is_public, ITEM.is_public), sees))
    row = session.execute(query).first() if id else None
    if row is None:
        raise NoSuchThing(kind="agenda_item")
    return agenda.as_answers(session, [row._mapping], sees=row.sees)[0]


def plan(session: Work, write: MeetingWrite, caller: Caller, kinds: Kinds = NOTHING) -> Meeting:
    """Plan a meeting of a network; its standing items follow what is given. ``kinds``: of what may be on its agenda.

    The network is locked from then on. Raises Invalid, OutOfReach, MeetsThenAlready, MeetingIsFull.
    """
    # Locked, as by those who accept proposals: no meeting comes to stand in a window that they have found free.
    network = networks.resolved(session, write.network, pointer="/network", lock=True)
    must_reach(caller, WRITE, networks.chain_above(session, network))
    day = write.local_start.date()
    faults = _faults_of_day(network, day, "/network")
    faults += _faults_of_secretary(session, network.id, write, "/secretary")
    for index, item in enumerate(write.agenda):
        faults += agenda.faults(session, kinds, caller, (network.id, day), item, f"/agenda/{index}")
    if faults:
        raise Invalid(faults=faults)
    matters = [agenda.facts(item) for item in write.agenda]
    matters += [agenda.again(item) for item in standing_items.of_network(session, network.id)]
    if len(matters) > MOST_ITEMS:
        raise agenda.MeetingIsFull(most=MOST_ITEMS)
    meeting = Meeting(network_id=network.id, **_facts(session, network, write))
    _moment_must_be_free(session, meeting, meeting.starts_at)
    rows.add(session, meeting)
    session.add_all(
        AgendaItem(meeting_id=meeting.id, position=position, **matter) for position, matter in enumerate(matters, 1)
    )
    session.flush()
    return meeting


def change(session: Work, meeting: Meeting, patch: MeetingPatch) -> Meeting:
    """Change what ``patch`` names of a meeting that was not cancelled; the whole must still be a meeting.

    Raises Invalid, MeetingIsCancelled, MeetsThenAlready.
    """
    led_by = str(meeting.led_by_id) if meeting.led_by_id else None
    whole = rows.merged(meeting, patch, MeetingFacts, led_by=led_by, secretary=meeting.secretary_id)
    values = _facts(session, session.get_one(Network, meeting.network_id), whole)
    is_moved = (whole.local_start, whole.time_zone) != (meeting.local_start, meeting.time_zone)
    faults = _faults_of_move(session, meeting, whole) if is_moved else []
    if is_moved or whole.secretary != meeting.secretary_id:
        pointer = "/secretary" if "secretary" in patch.model_fields_set else "/local_start"
        faults += _faults_of_secretary(session, meeting.network_id, whole, pointer)
    if faults:
        raise Invalid(faults=faults)
    must_go_on(meeting)
    if any(getattr(meeting, name) != value for name, value in values.items() if name in rules.SEEN_BY_CALENDARS):
        values["sequence"] = meeting.sequence + 1
    if values["starts_at"] != meeting.starts_at:
        _moment_must_be_free(session, meeting, values["starts_at"])
    rows.apply(meeting, values)
    session.flush()
    if is_moved:
        relays.follow_meeting(session, meeting)
    return meeting


def hold(session: Work, meeting: Meeting) -> Meeting:
    """Mark a planned meeting as held. Raises MeetingIsCancelled, MeetingIsHeld, MeetingIsAhead."""
    must_be_planned(meeting)
    must_have_come(meeting)
    return _becomes(session, meeting, status=MeetingStatus.held)


def cancel(session: Work, meeting: Meeting, reason: str) -> Meeting:
    """Cancel a planned meeting of which nothing was recorded.

    Raises MeetingIsCancelled, MeetingIsHeld, MeetingHasBegun.
    """
    must_be_planned(meeting)
    # Minutes may be drafted ahead of the day; a meeting that does not come about then is cancelled with them.
    has_come = rules.has_come(meeting.local_start, meeting.time_zone, clock.now())
    if _has_begun(session, meeting, of_minutes=true() if has_come else IS_APPROVED):
        raise MeetingHasBegun()
    return _becomes(session, meeting, status=MeetingStatus.cancelled, cancel_reason=reason)


def _becomes(session: Work, meeting: Meeting, **values: Any) -> Meeting:
    rows.apply(meeting, {**values, "sequence": meeting.sequence + 1})
    session.flush()
    return meeting


def _facts(session: Session, network: Network, whole: MeetingFacts) -> dict[str, Any]:
    """The columns that a meeting's body fills, and those that follow from them."""
    starts_at = rules.instant_of(whole.local_start, whole.time_zone)
    assert starts_at is not None  # judged by the shape
    led_by = whole.led_by
    own = {name: getattr(whole, name) for name in MeetingFacts.model_fields if name not in ("led_by", "secretary")}
    return {
        **own,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=whole.duration_minutes),
        "led_by_id": networks.of_county(session, network.county_id, led_by, "/led_by").id if led_by else None,
        "secretary_id": whole.secretary,
    }


def _faults_of_day(network: Network, day: date, pointer: str) -> list[Fault]:
    if is_valid(network.valid_from, network.valid_to, day):
        return []
    return [Fault("network-not-valid", NETWORK_NOT_VALID.about(day=day), pointer=pointer)]


def _faults_of_secretary(session: Session, network_id: uuid.UUID, whole: MeetingFacts, pointer: str) -> list[Fault]:
    """What is wrong with the seat that is to be the secretary: the network has it then, and it names somebody."""
    day = whole.local_start.date()
    own = select(SEAT.id).where(SEAT.network_id == network_id, SEAT.names_person, valid_on(SEAT, day))
    if whole.secretary is None or session.scalar(own.where(SEAT.id == whole.secretary)):
        return []
    return [Fault("not-a-member", NO_SUCH_SECRETARY.about(day=day), pointer=pointer)]


def _faults_of_move(session: Session, meeting: Meeting, whole: MeetingFacts) -> list[Fault]:
    """What is wrong with the new day of a meeting, given what has been recorded of it."""
    day = whole.local_start.date()
    network = session.get_one(Network, meeting.network_id)
    faults = _faults_of_day(network, day, "/local_start")
    if not rules.has_come(whole.local_start, whole.time_zone, clock.now()) and _has_begun(session, meeting):
        faults.append(Fault("still-to-come", STILL_TO_COME, pointer="/local_start"))
    seats = select(SEAT.valid_from, SEAT.valid_to).join(Attendance, ATTENDANCE.seat_id == SEAT.id)
    attended = session.execute(seats.where(ATTENDANCE.meeting_id == meeting.id))
    if not all(is_valid(valid_from, valid_to, day) for valid_from, valid_to in attended):
        faults.append(Fault("not-members-then", SEATS_NOT_VALID.about(day=day), pointer="/local_start"))
    faults += relays.faults_of_move(session, meeting, day)
    return faults


def _has_begun(session: Session, meeting: Meeting, of_minutes: ColumnElement[bool] = IS_APPROVED) -> bool:
    """Whether a meeting was held or recorded; ``of_minutes``: which minutes tell that it was."""
    recorded = select(
        or_(
            exists().where(ATTENDANCE.meeting_id == meeting.id),
            exists().where(DECISION.meeting_id == meeting.id),
            exists().where(MINUTES.meeting_id == meeting.id, of_minutes),
        )
    )
    return meeting.status == MeetingStatus.held or bool(session.scalar(recorded))


def _moment_must_be_free(session: Session, meeting: Meeting, starts_at: datetime) -> None:
    # Two who plan the same at once both come by here; a unique index lets one of them through.
    at_once = MEETING.network_id == meeting.network_id, MEETING.starts_at == starts_at, MEETING.id != meeting.id
    if session.execute(select(MEETING.id).where(*at_once, MEETING.status != MeetingStatus.cancelled)).first():
        raise MeetsThenAlready()
