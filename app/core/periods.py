"""Periods as people name them: ``2026``, ``2026-Q1``, ``2026-03``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Length = Literal["month", "quarter", "year"]
MONTHS: dict[Length, int] = {"month": 1, "quarter": 3, "year": 12}
_PATTERN = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month. Sorts by time; ``str`` is ``2026-03``."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> "Month":
        """The month written as ``2026-03``. Raises ValueError."""
        year, number = text.split("-")
        made = cls(int(year), int(number))
        made.first  # noqa: B018 - raises ValueError where there is no such month
        return made

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def plus(self, months: int) -> "Month":
        """The month so many months later (earlier, if negative)."""
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(9999, 12, 31) if (self.year, self.number) == (9999, 12) else self.plus(1).first - timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """A month, quarter or calendar year: ``months`` months from ``first``. Sorts by time."""

    first: Month
    months: int

    @classmethod
    def read(cls, text: str) -> "Period":
        """The period written as ``2026``, ``2026-Q1`` or ``2026-03``. Raises ValueError."""
        matched = _PATTERN.fullmatch(text)
        if matched is None or matched[1] == "0000":
            raise ValueError(text)
        year, quarter, month = matched.groups()
        if quarter:
            return cls(Month(int(year), int(quarter) * 3 - 2), 3)
        return cls(Month(int(year), int(month)), 1) if month else cls(Month(int(year), 1), 12)

    @classmethod
    def holding(cls, month: Month, length: Length) -> "Period":
        """The period of this length in which ``month`` lies."""
        months = MONTHS[length]
        return cls(Month(month.year, (month.number - 1) // months * months + 1), months)

    def __str__(self) -> str:
        if self.months == 12:
            return f"{self.first.year:04d}"
        if self.months == 3:
            return f"{self.first.year:04d}-Q{(self.first.number + 2) // 3}"
        return str(self.first)

    @property
    def last(self) -> Month:
        return self.first.plus(self.months - 1)


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """The months from ``first`` to ``last``, both included, in order."""
    while first <= last:
        yield first
        first = first.plus(1)
