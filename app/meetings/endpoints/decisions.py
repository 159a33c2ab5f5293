"""``/v1/meetings/{meeting}/decisions``, ``/v1/decisions``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs, SignedIn
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.areas import service as areas
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.numbers import Whole
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.meetings import rules
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting
from app.meetings.queries import decisions as of_decisions
from app.meetings.queries import meetings as queries
from app.meetings.queries.decisions import DECISION
from app.meetings.queries.meetings import MEETING
from app.meetings.schemas.decisions import DecisionPatch, DecisionShown, DecisionWrite
from app.meetings.service import decisions, states
from app.meetings.service.agenda import MeetingIsFull
from app.meetings.service.kinds import DECISION_KIND, must_see
from app.meetings.service.relays import DecisionIsCarried
from app.meetings.service.states import MeetingIsAhead, MeetingIsCancelled
from app.networks.service import networks

router = room("", "meetings")
MeetingId = Annotated[str, Path(max_length=36, description="Id of the meeting.")]
DecisionId = Annotated[str, Path(max_length=36, description="Id of the decision.")]
Recorder = Annotated[Caller, Needs("meetings:write", at="decision")]
ONE = "/decisions/{decision}"
OF_A_CHANGE = answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, MeetingIsCancelled)


def _to_add_to(meeting: MeetingId, session: WriteSession) -> Meeting:
    return rows.find(session, Meeting, meeting, lock=True)


def _to_change(decision: DecisionId, session: WriteSession, if_match: IfMatch) -> Decision:
    found = states.part(session, Decision, decision)
    rows.must_match(found, if_match)
    return found


Changed = Annotated[Decision, Depends(_to_change)]


@router.post(
    "/meetings/{meeting}/decisions",
    status_code=201,
    response_model=DecisionShown,
    responses=answers(NoSuchThing, MeetingIsCancelled, MeetingIsAhead, MeetingIsFull),
)
def record_decision(
    _: Annotated[Caller, Needs("meetings:write", at="meeting")],
    session: WriteSession,
    meeting: Annotated[Meeting, Depends(_to_add_to)],
    write: DecisionWrite,
    response: Response,
) -> Any:
    """Record what a meeting decided, from its day on.

    It gets the next number of its network and the year of the meeting, which is not given again. With `to_be_carried`
    each organisation with a seat in the network that day gets a relay: `/v1/relays`.
    """
    decision = decisions.record(session, meeting, write)
    response.headers["Location"] = f"/v1/decisions/{decision.id}"
    return decisions.shown(session, decision)


@router.get("/decisions", response_model=Page[DecisionShown])
def list_decisions(
    caller: Annotated[Caller, Needs("meetings:read")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    network: Annotated[str | None, Query(max_length=80, description="Only of this network (id or slug).")] = None,
    area: Annotated[
        str | None, Query(max_length=80, description="Only in this area (id or slug) and below it.")
    ] = None,
    first: Annotated[AnyDay | None, Query(alias="from", description="First day of the meetings.")] = None,
    last: Annotated[AnyDay | None, Query(alias="to", description="Last day of the meetings, included.")] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Only those with this in their text, or cited so: `3/2026`.")
    ] = None,
    year: Annotated[
        Whole | None, Query(ge=rules.FIRST_YEAR, le=rules.LAST_YEAR, description="Only those numbered in this year.")
    ] = None,
    sort: Annotated[
        queries.Sorted, Query(description="By start of the meeting; `-starts_at`: the last one first.")
    ] = "starts_at",
) -> Any:
    """Decisions of networks where you have `meetings:read`, by start of their meeting."""
    of = networks.resolved(session, network, parameter="network").id if network else None
    inside = areas.resolved(session, area, parameter="area") if area else None
    reachable = networks.reachable(session, caller, "meetings:read", MEETING.network_id)
    found = queries.of_meetings(
        of_decisions.decisions(reachable=reachable, holding=q, year=year),
        network_id=of,
        inside=inside,
        first=first,
        last=last,
    )
    in_order = queries.by_start(found, sort, DECISION.meeting_id, DECISION.position, DECISION.id)
    page = paging.page(session, in_order, window, request, response)
    return {**page, "items": [decisions.listed(row) for row in page["items"]]}


@router.get(ONE, response_model=DecisionShown, responses=answers(NoSuchThing, OutOfReach))
def read_decision(caller: Annotated[Caller, SignedIn()], session: SnapshotSession, decision: DecisionId) -> Any:
    """A decision, with the meeting that made it.

    Takes `meetings:read` there, or a seat in the network today, as holder or deputy.
    """
    must_see(session, DECISION_KIND, caller, decision)
    return decisions.shown(session, rows.find(session, Decision, decision))


@router.patch(
    ONE,
    response_model=DecisionShown,
    responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, MeetingIsCancelled, DecisionIsCarried),
)
def change_decision(_: Recorder, session: WriteSession, decision: Changed, patch: DecisionPatch) -> Any:
    """Change the named fields of a decision (merge patch, RFC 7396).

    With `to_be_carried` each organisation with a seat on the day of the meeting gets a relay; without it they go,
    unless one was carried.
    """
    return decisions.shown(session, decisions.change(session, decision, patch))


@router.delete(ONE, status_code=204, responses=OF_A_CHANGE)
def remove_decision(_: Recorder, session: WriteSession, decision: Changed) -> None:
    """Take a decision away, and its relays with it.

    Its number is not given to another.
    """
    decisions.remove(session, decision)
