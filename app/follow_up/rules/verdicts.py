"""What a verdict is, and over which time it is given. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.core.localized import Localized
from app.core.periods import Month, Period
from app.follow_up.rules.facts import Evidence


class Status(StrEnum):
    """Whether a rule is kept. ``docs/compliance.md`` says what each means."""

    met = "met"
    on_track = "on_track"
    at_risk = "at_risk"
    breached = "breached"
    not_due = "not_due"
    advisory = "advisory"


@dataclass(frozen=True)
class Named:
    """Something that a verdict names: a subject, or what is missing."""

    kind: str
    slug: str
    name: Localized
    id: UUID | None = None


@dataclass(frozen=True)
class Subject:
    """What a rule is judged for. Nothing is known of it before ``since``; from ``until`` on it is no more."""

    named: Named
    since: date
    of: object = None
    until: date | None = None


@dataclass(frozen=True)
class Span:
    """The days of a period, and the day ``on`` from which it is looked at. Past its last day no more can be done in it.

    ``today``: the day on which one looks. What is planned between the two is still to come.
    """

    name: str
    first: date
    last: date
    on: date
    today: date

    @property
    def is_over(self) -> bool:
        """Whether no more can be done in it."""
        return self.on > self.last

    @property
    def day(self) -> date:
        """The day on which a state is looked at: the last one, once the period is over."""
        return min(self.on, self.last)

    def at_its_end(self) -> "Span":
        """The same period, once it is over; as long as it goes on today, from its last day."""
        if self.last >= self.today:
            return replace(self, on=self.last)
        return replace(self, on=self.last + timedelta(days=1))


@dataclass(frozen=True)
class Verdict:
    """What comes of a rule for a subject."""

    status: Status
    reason: str
    expected: int | None = None
    actual: int | None = None
    planned: int | None = None
    next_deadline_on: date | None = None
    missing: Sequence[Named] = ()
    evidence: Sequence[Evidence] = ()


def span_of(day: date, today: date, per: str = "year") -> Span:
    """The week, month, quarter or year that holds a day, looked at from it."""
    if per == "week":
        monday = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return Span(f"{year:04d}-W{week:02d}", monday, monday + timedelta(days=6), day, today)
    period = Period.holding(Month.of(day), per)  # type: ignore[arg-type]  # the rest are its lengths
    return Span(str(period), period.first.first, period.last.last, day, today)


def before(span: Span, per: str = "year") -> Span:
    """The period before one, looked at from its own last day."""
    return span_of(span.first - timedelta(days=1), span.today, per)


def advised(verdict: Verdict) -> Verdict:
    """The verdict where the rule is advice: what is not followed is never at risk or broken."""
    if verdict.status in (Status.at_risk, Status.breached):
        return replace(verdict, status=Status.advisory)
    return verdict


def unless_unknown(verdict: Verdict, span: Span, since: date) -> Verdict:
    """The verdict on a period; in one that began before anything was recorded, nothing unfulfilled is due."""
    if span.first >= since or verdict.status in (Status.met, Status.on_track):
        return verdict
    return replace(verdict, status=Status.not_due, reason="recorded-later", next_deadline_on=None)
