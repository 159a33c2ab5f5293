"""What the permission walk asks of what follows the plan: its things, its requests, and what each of these takes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.service.grants import OPERATOR
from app.core.database import Command, Work
from app.meetings.schemas.meetings import MeetingWrite
from app.meetings.service import meetings
from app.plan.models import PlanRule, RuleType
from app.plan.queries import PLAN

Request = tuple[str, str, dict[str, Any]]
WRITE = ("meetings:write",)
TAKES: dict[str, tuple[str, ...]] = {
    "proposeMeetings": WRITE,
    "acceptProposals": WRITE,
    "listSwaps": ("meetings:read",),
    "swapTurn": WRITE,
}
PROPOSALS = "/v1/year-clocks/clock-here/proposals"
FIRST_DAY = date(2026, 1, 1)  # of the plan by which duties go round
DAYS = 1400


def settle(world: Any, session: Work) -> None:
    """To lead the network here goes round between it and the one far away; all of its seats take turns as secretary."""
    plan_id = session.scalar(select(PLAN.id).order_by(PLAN.slug))
    for duty, among in (("lead", ["network-here", "network-far"]), ("secretary", [])):
        session.add(
            PlanRule(
                plan_id=plan_id,
                code=f"walk-{duty}",
                rule="R10",
                type=RuleType.rotation,
                subject_kind="network_kind",
                subject="walk",
                parameters={"duty": duty, "among": among},
                plan_ref="13.4",
            )
        )
    session.flush()


def _planned(world: Any) -> Any:
    """A new meeting here, in a year of the plan."""
    number = world.next()
    day = FIRST_DAY + timedelta(days=number % DAYS)
    body = {
        "network": "network-here",
        "mode": "live",
        "local_start": f"{day}T{number // DAYS % 24:02d}:00",
        "duration_minutes": 60,
        "led_by": "network-here",
    }
    with world.database.writing(Command("test")) as session:
        return meetings.plan(session, MeetingWrite.model_validate(body), OPERATOR).id


def _propose(network: str) -> Callable[[Any, str], Request]:
    return lambda world, caller: ("POST", PROPOSALS, {"json": {"year": 2090, "networks": [network]}})


def accepting(world: Any, network: str = "network-here", number: int | None = None) -> Request:
    """Accept a meeting in a window of a year: of one that nothing else has, if none is named."""
    year, month = divmod(world.next() if number is None else number, 12)
    meeting = {
        "network": network,
        "window_code": f"m{month + 1}",
        "mode": "live",
        "local_start": f"{2030 + year % 70}-{month + 1:02d}-15T09:00",
        "duration_minutes": 60,
    }
    return "POST", f"{PROPOSALS}/accept", {"json": {"year": 2030 + year % 70, "meetings": [meeting]}}


def _swap(world: Any, caller: str) -> Request:
    body = {"duty": "lead", "to": "network-far", "reason": "Sairastapaus"}
    return "POST", f"/v1/meetings/{_planned(world)}/swaps", {"json": body, "headers": {"If-Match": '"v1"'}}


REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "proposeMeetings": _propose("network-here"),
    "acceptProposals": lambda world, caller: accepting(world),
    "readRotations": lambda world, caller: ("GET", "/v1/networks/network-here/rotations", {}),
    "listSwaps": lambda world, caller: ("GET", f"/v1/meetings/{world.ids['shown-here']}/swaps", {}),
    "swapTurn": _swap,
}


def _proposed(caller: str) -> Callable[[Any], Any]:
    """The networks for which a caller gets proposals who names none."""

    def ask(world: Any) -> list[str]:
        answer = world.ask(caller, ("POST", PROPOSALS, {"json": {"year": 2095}}), "proposeMeetings").json()
        found = {proposal["network"]["slug"] for proposal in answer["proposals"]}
        return sorted(slug for slug in found if slug.startswith("network-"))  # not those that the walk has founded

    return ask


def _taken_far_away(world: Any) -> Any:
    number = 69 * 12 + world.next() % 12
    world.ask("admin", accepting(world, "network-far", number))
    return world.told("lead_here", accepting(world, "network-far", number))


def _secretaries(caller: str) -> Callable[[Any], Any]:
    """Whether a caller sees the seat here among those that take turns as the secretary; None, if they see none."""

    def ask(world: Any) -> Any:
        secretary = world.read(caller, "/v1/networks/network-here/rotations", "listSwaps")["secretary"]
        return secretary and str(world.ids["seat-network-here"]) in {seat["id"] for seat in secretary["order"]}

    return ask


CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "a lead is proposed meetings of their network alone": (_proposed("lead_here"), ["network-here"]),
    "a coordinator is proposed meetings of the county": (
        _proposed("coordinator_here"),
        ["network-far", "network-here"],
    ),
    "nobody hears of windows that are taken far away": (_taken_far_away, (403, "out-of-reach")),
    "strangers do not see who takes turns as the secretary": (_secretaries("anonymous"), None),
    "a lead of another network does not see who takes turns as the secretary": (_secretaries("lead_far"), None),
    "a lead sees who takes turns as the secretary": (_secretaries("lead_here"), True),
}
