"""Times as the wall shows them."""

import re
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema

from app.core.faults import FaultFound
from app.core.language import Words
from app.meetings import rules

_WALL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?")
NOT_A_WALL_TIME = Words(
    "Tähän kuuluu päivä ja kellonaika ilman aikavyöhykettä: 2026-03-12T13:00.",
    "This must be a date and a time without a zone, such as 2026-03-12T13:00.",
)
YEAR = Words(
    f"Vuosi ei ole välillä {rules.FIRST_YEAR}-{rules.LAST_YEAR}. Tarkista vuosi.",
    f"The year is not between {rules.FIRST_YEAR} and {rules.LAST_YEAR}. Check the year.",
)
UNKNOWN_ZONE = Words(
    "Tällaista aikavyöhykettä ei ole. Esimerkki: Europe/Helsinki.",
    "There is no such time zone. An example: Europe/Helsinki.",
)
NO_SUCH_TIME = Words(
    "Tätä kellonaikaa ei ole: kelloja siirretään silloin eteenpäin. Anna toinen aika.",
    "There is no such time: clocks go forward then. Give another time.",
)


def _written_without_zone(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    with suppress(ValueError):
        if isinstance(value, str) and _WALL_TIME.fullmatch(value):
            return datetime.fromisoformat(value)
    raise FaultFound("not-a-wall-time", NOT_A_WALL_TIME)


def _to_the_minute(value: Any) -> Any:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value


def _in_our_years(value: datetime) -> datetime:
    if not rules.FIRST_YEAR <= value.year <= rules.LAST_YEAR:
        raise FaultFound("wrong-year", YEAR)
    return value


def _known_zone(value: str) -> str:
    if value not in rules.time_zones():
        raise FaultFound("unknown-time-zone", UNKNOWN_ZONE)
    return value


WallTime = Annotated[
    datetime,
    BeforeValidator(_written_without_zone),
    AfterValidator(_in_our_years),
    WithJsonSchema({"type": "string", "pattern": f"^{_WALL_TIME.pattern}$", "examples": ["2026-03-12T13:00"]}),
]
ShownWallTime = Annotated[str, BeforeValidator(_to_the_minute)]
Zone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known_zone)]
