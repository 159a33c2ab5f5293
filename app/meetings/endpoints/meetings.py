"""``/v1/meetings``, ``/v1/networks/{network}/meetings``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import KindsDep, Needs, Public
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.areas import service as areas
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.core.slugs import Code
from app.meetings.models.meetings import FAMILY, Meeting, MeetingStatus, Mode
from app.meetings.queries import meetings as queries
from app.meetings.schemas.meetings import Cancelling, MeetingListed, MeetingPatch, MeetingShown, MeetingWrite
from app.meetings.service import meetings
from app.meetings.service.agenda import MeetingIsFull
from app.meetings.service.meetings import MeetsThenAlready
from app.meetings.service.states import MeetingHasBegun, MeetingIsAhead, MeetingIsCancelled, MeetingIsHeld
from app.networks.models import Network
from app.networks.service import networks

router = room("", "meetings")
Anyone = Annotated[Caller | None, Public(FAMILY, "networks")]
AnyoneWithAreas = Annotated[Caller | None, Public(FAMILY, "networks", "areas")]
Planner = Annotated[Caller, Needs("meetings:write", at="meeting")]
MeetingId = Annotated[str, Path(max_length=36, description="Id of the meeting.")]
NetworkRef = Annotated[str, Path(max_length=80, description="Id or slug of the network.")]
NetworkParam = Annotated[str | None, Query(max_length=80, description="Only of this network (id or slug).")]
AreaParam = Annotated[str | None, Query(max_length=80, description="Only in this area (id or slug) and below it.")]
FirstDay = Annotated[AnyDay | None, Query(alias="from", description="First day, as the wall there shows it.")]
LastDay = Annotated[AnyDay | None, Query(alias="to", description="Last day, included.")]
ModeParam = Annotated[Mode | None, Query(description="Only those where people meet like this.")]
StatusParam = Annotated[MeetingStatus | None, Query(description="Only those of which this became.")]
ThemeParam = Annotated[Code | None, Query(description="Only those with this theme.")]
SortParam = Annotated[queries.Sorted, Query(description="By start; `-starts_at`: the last one first.")]


def _to_change(meeting: MeetingId, session: WriteSession, if_match: IfMatch) -> Meeting:
    found = rows.find(session, Meeting, meeting, lock=True)
    rows.must_match(found, if_match)
    return found


Changed = Annotated[Meeting, Depends(_to_change)]
OF_A_CHANGE = (NoSuchThing, ChangedMeanwhile, VersionNotStated, MeetingIsCancelled)


@router.get("/meetings", response_model=Page[MeetingListed])
def list_meetings(
    caller: AnyoneWithAreas,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    network: NetworkParam = None,
    area: AreaParam = None,
    first: FirstDay = None,
    last: LastDay = None,
    mode: ModeParam = None,
    status: StatusParam = None,
    theme: ThemeParam = None,
    sort: SortParam = "starts_at",
) -> Any:
    """Meetings by start.

    Without `meetings:read` on the network of a meeting, or a seat in it today, one sees it only if it is public, and
    never its `remote_url`.
    """
    of = networks.resolved(session, network, parameter="network").id if network else None
    inside = areas.resolved(session, area, parameter="area") if area else None
    found = meetings.known_to(session, caller, sort, network_id=of, inside=inside, first=first, last=last)
    page = paging.page(session, queries.alike(found, mode=mode, status=status, theme=theme), window, request, response)
    return {**page, "items": [meetings.listed(row) for row in page["items"]]}


@router.get("/networks/{network}/meetings", response_model=Page[MeetingListed], responses=answers(NoSuchThing))
def list_meetings_of_network(
    caller: Anyone,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    network: NetworkRef,
    first: FirstDay = None,
    last: LastDay = None,
    mode: ModeParam = None,
    status: StatusParam = None,
    theme: ThemeParam = None,
    sort: SortParam = "starts_at",
) -> Any:
    """Meetings of a network, by start.

    Without `meetings:read` on the network, or a seat in it today, one sees those that are public, and never their
    `remote_url`.
    """
    of = rows.find(session, Network, network).id
    found = meetings.known_to(session, caller, sort, network_id=of, first=first, last=last)
    page = paging.page(session, queries.alike(found, mode=mode, status=status, theme=theme), window, request, response)
    return {**page, "items": [meetings.listed(row) for row in page["items"]]}


@router.get("/meetings/{meeting}", response_model=MeetingShown, responses=answers(NoSuchThing))
def read_meeting(caller: Anyone, session: SnapshotSession, meeting: MeetingId) -> Any:
    """A meeting with its agenda and its decisions.

    What is public of it; with `meetings:read` on its network, or a seat in it today, all.
    """
    return meetings.seen(session, meeting, caller)


@router.post(
    "/meetings",
    status_code=201,
    response_model=MeetingShown,
    responses=answers(OutOfReach, MeetsThenAlready, MeetingIsFull),
)
def plan_meeting(
    caller: Annotated[Caller, Needs("meetings:write")],
    session: WriteSession,
    kinds: KindsDep,
    write: MeetingWrite,
    response: Response,
) -> Any:
    """Plan a meeting of a network on which you have the scope.

    `local_start` is what the clock on the wall will show, and stays true whatever becomes of summer time. A time
    that the clocks leap over is refused; of one that they show twice, the first is meant. The standing items of the
    network follow what is given as `agenda`.
    """
    planned = meetings.plan(session, write, caller, kinds)
    response.headers["Location"] = f"/v1/meetings/{planned.id}"
    return meetings.shown(session, planned, caller)


@router.patch("/meetings/{meeting}", response_model=MeetingShown, responses=answers(*OF_A_CHANGE, MeetsThenAlready))
def change_meeting(caller: Planner, session: WriteSession, meeting: Changed, patch: MeetingPatch) -> Any:
    """Change the named fields of a meeting (merge patch, RFC 7396).

    One that was held can be corrected; one that was cancelled stays as it is. `sequence` grows with what calendars
    show.
    """
    return meetings.shown(session, meetings.change(session, meeting, patch), caller)


@router.post(
    "/meetings/{meeting}/hold",
    response_model=MeetingShown,
    responses=answers(*OF_A_CHANGE, MeetingIsHeld, MeetingIsAhead),
)
def hold_meeting(caller: Planner, session: WriteSession, meeting: Changed) -> Any:
    """Say that a planned meeting was held.

    From its day on.
    """
    return meetings.shown(session, meetings.hold(session, meeting), caller)


@router.post(
    "/meetings/{meeting}/cancel",
    response_model=MeetingShown,
    responses=answers(*OF_A_CHANGE, MeetingIsHeld, MeetingHasBegun),
)
def cancel_meeting(caller: Planner, session: WriteSession, meeting: Changed, write: Cancelling) -> Any:
    """Cancel a planned meeting, and say why.

    That is final. The meeting stays where it is listed: calendars must hear of it. One of which attendance, decisions
    or, on its day, minutes were written down has begun: it is held instead.
    """
    return meetings.shown(session, meetings.cancel(session, meeting, write.reason), caller)
