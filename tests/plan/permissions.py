"""What the permission walk asks of plans: its things, its requests, and what each of these takes."""

from datetime import date
from typing import Any

from sqlalchemy import select

from app.areas.models import Area
from app.core import rows
from app.core.database import Command, Work
from app.plan.models import Goal
from app.plan.queries import GOAL
from app.plan.schemas import PlanSpec, ProgressWrite
from app.plan.service import goals, loading

TAKES: dict[str, tuple[str, ...]] = {
    "changePlan": ("goals:write",),
    "listGoalProgress": ("goals:read",),
    "noteGoalProgress": ("goals:write",),
    "readGoalProgress": ("goals:read",),
    "eraseGoalProgress": ("goals:write",),
}
NOT_HERE = (403, "out-of-reach")
SPEC = {
    "slug": "walk",
    "title": {"fi": "Suunnitelma"},
    "first_year": 1995,
    "last_year": 1999,
    "revision": 1,
    "valid_from": "1995-01-01",
    "summary": {"fi": "Ensimmäinen."},
    "goals": [
        {"code": "here", "plan_ref": "1", "text": {"fi": "Täällä"}, "network": "network-here"},
        {"code": "far", "plan_ref": "1", "text": {"fi": "Kaukana"}, "network": "network-far"},
        {"code": "county", "plan_ref": "1", "text": {"fi": "Kaikkien"}},
        {"code": "kind", "plan_ref": "1", "text": {"fi": "Jokaisen"}, "network_kind": "walk"},
    ],
}


def settle(world: Any, session: Work) -> None:
    """A plan of the county, with goals of a network here, of one far, of no network and of a kind of them."""
    loading.load(session, rows.find(session, Area, "county-12").id, PlanSpec.model_validate(SPEC))
    for goal in session.scalars(select(Goal).where(GOAL.code.in_(["here", "far", "county", "kind"]))):
        world.ids[f"goal-{goal.code}"] = goal.id


def _read(path: str) -> Any:
    return lambda world, caller: ("GET", path, {})


def _of_goal(path: str, goal: str = "here") -> Any:
    return lambda world, caller=None: ("GET", path.format(world.ids[f"goal-{goal}"]), {})


def _noting(goal: str) -> Any:
    def request(world: Any, caller: str | None = None) -> Any:
        return "POST", f"/v1/goals/{world.ids[f'goal-{goal}']}/progress", {"json": {"text": "Etenee."}}

    return request


def _note(world: Any) -> str:
    """The address of a new note on the goal here."""
    with world.database.writing(Command("test")) as session:
        write = ProgressWrite(text="Etenee.", noted_on=date(1996, 5, 2))
        return f"/v1/goal-progress/{goals.note(session, str(world.ids['goal-here']), write).id}"


def _read_note(world: Any, caller: str) -> Any:
    return "GET", _note(world), {}


def _erase_note(world: Any, caller: str) -> Any:
    path = _note(world)
    return "DELETE", path, {"headers": world.version(path)}


def _change_plan(world: Any, caller: str) -> Any:
    path = "/v1/plans/walk"
    return "PATCH", path, {"json": {"recorded_from": "1995-01-01"}, "headers": world.version(path)}


REQUESTS: dict[str, Any] = {
    "listPlans": _read("/v1/plans?area=county-12"),
    "readPlan": _read("/v1/plans/walk"),
    "changePlan": _change_plan,
    "listFocusAreas": _read("/v1/plans/walk/focus-areas"),
    "listGoals": _read("/v1/plans/walk/goals"),
    "listRules": _read("/v1/plans/walk/rules"),
    "readGoal": _of_goal("/v1/goals/{}"),
    "listGoalProgress": _of_goal("/v1/goals/{}/progress"),
    "noteGoalProgress": _noting("here"),
    "readGoalProgress": _read_note,
    "eraseGoalProgress": _erase_note,
}


def _told(caller: str, request: Any) -> Any:
    return lambda world: world.told(caller, request(world))


CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "a lead notes nothing on the goal of another network": (_told("lead_here", _noting("far")), NOT_HERE),
    "a goal of no network is not a lead's": (_told("lead_here", _noting("county")), NOT_HERE),
    "a goal of each network of a kind is not a lead's": (_told("lead_here", _noting("kind")), NOT_HERE),
    "a goal of no network is not a municipality's": (_told("admin_here", _noting("county")), NOT_HERE),
    "a goal of no network is the county's": (_told("coordinator_here", _noting("county")), 201),
    "a goal of a kind of networks is the county's": (_told("coordinator_here", _noting("kind")), 201),
    "no other county's coordinator notes on it": (_told("coordinator_elsewhere", _noting("county")), NOT_HERE),
    "a lead reads no notes of another network's goal": (
        _told("lead_here", _of_goal("/v1/goals/{}/progress", "far")),
        NOT_HERE,
    ),
}
