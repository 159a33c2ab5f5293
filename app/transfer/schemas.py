"""What clients see of imports."""

import uuid
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.core.problems import FaultShown


class Replaced(BaseModel):
    """A stored value that a row replaced."""

    old: Any
    new: Any


class ImportRow(BaseModel):
    """A row that needs a look: a fault, a warning or an update. ``row`` is what a spreadsheet shows (header = 1)."""

    row: int
    ref: str = Field(examples=["tupa 2026-03-12"])
    action: Literal["created", "updated", "unchanged", "skipped", "rejected"]
    errors: list[FaultShown]
    warnings: list[FaultShown]
    changes: dict[str, Replaced]


class ImportCounts(BaseModel):
    """What became of the rows; the other counts add up to ``read``."""

    read: int
    created: int
    updated: int
    unchanged: int
    skipped: int = Field(description="Rows of unknown regions or indicators; good rows of a refused file.")
    rejected: int


class FileWarning(BaseModel):
    """Something about the whole file."""

    code: str
    column: str | None = None
    detail: str


class ImportAnswer(BaseModel):
    """What became of a file."""

    id: uuid.UUID
    kind: str
    dry_run: bool
    mode: Literal["atomic", "partial"]
    outcome: Literal["done", "partial", "refused"]
    counts: ImportCounts
    rows: list[ImportRow] = Field(description="The first 1,000 rows that need a look.")
    rows_left_out: int
    warnings: list[FileWarning]
