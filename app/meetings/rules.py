"""What holds for meetings: their time, and the order of what is on their agenda. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

Item = TypeVar("Item")
# Years outside these are slips of the pen.
FIRST_YEAR, LAST_YEAR = 2000, 2099
# What calendars show, or must hear of.
SEEN_BY_CALENDARS = (
    *("local_start", "time_zone", "duration_minutes", "mode", "location", "remote_url", "title", "status"),
)


@cache
def time_zones() -> frozenset[str]:
    """The names of the time zones that there are."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


def instant_of(local_start: datetime, time_zone: str) -> datetime | None:
    """When the clocks of a time zone show ``local_start``: the first time, where they do twice; None, where never.

    >>> str(instant_of(datetime(2026, 10, 25, 3, 30), "Europe/Helsinki"))  # and once more an hour later
    '2026-10-25 00:30:00+00:00'
    """
    zone = ZoneInfo(time_zone)
    moment = local_start.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == local_start else None


def has_come(local_start: datetime, time_zone: str, now: datetime) -> bool:
    """Whether it is the day of ``local_start`` there now, or a later one."""
    return local_start.date() <= now.astimezone(ZoneInfo(time_zone)).date()


def placed(items: Sequence[Item], item: Item, position: int) -> list[Item]:
    """The items in order once ``item`` has this position, counted from 1; the last one, if it is beyond the end.

    >>> placed(["a", "b", "c"], "c", 1)
    ['c', 'a', 'b']
    """
    others = [other for other in items if other is not item]
    return [*others[: position - 1], item, *others[position - 1 :]]
