"""Which days a calendar shows, and when clocks are moved. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

YEARS_BACK, YEARS_AHEAD = 1, 2


def window(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The first and the last day that a calendar shows: a year back and two ahead, where nothing else is asked.

    >>> [str(day) for day in window(None, None, date(2028, 2, 29))]
    ['2027-02-28', '2030-02-28']
    """
    return first or _years_from(today, -YEARS_BACK), last or _years_from(today, YEARS_AHEAD)


def _years_from(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


def is_shown_once(moment: datetime) -> bool:
    """Whether clocks in the time zone of a moment show that time once, and not again after they are moved.

    >>> is_shown_once(datetime(2026, 10, 25, 3, 30, tzinfo=ZoneInfo("Europe/Helsinki")))
    False
    """
    return moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset()


@dataclass(frozen=True)
class Onset:
    """A moment from which clocks of a time zone go otherwise. ``local`` is what they showed then, not yet moved."""

    local: datetime
    offset_from: timedelta
    offset_to: timedelta
    name: str
    is_summer: bool


@lru_cache(256)
def onsets(time_zone: str, first_year: int, last_year: int) -> list[Onset]:
    """How clocks of a time zone go in some years: first as on the eve of these, then each time that they are moved."""
    zone = ZoneInfo(time_zone)

    def onset(moment: datetime, before: timedelta) -> Onset:
        there = moment.astimezone(zone)
        local, is_summer = (moment + before).replace(tzinfo=None), (there.dst() or timedelta()) > timedelta()
        return Onset(local, before, _offset(there), there.tzname() or time_zone, is_summer)

    moment, end = datetime(first_year - 1, 12, 30, tzinfo=UTC), datetime(last_year + 1, 1, 3, tzinfo=UTC)
    found = [onset(moment, _offset(moment.astimezone(zone)))]
    while moment < end:
        before, following = _offset(moment.astimezone(zone)), moment + timedelta(days=1)
        if before != _offset(following.astimezone(zone)):
            found.append(onset(_moved(moment, following, zone), before))
        moment = following
    return found


def _moved(earlier: datetime, later: datetime, zone: ZoneInfo) -> datetime:
    """The second between two moments from which another offset holds."""
    before = _offset(earlier.astimezone(zone))
    while (between := (later - earlier) // timedelta(seconds=2)) > 0:
        middle = earlier + timedelta(seconds=between)
        earlier, later = (middle, later) if _offset(middle.astimezone(zone)) == before else (earlier, middle)
    return later


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
