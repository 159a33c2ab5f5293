"""How seats were at meetings."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.core import references, rows
from app.core.database import Work
from app.core.errors import Fault, Invalid
from app.core.language import Words
from app.core.validity import valid_on
from app.meetings.models.attendances import Attendance, Attended
from app.meetings.models.meetings import Meeting
from app.meetings.queries import attendances as queries
from app.meetings.queries.attendances import ATTENDANCE
from app.meetings.schemas.attendances import MOST_ATTENDANCES, AttendanceWrite
from app.meetings.service.states import NOT_A_MEMBER, must_go_on, must_have_come
from app.networks.queries import SEAT

NO_DEPUTY = Words("Tällä paikalla ei ole varajäsentä.", "This seat has no deputy.")
TWICE = Words("Tämä paikka on jo edellä. Anna se kerran.", "This seat stands above already. Give it once.")
TOO_MANY = Words(
    f"Kokoukseen voi kirjata enintään {MOST_ATTENDANCES} läsnäoloa.",
    f"A meeting has at most {MOST_ATTENDANCES} attendances.",
)


def listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.attendances`` as an answer."""
    return {**row._mapping, "organisation": references.shown(row._mapping, "organisation")}


def all_of(session: Session, meeting: Meeting) -> dict[str, Any]:
    """How seats were at a meeting, as an answer."""
    return {"attendances": [listed(row) for row in session.execute(queries.attendances(meeting.id))]}


def record(session: Work, meeting: Meeting, written: Sequence[AttendanceWrite]) -> None:
    """Set how some seats were at a meeting, which is locked; others stay, and what is equal is not written.

    Raises Invalid, MeetingIsCancelled, MeetingIsAhead.
    """
    stored = {
        a.seat_id: a for a in session.scalars(select(Attendance).where(ATTENDANCE.meeting_id == meeting.id)).all()
    }
    members = members_of(session, meeting, [each.seat for each in written])
    if faults := _faults(meeting, written, members, stored):
        raise Invalid(faults=faults)
    must_go_on(meeting)
    must_have_come(meeting)
    for each in written:
        before = stored.get(each.seat)
        if before is None and each.state is not None:
            session.add(Attendance(meeting_id=meeting.id, seat_id=each.seat, state=each.state))
        elif before is not None and each.state is None:
            rows.remove(session, before)
        elif before is not None:
            rows.apply(before, {"state": each.state})
    session.flush()


def members_of(session: Session, meeting: Meeting, seat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, bool]:
    """Of some seats those that the network has on the day of the meeting, and whether a deputy can come for them."""
    query = select(SEAT.id, SEAT.names_person, SEAT.deputy_id).where(
        SEAT.id.in_(seat_ids), SEAT.network_id == meeting.network_id, valid_on(SEAT, meeting.local_start.date())
    )
    return {id: not names_person or deputy is not None for id, names_person, deputy in session.execute(query)}


def _faults(
    meeting: Meeting,
    written: Sequence[AttendanceWrite],
    members: Mapping[uuid.UUID, bool],
    stored: Mapping[uuid.UUID, Attendance],
) -> list[Fault]:
    faults, above = [], set()
    for index, each in enumerate(written):
        at = f"/attendances/{index}"
        is_told = each.seat in stored and each.state in (None, stored[each.seat].state)
        if each.seat in above:
            faults.append(Fault("repeated", TWICE, pointer=f"{at}/seat"))
        elif each.seat not in members and not is_told:
            told = NOT_A_MEMBER.about(day=meeting.local_start.date())
            faults.append(Fault("not-a-member", told, pointer=f"{at}/seat"))
        elif each.state == Attended.deputy and not is_told and not members[each.seat]:
            faults.append(Fault("no-deputy", NO_DEPUTY, pointer=f"{at}/state"))
        above.add(each.seat)
    after = (stored.keys() | {e.seat for e in written if e.state}) - {e.seat for e in written if not e.state}
    if len(after) > MOST_ATTENDANCES:
        faults.append(Fault("too-many", TOO_MANY, pointer="/attendances"))
    return faults
