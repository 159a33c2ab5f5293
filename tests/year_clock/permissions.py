"""What the permission walk asks of year clocks: its things, its requests, and what each of these takes."""

from typing import Any

from app.areas.models import Area
from app.core import rows
from app.core.database import Work
from app.year_clock import service
from app.year_clock.schemas import YearClockSpec

TAKES: dict[str, tuple[str, ...]] = {}
REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listYearClocks": lambda world, caller: ("GET", "/v1/year-clocks", {}),
    "readYearClock": lambda world, caller: ("GET", "/v1/year-clocks/clock-here?year=2027", {}),
}
CHECKS: dict[str, Any] = {}  # sentence -> ((world) -> what it is, what it should be)


def settle(world: Any, session: Work) -> None:
    """A clock of the networks of the walk, whose kind is there already."""
    window = {
        "code": "winter",
        "name": {"fi": "Talvi"},
        "network_kind": "walk",
        "first_month": 1,
        "last_month": 2,
    }
    clock = {"slug": "clock-here", "name": {"fi": "Vuosikello"}, "windows": [window]}
    service.load(session, rows.find(session, Area, "county-12").id, [YearClockSpec.model_validate(clock)])
