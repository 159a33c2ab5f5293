"""Half-open validity: from ``valid_from`` until the day before ``valid_to``; null is open."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_

IN_ORDER = "valid_from IS NULL OR valid_to IS NULL OR valid_from < valid_to"  # for CHECK constraints


def is_valid(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """Whether a validity holds ``day``."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day < valid_to)


def overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Whether two validities have a day in common. One that ends as it begins has no day."""
    begins = [valid_from for valid_from, _ in (one, other) if valid_from is not None]
    ends = [valid_to for _, valid_to in (one, other) if valid_to is not None]
    return not begins or not ends or max(begins) < min(ends)


def valid_on(columns: Any, day: date | ColumnElement[Any]) -> ColumnElement[bool]:
    """Rows whose validity holds ``day``; of a column of wall time, the day of that."""
    return or_(columns.valid_from.is_(None), columns.valid_from <= day) & or_(
        columns.valid_to.is_(None), columns.valid_to > day
    )
