"""``/v1/networks/{network}/rotations``, ``/v1/meetings/{meeting}/swaps``"""

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
from app.follow_up.schemas.turns import Rotations
from app.follow_up.service import turns
from app.meetings.models.meetings import FAMILY, Meeting
from app.meetings.queries import swaps as queries
from app.meetings.schemas.swaps import TurnSwapShown, TurnSwapWrite
from app.meetings.service import swaps
from app.meetings.service.states import MeetingIsCancelled, MeetingIsHeld
from app.networks.models import Network

router = room("", "meetings")
MeetingId = Annotated[str, Path(max_length=36, description="Id of the meeting.")]
NetworkRef = Annotated[str, Path(max_length=80, description="Id or slug of the network.")]


def _to_read(meeting: MeetingId, session: SnapshotSession) -> Meeting:
    return rows.find(session, Meeting, meeting)


def _to_change(meeting: MeetingId, session: WriteSession, if_match: IfMatch) -> Meeting:
    found = rows.find(session, Meeting, meeting, lock=True)
    rows.must_match(found, if_match)
    return found


@router.get("/networks/{network}/rotations", response_model=Rotations, responses=answers(NoSuchThing))
def read_rotations(
    caller: Annotated[Caller | None, Public(FAMILY, "networks", "plan", "organisations")],
    session: SnapshotSession,
    network: NetworkRef,
) -> Any:
    """Duties that go round in a network: the order, the last turns, who is next.

    To lead goes round among networks, to be the secretary among the seats of the network; seats are shown by role and
    organisation to those with `meetings:read` there. Turns are those at meetings that you may know of.
    """
    return turns.shown(session, rows.find(session, Network, network), caller)


@router.get("/meetings/{meeting}/swaps", response_model=Page[TurnSwapShown], responses=answers(NoSuchThing))
def list_swaps(
    _: Annotated[Caller, Needs("meetings:read", at="meeting")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    meeting: Annotated[Meeting, Depends(_to_read)],
) -> Any:
    """Turns at a meeting that somebody else took, in order of time."""
    page = paging.page(session, queries.swaps(meeting.id), window, request, response)
    return {**page, "items": [swaps.listed(row) for row in page["items"]]}


@router.post(
    "/meetings/{meeting}/swaps",
    status_code=201,
    response_model=TurnSwapShown,
    responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, MeetingIsCancelled, MeetingIsHeld),
)
def swap_turn(
    _: Annotated[Caller, Needs("meetings:write", at="meeting")],
    session: WriteSession,
    meeting: Annotated[Meeting, Depends(_to_change)],
    write: TurnSwapWrite,
    response: Response,
) -> Any:
    """Let somebody else of the order take a turn at a planned meeting, and say why.

    Sets `led_by` or `secretary` of the meeting, whose version `If-Match` names. The order goes on from who took it.
    """
    swapped = turns.swap(session, meeting, write)
    response.headers["Location"] = f"/v1/meetings/{meeting.id}/swaps"
    return swaps.shown(session, swapped)
