"""Tables of materials and of documents with review cycles."""

import uuid
from datetime import date

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field

from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Row
from app.core.text import SortKey

FAMILY = "materials"


class ReviewedDocument(Row, table=True):
    """A document that is looked over again and again: a recommendation, a training plan, a guide.

    ``last_reviewed_in`` is a year or a month (``2024``, ``2024-11``), that of its latest review. Between
    ``review_from_month`` and ``review_to_month`` it is reviewed, where that is set. ``also_called``: other names.
    ``due_on`` follows from these by ``rules.due_on``: stored, so that lists can ask for it.
    """

    __tablename__ = "reviewed_document"
    __table_args__ = (
        CheckConstraint("review_every_months BETWEEN 1 AND 120", name="reviewed_in_time"),
        CheckConstraint("(review_from_month IS NULL) = (review_to_month IS NULL)", name="whole_window"),
        CheckConstraint(
            "review_from_month BETWEEN 1 AND 12 AND review_to_month BETWEEN review_from_month AND 12", name="months"
        ),
        {"info": {"family": FAMILY}},
    )

    slug: str = Field(max_length=80, unique=True, nullable=False)
    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False, index=True)
    kind: str = Field(max_length=40, nullable=False)
    title: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    also_called: list[dict[str, str]] = Field(sa_column=Column(JSON, nullable=False))
    owner_id: uuid.UUID | None = Field(default=None, foreign_key="network.id", index=True)
    review_every_months: int = Field(nullable=False)
    review_from_month: int | None = None
    review_to_month: int | None = None
    last_reviewed_in: str | None = Field(default=None, max_length=7)
    due_on: date | None = None
    url: str | None = Field(default=None, max_length=500)
    plan_ref: str | None = Field(default=None, max_length=20)
    sort_name: str = Field(sa_type=SortKey, nullable=False)
    search_name: str = Field(sa_type=SortKey, nullable=False)


class DocumentReview(Row, table=True):
    """A document was looked over in a year or a month: as exact as it is known. No names of persons in the note."""

    __tablename__ = "document_review"
    __table_args__ = (
        UniqueConstraint("document_id", "reviewed_in"),
        CheckConstraint("length(reviewed_in) IN (4, 7)", name="year_or_month"),
        {"info": {"family": FAMILY}},
    )

    document_id: uuid.UUID = Field(foreign_key="reviewed_document.id", nullable=False)
    reviewed_in: str = Field(max_length=7, nullable=False)
    note: str | None = Field(default=None, max_length=500)


class Material(Row, table=True):
    """Something to read, use or pass on; or a site. ``collection`` gathers those that belong together."""

    __tablename__ = "material"
    __table_args__ = ({"info": {"family": FAMILY}},)

    slug: str = Field(max_length=80, unique=True, nullable=False)
    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False, index=True)
    kind: str = Field(max_length=40, nullable=False)
    collection: str | None = Field(default=None, max_length=40)
    title: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    description: Localized | None = Field(default=None, sa_type=LocalizedJSON)
    audience: str | None = Field(default=None, max_length=40)
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    language: str = Field(default="fi", max_length=10, nullable=False)
    url: str | None = Field(default=None, max_length=500)
    document_id: uuid.UUID | None = Field(default=None, foreign_key="reviewed_document.id", index=True)
    published_on: date | None = None
    plan_ref: str | None = Field(default=None, max_length=20)
    sort_name: str = Field(sa_type=SortKey, nullable=False)
    search_name: str = Field(sa_type=SortKey, nullable=False)
