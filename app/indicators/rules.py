"""Periods, the matrix of a series, what an import changes, how a source is cited. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from app.core.language import Words
from app.core.periods import Period

Status = Literal["m"]
MISSING: Status = "m"
Verdict = Literal["new", "equal", "different"]
Column = Literal["value", "absolute"]
COLUMNS: tuple[Column, ...] = ("value", "absolute")


class Key(NamedTuple):
    """What a value belongs to."""

    indicator_id: UUID
    area_id: UUID
    sex: str
    period: str


class Numbers(NamedTuple):
    """What a value says; None is missing."""

    value: float | None
    absolute: float | None


class ValueRow(NamedTuple):
    """A value as an import brings it. Numbers are finite."""

    indicator_id: UUID
    area_id: UUID
    sex: str
    period: str
    value: float | None = None
    absolute: float | None = None

    @property
    def key(self) -> Key:
        return Key(*self[:4])


class Compared(NamedTuple):
    """A row beside what is stored: ``old`` is None where nothing is."""

    row: ValueRow
    verdict: Verdict
    old: Numbers | None


class Cell(NamedTuple):
    """A stored value of one series."""

    area_id: UUID
    period: str
    value: float | None
    absolute: float | None


@dataclass(frozen=True)
class Matrix:
    """One row per area, one column per period."""

    values: list[list[float | None]]
    status: list[list[Status | None]]
    absolute: list[list[float | None]]


def period_of(text: str) -> str:
    """The period that ``text`` names, as it is stored: a calendar year. Raises ValueError.

    >>> period_of("2024")
    '2024'
    """
    period = Period.read(text)
    if period.months != 12:
        raise ValueError(text)
    return str(period)


def matrix(areas: Sequence[UUID], periods: Sequence[str], cells: Iterable[Cell]) -> Matrix:
    """The values of ``cells`` by area and period, in the given orders; what no cell says is missing."""
    row_of = {area: row for row, area in enumerate(areas)}
    column_of = {period: column for column, period in enumerate(periods)}
    values: list[list[float | None]] = [[None] * len(periods) for _ in areas]
    absolute: list[list[float | None]] = [[None] * len(periods) for _ in areas]
    for cell in cells:
        row, column = row_of[cell.area_id], column_of[cell.period]
        values[row][column] = cell.value
        absolute[row][column] = cell.absolute
    status: list[list[Status | None]] = [[MISSING if value is None else None for value in row] for row in values]
    return Matrix(values, status, absolute)


def compared(
    rows: Iterable[ValueRow],
    stored: Mapping[Key, Numbers],
    columns: Collection[Column] = COLUMNS,
    *,
    keep: bool = False,
) -> Iterator[Compared]:
    """Each row beside what is stored under its key, in order; only ``columns`` are compared.

    A key that comes twice meets the row before it, as if that had been written. ``keep``: rows that
    differ are not going to be written, so later ones meet what was stored.
    """
    now = dict(stored)
    for row in rows:
        old = now.get(row.key)
        new = written(row, old, columns)
        verdict: Verdict = "new" if old is None else "equal" if new == old else "different"
        if verdict == "new" or not keep:
            now[row.key] = new
        yield Compared(row, verdict, old)


def written(row: ValueRow, old: Numbers | None, columns: Collection[Column] = COLUMNS) -> Numbers:
    """The numbers that stand once ``row`` is written over ``old``, which keeps what ``columns`` does not name."""
    kept = old or Numbers(None, None)
    return Numbers(
        row.value if "value" in columns else kept.value,
        row.absolute if "absolute" in columns else kept.absolute,
    )


def page_of(source: str, source_id: str) -> str | None:
    """The address where a source tells about an indicator, in Finnish; None where we know none."""
    return f"https://sotkanet.fi/sotkanet/fi/metadata/indicators/{source_id}" if source == "sotkanet" else None


def citation(name: Words, source: str, source_id: str, organisation: str | None, fetched_on: date | None) -> Words:
    """How to cite an indicator: producer, name, number and the day on which its values were fetched.

    Source: Sotkanet's own form, with "(ind. N)".
    """
    by = f"{organisation}: " if organisation else ""
    where = f" (ind. {source_id}). THL, Sotkanet.fi." if source == "sotkanet" else ""
    fi, en = ((by + words + where).removesuffix(".") + "." for words in name)
    return Words(f"{fi} Haettu {fetched_on}.", f"{en} Fetched {fetched_on}.") if fetched_on else Words(fi, en)
