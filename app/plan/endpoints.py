"""``/v1/plans``, ``/v1/goals``, ``/v1/goal-progress``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.areas import service as areas
from app.core import paging, patterns, rows
from app.core.database import ReadSession, SnapshotSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.networks.service import networks
from app.plan import queries
from app.plan.models import FAMILY, Goal, GoalProgress, GoalStatus, Plan
from app.plan.schemas import (
    RULE,
    SECTION,
    FocusAreaPublic,
    GoalPublic,
    PlanListed,
    PlanPatch,
    PlanPublic,
    ProgressShown,
    ProgressWrite,
    RulePublic,
)
from app.plan.service import goals, plans

router = room("", "plans")
Anyone = Annotated[Caller | None, Public(FAMILY)]
Section = Annotated[str | None, Query(pattern=SECTION, max_length=20, description="Only this section and those in it.")]
ThemeParam = Annotated[
    str | None, Query(pattern=patterns.CODE, max_length=40, description="Only goals with this theme.")
]
GoalId = Annotated[str, Path(alias="goal", max_length=36, description="Id of the goal.")]
NoteId = Annotated[str, Path(alias="goal_progress", max_length=36, description="Id of the note.")]


def _plan(session: SnapshotSession, plan: Annotated[str, Path(max_length=80, description="Id or slug.")]) -> Plan:
    return rows.find(session, Plan, plan)


Of = Annotated[Plan, Depends(_plan)]


@router.get("/plans", response_model=Page[PlanListed])
def list_plans(
    _: Annotated[Caller | None, Public(FAMILY, "areas")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: Annotated[
        str | None, Query(max_length=80, description="Only those that stand on this area (id or slug) or below it.")
    ] = None,
) -> Any:
    """Action plans, the newest first."""
    inside = areas.resolved(session, area, parameter="area") if area else None
    page = paging.page(session, queries.plans(inside=inside), window, request, response)
    return {**page, "items": [plans.with_county(row) for row in page["items"]]}


@router.get("/plans/{plan}", response_model=PlanPublic, responses=answers(NoSuchThing))
def read_plan(
    _: Annotated[Caller | None, Public(FAMILY, "areas")],
    session: SnapshotSession,
    plan: Annotated[str, Path(max_length=80, description="Id or slug.")],
) -> Any:
    """An action plan with its focus areas, and what each edition changed."""
    return plans.shown(session, plan)


@router.patch(
    "/plans/{plan}", response_model=PlanPublic, responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated)
)
def change_plan(
    _: Annotated[Caller, Needs("goals:write", at="plan")],
    session: WriteSession,
    plan: Annotated[str, Path(max_length=80, description="Id or slug.")],
    if_match: IfMatch,
    patch: PlanPatch,
) -> Any:
    """Say from when on what happens is recorded here (merge patch, RFC 7396).

    What was before that day is not judged. All else of a plan is changed by a new edition of it.
    """
    found = rows.find(session, Plan, plan, lock=True)
    rows.must_match(found, if_match)
    plans.change(session, found, patch)
    return plans.shown(session, str(found.id))


@router.get("/plans/{plan}/focus-areas", response_model=Page[FocusAreaPublic], responses=answers(NoSuchThing))
def list_focus_areas(
    _: Anyone, session: SnapshotSession, window: WindowDep, request: Request, response: Response, plan: Of
) -> Any:
    """The focus areas of a plan, in its order."""
    return paging.page(session, queries.focus_areas(plan.id), window, request, response)


@router.get("/plans/{plan}/goals", response_model=Page[GoalPublic], responses=answers(NoSuchThing))
def list_goals(
    _: Annotated[Caller | None, Public(FAMILY, "networks")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    plan: Of,
    focus_area: Annotated[
        str | None, Query(max_length=40, description="Only goals that carry this focus area (id or code).")
    ] = None,
    network: Annotated[
        str | None,
        Query(max_length=80, description="Only goals of this network (id or slug), its own and those of its kind."),
    ] = None,
    network_kind: Annotated[
        str | None, Query(max_length=40, description="Only goals of each network of this kind (code).")
    ] = None,
    theme: ThemeParam = None,
    status: Annotated[GoalStatus | None, Query(description="Only goals that are this far.")] = None,
    plan_ref: Section = None,
    ended: Annotated[bool, Query(description="Also goals and measures that a later edition left out.")] = False,
) -> Any:
    """The goals of a plan in its order, each with its measures and focus areas.

    `plan_ref=7` finds the goals of section 7 and of 7.1, not those of 70.
    """
    of = networks.resolved(session, network, parameter="network") if network else None
    found = queries.goals_of_plan(
        plan.id,
        focus_area_id=plans.focus_area(session, plan.id, focus_area) if focus_area else None,
        network=(of.id, of.kind_id) if of else None,
        network_kind_id=goals.network_kind(session, plan.county_id, network_kind) if network_kind else None,
        theme=theme,
        status=status,
        section=plan_ref,
        with_ended=ended,
    )
    page = paging.page(session, found, window, request, response)
    return {**page, "items": goals.shown(session, page["items"], with_ended=ended)}


@router.get("/plans/{plan}/rules", response_model=Page[RulePublic], responses=answers(NoSuchThing))
def list_rules(
    _: Anyone,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    plan: Of,
    on: Annotated[AnyDay | None, Query(description="Only rules that hold on this day.")] = None,
    rule: Annotated[str | None, Query(pattern=RULE, max_length=4, description="Only those called this.")] = None,
) -> Any:
    """The rules of a plan by code, with what each asks for and when it holds.

    Without `on`: all there have been. A rule that an edition changed has a row for each time.
    """
    page = paging.page(session, queries.rules(plan.id, on=on, rule=rule), window, request, response)
    return {**page, "items": [queries.with_subject(row) for row in page["items"]]}


@router.get("/goals/{goal}", response_model=GoalPublic, responses=answers(NoSuchThing))
def read_goal(
    _: Annotated[Caller | None, Public(FAMILY, "networks")], session: SnapshotSession, goal_id: GoalId
) -> Any:
    """A goal with its measures and focus areas."""
    return goals.read(session, goal_id)


@router.get("/goals/{goal}/progress", response_model=Page[ProgressShown], responses=answers(NoSuchThing))
def list_goal_progress(
    _: Annotated[Caller, Needs("goals:read", at="goal")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    goal_id: GoalId,
) -> Any:
    """Notes on how a goal goes, the newest first."""
    goal = rows.find(session, Goal, goal_id)
    return paging.page(session, queries.notes(goal.id), window, request, response)


@router.post("/goals/{goal}/progress", status_code=201, response_model=ProgressShown, responses=answers(NoSuchThing))
def note_goal_progress(
    _: Annotated[Caller, Needs("goals:write", at="goal")],
    session: WriteSession,
    goal_id: GoalId,
    write: ProgressWrite,
    response: Response,
) -> Any:
    """Note how a goal goes on a day; with a `status`, the goal gets it.

    The status of a goal is that of its latest note that has one. A note is not changed: take it away, write another.
    """
    made = goals.note(session, goal_id, write)
    response.headers["Location"] = f"/v1/goal-progress/{made.id}"
    return made


@router.get("/goal-progress/{goal_progress}", response_model=ProgressShown, responses=answers(NoSuchThing))
def read_goal_progress(
    _: Annotated[Caller, Needs("goals:read", at="goal_progress")], session: ReadSession, note_id: NoteId
) -> Any:
    """A note on how a goal goes."""
    return rows.find(session, GoalProgress, note_id)


@router.delete(
    "/goal-progress/{goal_progress}",
    status_code=204,
    responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated),
)
def erase_goal_progress(
    _: Annotated[Caller, Needs("goals:write", at="goal_progress")],
    session: WriteSession,
    note_id: NoteId,
    if_match: IfMatch,
) -> None:
    """Take a note away, and with it the status that it gave the goal."""
    goals.erase(session, note_id, if_match)
