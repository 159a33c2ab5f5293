"""``/v1/meetings/{meeting}/attendances``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.accounts.needs import Needs
from app.accounts.rules import Caller
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import NoSuchThing
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.meetings.models.meetings import Meeting
from app.meetings.queries import attendances as queries
from app.meetings.schemas.attendances import Attendances, AttendanceShown, AttendancesWrite
from app.meetings.service import attendances
from app.meetings.service.states import MeetingIsAhead, MeetingIsCancelled

router = room("/meetings/{meeting}/attendances", "meetings")
MeetingId = Annotated[str, Path(max_length=36, description="Id of the meeting.")]


def _to_read(meeting: MeetingId, session: SnapshotSession) -> Meeting:
    return rows.find(session, Meeting, meeting)


def _to_write(meeting: MeetingId, session: WriteSession) -> Meeting:
    return rows.find(session, Meeting, meeting, lock=True)


@router.get("", response_model=Page[AttendanceShown], responses=answers(NoSuchThing))
def list_attendances(
    _: Annotated[Caller, Needs("meetings:read", at="meeting")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    meeting: Annotated[Meeting, Depends(_to_read)],
) -> Any:
    """How seats were at a meeting, in order of their roles.

    Seats stand for organisations; whoever sat on them is not named here.
    """
    page = paging.page(session, queries.attendances(meeting.id), window, request, response)
    return {**page, "items": [attendances.listed(row) for row in page["items"]]}


@router.put("", response_model=Attendances, responses=answers(NoSuchThing, MeetingIsCancelled, MeetingIsAhead))
def record_attendances(
    _: Annotated[Caller, Needs("meetings:write", at="meeting")],
    session: WriteSession,
    meeting: Annotated[Meeting, Depends(_to_write)],
    write: AttendancesWrite,
) -> Any:
    """Record how seats were at a meeting, from its day on; answers all of them.

    Seats that are not named stay as they are, so it needs no `If-Match`: two who record different seats don't
    overwrite each other. The same content again changes nothing. `state` null takes an attendance away.
    """
    attendances.record(session, meeting, write.attendances)
    return attendances.all_of(session, meeting)
