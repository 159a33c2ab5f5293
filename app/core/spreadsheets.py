"""Tables as CSV: RFC 4180, or what Finnish Excel opens right."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query, Response

Dialect = Annotated[
    Literal["rfc4180", "excel-fi"],
    Query(description="`excel-fi`: byte order mark, semicolons, decimal commas, `12.3.2026`."),
]
_LIVE = ("=", "+", "-", "@", "'", "\t")  # what spreadsheets take for formulas, and what keeps them from it


@dataclass(frozen=True)
class Table:
    """Headings, and rows of texts, numbers, dates and nothing."""

    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]


def safe(text: str) -> str:
    """A text that a spreadsheet will not take for a formula: ``=1+1`` becomes ``'=1+1``."""
    return f"'{text}" if text.startswith(_LIVE) else text


def unsafed(text: str) -> str:
    """The text behind ``safe``."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_LIVE) else text


def as_csv(table: Table, dialect: str, name: str) -> Response:
    """A table as a file to download. A text that looks like a formula gets an apostrophe before it."""
    is_excel = dialect == "excel-fi"
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";" if is_excel else ",", lineterminator="\r\n")
    writer.writerow(table.headings)
    writer.writerows([[_cell(value, is_excel=is_excel) for value in row] for row in table.rows])
    return Response(
        file.getvalue().encode("utf-8-sig" if is_excel else "utf-8"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cell(value: Any, *, is_excel: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, date) and is_excel:
        return f"{value.day}.{value.month}.{value.year}"
    return str(value).replace(".", ",") if isinstance(value, float) and is_excel else str(value)
