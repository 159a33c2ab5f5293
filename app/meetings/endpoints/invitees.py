"""``/v1/meetings/{meeting}/invitees``, ``/v1/meetings/{meeting}/answers``, ``/v1/meetings/{meeting}/guests``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.accounts.needs import Needs, SignedIn
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import NoSuchThing
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.meetings.models.meetings import Meeting
from app.meetings.queries import invitees as queries
from app.meetings.schemas.invitees import AnswersWrite, GuestsWrite, Invitee, Invitees
from app.meetings.service import invitees
from app.meetings.service.invitees import NotYourSeat
from app.meetings.service.kinds import KIND, must_see
from app.meetings.service.states import MeetingIsCancelled, MeetingIsHeld

router = room("/meetings/{meeting}", "meetings")
MeetingId = Annotated[str, Path(max_length=36, description="Id of the meeting.")]


def _to_write(meeting: MeetingId, session: WriteSession) -> Meeting:
    return rows.find(session, Meeting, meeting, lock=True)


Written = Annotated[Meeting, Depends(_to_write)]


@router.get("/invitees", response_model=Page[Invitee], responses=answers(NoSuchThing, OutOfReach))
def list_invitees(
    caller: Annotated[Caller, SignedIn()],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    meeting: MeetingId,
) -> Any:
    """Who is invited to a meeting, and what they answered.

    Every seat that the network has on its day, in order of their roles, and then guests. Nobody is named here.
    Takes `meetings:read` there, or a seat in the network today, as holder or deputy.
    """
    must_see(session, KIND, caller, meeting)
    found = queries.invitees(rows.find(session, Meeting, meeting))
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [invitees.listed(row) for row in page["items"]]}


@router.put(
    "/answers",
    response_model=Invitees,
    responses=answers(NoSuchThing, NotYourSeat, MeetingIsCancelled, MeetingIsHeld),
)
def record_answers(
    caller: Annotated[Caller, SignedIn()], session: WriteSession, meeting: Written, write: AnswersWrite
) -> Any:
    """Answer an invitation to a planned meeting.

    For a seat its holder or deputy does, without any further right, or who has `meetings:write` there; for a guest
    only the latter. Those who are not named stay as they are, so it needs no `If-Match`, and are not shown. `answer`
    null takes an answer back.
    """
    return invitees.answer(session, meeting, caller, write.answers)


@router.put("/guests", response_model=Invitees, responses=answers(NoSuchThing, MeetingIsCancelled, MeetingIsHeld))
def invite_guests(
    _: Annotated[Caller, Needs("meetings:write", at="meeting")],
    session: WriteSession,
    meeting: Written,
    write: GuestsWrite,
) -> Any:
    """Ask organisations from outside, or offices of theirs, to a planned meeting.

    Answers all guests. Those that are not named stay as they are. `invited` false takes an invitation back.
    """
    return invitees.invite(session, meeting, write.guests)
