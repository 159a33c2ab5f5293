"""The tables of what was done."""

import uuid
from datetime import datetime

from sqlalchemy import JSON, Column, ForeignKey, Index
from sqlmodel import Field, SQLModel

from app.core import clock, ids
from app.core.revisions import PRIVATE
from app.core.shapes import Instant

TRAIL = {"info": {"family": PRIVATE, "unaudited": True}}


class AuditEntry(SQLModel, table=True):
    """One command: who did it, and when.

    ``user_id`` or ``token_id`` says who; both are null for the command line. No foreign key: entries
    outlive what they speak of.
    """

    __tablename__ = "audit_entry"
    __table_args__ = TRAIL

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True)
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, index=True)
    user_id: uuid.UUID | None = Field(default=None, index=True)
    token_id: uuid.UUID | None = Field(default=None, index=True)
    command: str = Field(max_length=100, nullable=False)
    request_id: str | None = Field(default=None, max_length=64)


class AuditChange(SQLModel, table=True):
    """A row that a command made, changed or removed: which fields, never their values.

    ``kind`` is the table. A bulk path states ``rows``, their number, instead of each ``item_id``.
    """

    __tablename__ = "audit_change"
    __table_args__ = (Index(None, "kind", "entry_id"), TRAIL)

    entry_id: uuid.UUID = Field(sa_column=Column(ForeignKey("audit_entry.id"), primary_key=True))
    position: int = Field(primary_key=True)
    kind: str = Field(max_length=63, nullable=False)
    action: str = Field(max_length=10, nullable=False)
    item_id: uuid.UUID | None = Field(default=None, index=True)
    fields: list[str] = Field(sa_column=Column(JSON, nullable=False))
    rows: int | None = None
