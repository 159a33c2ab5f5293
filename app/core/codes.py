"""Lists of codes in JSON columns: themes, providers."""

from typing import Any

from sqlalchemy import ColumnElement, Text, cast


def holds(column: ColumnElement[Any], code: str) -> ColumnElement[bool]:
    """Rows whose list has ``code``, which must be a ``Code``: it has no quotes, so it is found as it was written."""
    return cast(column, Text).contains(f'"{code}"', autoescape=True)
