"""What holds for meetings: their time, their agenda, how decisions are cited, what is handled in time. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

Item = TypeVar("Item")
_LABEL = re.compile(r"([1-9][0-9]{0,6})/([0-9]{4})")


class DraftState(StrEnum):
    """How a document stands that a network is to handle before it is decided on elsewhere."""

    waiting = "waiting"
    handled = "handled"
    handled_late = "handled_late"
    decided_unhandled = "decided_unhandled"


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


def draft_state(*, to_be_decided_on: date, handled_on: date | None, decided_on: date | None, today: date) -> DraftState:
    """How a draft document stands on ``today``. As long as nobody says otherwise, it is decided on as planned.

    Whoever handles it on the day of the decision is in time: it is not known which came first.
    """
    day = decided_on or to_be_decided_on
    if handled_on is not None:
        return DraftState.handled if handled_on <= day else DraftState.handled_late
    is_ahead = decided_on is None and today <= to_be_decided_on
    return DraftState.waiting if is_ahead else DraftState.decided_unhandled


def label(number: int, year: int) -> str:
    """How a decision is cited.

    >>> label(3, 2026)
    '3/2026'
    """
    return f"{number}/{year}"


def cited(text: str) -> tuple[int, int] | None:
    """The number and the year of a decision that is cited by its label; None where the text is something else.

    >>> cited(" 3/2026 "), cited("kohta 3/2026")
    ((3, 2026), None)
    """
    found = _LABEL.fullmatch(text.strip())
    return (int(found[1]), int(found[2])) if found else None
