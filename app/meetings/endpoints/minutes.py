"""``/v1/meetings/{meeting}/minutes``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.meetings.models.meetings import FAMILY, Meeting
from app.meetings.models.minutes import Minutes
from app.meetings.queries import minutes as queries
from app.meetings.schemas.minutes import MinutesPatch, MinutesRevisionShown, MinutesShown, MinutesWrite
from app.meetings.service import meetings, minutes
from app.meetings.service.minutes import MinutesAreApproved, MinutesAreBegun
from app.meetings.service.states import MeetingIsAhead, MeetingIsCancelled

router = room("/meetings/{meeting}/minutes", "meetings")
MeetingId = Annotated[str, Path(max_length=36, description="Id of the meeting.")]
Secretary = Annotated[Caller, Needs("meetings:write", at="meeting")]
OF_A_CHANGE = (NoSuchThing, ChangedMeanwhile, VersionNotStated, MeetingIsCancelled)


def _to_write(meeting: MeetingId, session: WriteSession) -> Meeting:
    return rows.find(session, Meeting, meeting, lock=True)


Written = Annotated[Meeting, Depends(_to_write)]


def _to_change(meeting: Written, session: WriteSession, if_match: IfMatch) -> Minutes:
    found = minutes.of_meeting(session, meeting.id)
    rows.must_match(found, if_match)
    return found


Changed = Annotated[Minutes, Depends(_to_change)]


@router.get("", response_model=MinutesShown, responses=answers(NoSuchThing))
def read_minutes(caller: Annotated[Caller | None, Public(FAMILY)], session: SnapshotSession, meeting: MeetingId) -> Any:
    """The minutes of a meeting, as they stand now.

    Without `meetings:read` on its network, or a seat in it today, one sees the public extract, of a public meeting,
    once they are approved.
    """
    return minutes.seen(session, meeting, caller)


@router.post(
    "",
    status_code=201,
    response_model=MinutesShown,
    responses=answers(NoSuchThing, MeetingIsCancelled, MinutesAreBegun),
)
def draft_minutes(
    caller: Secretary, session: WriteSession, meeting: Written, write: MinutesWrite, response: Response
) -> Any:
    """Begin the minutes of a meeting; before it, if need be."""
    response.headers["Location"] = f"/v1/meetings/{meeting.id}/minutes"
    return _shown(session, minutes.draft(session, meeting, write), caller)


@router.patch("", response_model=MinutesShown, responses=answers(*OF_A_CHANGE))
def change_minutes(caller: Secretary, session: WriteSession, found: Changed, patch: MinutesPatch) -> Any:
    """Change the named fields of minutes (merge patch, RFC 7396).

    Once they are approved this is a correction: it needs a `reason`, and is a revision of its own.
    """
    return _shown(session, minutes.change(session, found, patch), caller)


@router.post(
    "/approve", response_model=MinutesShown, responses=answers(*OF_A_CHANGE, MeetingIsAhead, MinutesAreApproved)
)
def approve_minutes(caller: Secretary, session: WriteSession, found: Changed) -> Any:
    """Approve the minutes of a meeting, once, from its day on.

    From then on everybody reads their public extract, if the meeting is public. `If-Match` is that of the minutes.
    """
    return _shown(session, minutes.approve(session, found), caller)


@router.get("/revisions", response_model=Page[MinutesRevisionShown], responses=answers(NoSuchThing))
def list_minutes_revisions(
    _: Annotated[Caller, Needs("meetings:read", at="meeting")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    meeting: MeetingId,
) -> Any:
    """Minutes as they were approved, and corrected since, with the reasons."""
    found = queries.revisions(rows.find(session, Meeting, meeting).id)
    return paging.page(session, found, window, request, response)


def _shown(session: WriteSession, found: Minutes, caller: Caller) -> dict[str, Any]:
    return minutes.as_answer(found, sees=meetings.sees_all(session, found.meeting_id, caller))
