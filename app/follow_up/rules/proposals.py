"""When a network could meet in a window of a year clock. Pure, and the same answer to the same facts."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeVar
from uuid import UUID

from app.core.localized import Localized
from app.meetings.rules import instant_of
from app.year_clock.rules import is_kept_by

Reason = Literal["holiday", "eve", "school-break", "clash", "same-day", "past", "network-not-valid"]
Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class Avoided:
    """A day that was stepped around: the holiday or break that is then, or the network that meets then.

    ``is_known``: whether the one who asks may know of that meeting.
    """

    on: date
    reason: Reason
    name: Localized | None = None
    network_id: UUID | None = None
    is_known: bool = True


@dataclass(frozen=True)
class Habit:
    """How a network meets: on which weekday (1 is Monday), when, for how long, and how."""

    weekday: int
    at: time
    minutes: int
    mode: str
    time_zone: str


@dataclass(frozen=True)
class Met:
    """A meeting, planned or held, or one that is proposed. ``window_code``: for which window it is meant, if one.

    ``is_known``: whether the one who asks may know of it.
    """

    network_id: UUID
    local_start: datetime
    starts_at: datetime
    minutes: int
    mode: str
    time_zone: str
    window_code: str | None = None
    is_known: bool = True

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Opening:
    """A window in a year; ``since`` and ``until`` are the first and last day of it on which the network can still meet.

    ``closed``: why there is none, where ``until`` is before ``since``.
    """

    first: date
    last: date
    since: date
    until: date
    closed: Reason = "past"


@dataclass(frozen=True)
class Choice:
    """When to meet, or None where no day is free; and the days that were stepped around for it."""

    local_start: datetime | None
    avoided: tuple[Avoided, ...]


def keeps(met: Met, code: str, mode: str | None, first: date, last: date) -> bool:
    """Whether a meeting is that of a window."""
    day = met.local_start.date()
    return is_kept_by(code, mode, (first, last), met_on=day, met_as=met.mode, marked=met.window_code)


def habit_of(meetings: Sequence[Met], usual: Habit) -> Habit:
    """How a network has met, as most of its last meetings were, the newest first; ``usual`` where it has not."""
    workdays = [met.local_start.isoweekday() for met in meetings if met.local_start.isoweekday() <= 5]
    return Habit(
        weekday=_most(workdays, usual.weekday),
        at=_most([met.local_start.time() for met in meetings], usual.at),
        minutes=_most([met.minutes for met in meetings], usual.minutes),
        mode=_most([met.mode for met in meetings], usual.mode),
        time_zone=meetings[0].time_zone if meetings else usual.time_zone,
    )


def _most(values: Sequence[Value], otherwise: Value) -> Value:
    """What is there most often; of several, what is there first."""
    counted = Counter(values)
    return max(counted, key=lambda value: (counted[value], -values.index(value)), default=otherwise)


def known_of(network_id: UUID, meetings: Iterable[Met], sitting: Callable[[UUID, date], Set[UUID]]) -> list[Met]:
    """Of some meetings those that concern who sits in a network on their day: its own, and where they sit too.

    ``sitting`` answers who sits in a network on a day.
    """
    found = []
    for met in meetings:
        day = met.local_start.date()
        if met.network_id == network_id or sitting(network_id, day) & sitting(met.network_id, day):
            found.append(met)
    return sorted(found, key=lambda met: (met.starts_at, met.network_id))


def choose(opening: Opening, habit: Habit, days_off: Mapping[date, Avoided], known: Sequence[Met]) -> Choice:
    """The best day of a window: a working day that is free, on the usual weekday if one is, nearest to the middle.

    Days on which nobody has another meeting come before those on which somebody has one at another hour.
    ``known`` are the meetings of who sits in the network. Days that would have been better are told as avoided;
    where no day is free, all that were looked at.
    """
    if opening.until < opening.since:
        return Choice(None, (Avoided(opening.last, opening.closed),))
    days = [day for day in _workdays(opening) if _starts_at(day, habit)]
    wanted = sorted(days, key=lambda day: _from_the_best(day, opening, habit))
    obstacles = {day: days_off.get(day) or _in_the_way(day, habit, known) for day in wanted}
    free = [day for day in wanted if (met := obstacles[day]) is None or met.reason == "same-day"]
    chosen = min(free, key=lambda d: (d.isoweekday() != habit.weekday, obstacles[d] is not None), default=None)
    better = wanted[: wanted.index(chosen)] if chosen else wanted
    avoided = sorted((met for day in better if (met := obstacles[day])), key=lambda met: met.on)
    return Choice(datetime.combine(chosen, habit.at) if chosen else None, tuple(avoided))


def _workdays(opening: Opening) -> list[date]:
    days = (opening.since + timedelta(days=n) for n in range((opening.until - opening.since).days + 1))
    return [day for day in days if day.isoweekday() <= 5]


def _starts_at(day: date, habit: Habit) -> datetime | None:
    """When the network would begin on a day; None where clocks leap over the hour."""
    return instant_of(datetime.combine(day, habit.at), habit.time_zone)


def _from_the_best(day: date, opening: Opening, habit: Habit) -> tuple[bool, int, date]:
    to_middle = abs((day - opening.first).days - (opening.last - day).days)
    return day.isoweekday() != habit.weekday, to_middle, day


def _in_the_way(day: date, habit: Habit, known: Sequence[Met]) -> Avoided | None:
    """What somebody else who meets on this day means for it: a clash, or at least two meetings on one day."""
    starts_at = _starts_at(day, habit)
    assert starts_at is not None  # looked at before
    ends_at = starts_at + timedelta(minutes=habit.minutes)
    for met in known:
        if met.starts_at < ends_at and starts_at < met.ends_at:
            return Avoided(day, "clash", network_id=met.network_id, is_known=met.is_known)
    for met in known:
        if met.local_start.date() == day:
            return Avoided(day, "same-day", network_id=met.network_id, is_known=met.is_known)
    return None
