"""The table of imports."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from app.core import clock, ids
from app.core.revisions import PRIVATE
from app.core.shapes import Instant


class ImportReport(SQLModel, table=True):
    """What became of a file, row by row. No foreign key to the caller: reports outlive accounts.

    It quotes what the file said, persons too: what is erased of them is erased here.
    """

    __tablename__ = "import_report"
    __table_args__ = {"info": {"family": PRIVATE, "unaudited": True, "quotes": ("rows", "warnings")}}

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True)
    kind: str = Field(max_length=40, nullable=False)
    caller_id: uuid.UUID | None = None
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)
    dry_run: bool = Field(nullable=False)
    mode: str = Field(max_length=10, nullable=False)
    outcome: str = Field(max_length=10, nullable=False)
    counts: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    rows: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    rows_left_out: int = Field(nullable=False)
    warnings: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
