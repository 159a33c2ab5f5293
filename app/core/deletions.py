"""What has been deleted, so that those who copy the data can delete it too."""

import uuid
from datetime import datetime

from sqlmodel import Field, SQLModel

from app.core import clock
from app.core.revisions import PRIVATE
from app.core.shapes import Instant


class Deletion(SQLModel, table=True):
    """A tombstone: the kind (table) and id of a row that is no more."""

    __tablename__ = "deletion"
    __table_args__ = {"info": {"family": PRIVATE, "unaudited": True}}

    id: uuid.UUID = Field(primary_key=True)
    kind: str = Field(max_length=63, nullable=False)
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, index=True)
