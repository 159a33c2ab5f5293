"""The table of what was done."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from app.core import clock, ids
from app.core.revisions import PRIVATE
from app.core.shapes import Instant


class AuditEntry(SQLModel, table=True):
    """One command: who, what, when, and which fields of which rows; never the values.

    ``kind`` and ``item_id`` name the row that the command was about; ``changes`` lists it and every
    row that changed with it: ``{"kind", "action", "id", "fields"}`` or ``{"kind", "action", "rows"}``.
    ``user_id`` is null for the command line. No foreign key: entries outlive what they speak of.
    """

    __tablename__ = "audit_entry"
    __table_args__ = {"info": {"family": PRIVATE, "unaudited": True}}

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True)
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, index=True)
    user_id: uuid.UUID | None = Field(default=None, index=True)
    command: str = Field(max_length=100, nullable=False)
    request_id: str | None = Field(default=None, max_length=64)
    kind: str = Field(max_length=63, nullable=False)
    item_id: uuid.UUID | None = Field(default=None, index=True)
    changes: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
