"""What the permission walk asks of year clocks: its things, its requests, and what each of these takes."""

from collections.abc import Callable
from datetime import date
from typing import Any

from app.accounts.service.grants import OPERATOR
from app.areas.models import Area
from app.core import rows
from app.core.database import Command, Work
from app.year_clock import service
from app.year_clock.schemas import SchoolBreakWrite, YearClockSpec

WRITE = ("networks:write",)
TAKES: dict[str, tuple[str, ...]] = {"addSchoolBreak": WRITE, "changeSchoolBreak": WRITE, "removeSchoolBreak": WRITE}
BREAK = {"area": "491", "name": {"fi": "Vapaapäivä"}, "first_on": "2001-05-02", "last_on": "2001-05-04"}
FIRST = {"If-Match": '"v1"'}


def _of_break(method: str, body: Any = None) -> Callable[[Any, str], tuple[str, str, dict[str, Any]]]:
    """A request for a school break of Mikkeli that is made for it."""

    def request(world: Any, caller: str) -> tuple[str, str, dict[str, Any]]:
        with world.database.writing(Command("test")) as session:
            added = service.add_break(session, SchoolBreakWrite.model_validate(BREAK), OPERATOR)
        headers = {} if method == "GET" else FIRST
        return method, f"/v1/school-breaks/{added.id}", {"headers": headers} | ({"json": body} if body else {})

    return request


REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listYearClocks": lambda world, caller: ("GET", "/v1/year-clocks", {}),
    "readYearClock": lambda world, caller: ("GET", "/v1/year-clocks/clock-here?year=2027", {}),
    "listSchoolBreaks": lambda world, caller: ("GET", "/v1/school-breaks", {}),
    "addSchoolBreak": lambda world, caller: ("POST", "/v1/school-breaks", {"json": BREAK}),
    "readSchoolBreak": _of_break("GET"),
    "changeSchoolBreak": _of_break("PATCH", {"last_on": str(date(2001, 5, 3))}),
    "removeSchoolBreak": _of_break("DELETE"),
}
CHECKS: dict[str, Any] = {}  # sentence -> ((world) -> what it is, what it should be)


def settle(world: Any, session: Work) -> None:
    """A clock of the networks of the walk, whose kind is there already: a window in each month."""
    windows = [
        {"code": f"m{month}", "name": {"fi": f"{month}."}, "network_kind": "walk", "first_month": month}
        | {"last_month": month}
        for month in range(1, 13)
    ]
    clock = {"slug": "clock-here", "name": {"fi": "Vuosikello"}, "windows": windows}
    service.load(session, rows.find(session, Area, "county-12").id, [YearClockSpec.model_validate(clock)])
