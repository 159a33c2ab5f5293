"""Tables of evaluations: criteria sets, and what was found by them."""

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.core import ids
from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Row

CRITERIA = "criteria"  # sets are public
FAMILY = "evaluations"
# The trail names the evaluation, and so does erasing a person: it is the evaluation that has changed.
PART = {"info": {"family": FAMILY, "unaudited": True, "part_of": "evaluation_id"}}


class Level(StrEnum):
    """What a set of criteria judges."""

    place = "place"
    region = "region"
    organisation = "organisation"


class TextSource(StrEnum):
    """Whose words a criterion is in. ``placeholder``: only its place in the set is known."""

    own = "own"
    placeholder = "placeholder"
    official = "official"


class EvaluationKind(StrEnum):
    """Who judged: others, or those who run the place."""

    peer = "peer"
    self = "self"


class EvaluationState(StrEnum):
    """Whether it may still change."""

    draft = "draft"
    final = "final"


class FindingKind(StrEnum):
    """What was found: what goes well, or what to develop."""

    strength = "strength"
    development = "development"


class CriteriaSet(Row, table=True):
    """Quality criteria (laatukriteerit), one edition of them; an edition in use never changes.

    ``scale`` is ``{"min", "max", "labels": {"1": {...}}}``; ``topics`` and ``areas`` are ``[{"code", "name"}]``:
    what the criteria are about, and the headings they stand under.
    """

    __tablename__ = "criteria_set"
    __table_args__ = (
        UniqueConstraint("county_id", "code", "edition"),
        CheckConstraint("level IN ('place', 'region', 'organisation')", name="level_is_known"),
        {"info": {"family": CRITERIA}},
    )

    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    edition: int = Field(nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    level: Level = Field(sa_type=String(20), nullable=False)
    scale: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    topics: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    areas: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    source: str | None = Field(default=None, max_length=300)


class Criterion(SQLModel, table=True):
    """One criterion of a set."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("set_id", "code"),
        CheckConstraint("text_source IN ('own', 'placeholder', 'official')", name="source_is_known"),
        {"info": {"family": CRITERIA}},
    )

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True)
    set_id: uuid.UUID = Field(foreign_key="criteria_set.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    position: int = Field(sa_type=SmallInteger, nullable=False)
    area: str | None = Field(default=None, max_length=40)
    topic: str | None = Field(default=None, max_length=40)
    text: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    text_source: TextSource = Field(sa_type=String(20), nullable=False)


def _only(which: str) -> dict[str, Any]:
    return {"sqlite_where": text(which), "postgresql_where": text(which)}


class Evaluation(Row, table=True):
    """The evaluation of a place in a year by a set of criteria (vertaisarviointi, itsearviointi).

    ``peer_place_id`` is the place whose people judged, in a peer evaluation. ``scale`` is that which the scores
    stand on. ``is_shared``: everyone who may read evaluations somewhere in the county may read this one.
    ``round_id`` is null for one that belongs to no round.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        Index("uq_evaluation_self", "place_id", "year", "set_id", unique=True, **_only("kind = 'self'")),
        Index(
            "uq_evaluation_peer", "place_id", "year", "set_id", "peer_place_id", unique=True, **_only("kind = 'peer'")
        ),
        CheckConstraint("kind IN ('peer', 'self')", name="kind_is_known"),
        CheckConstraint("state IN ('draft', 'final')", name="state_is_known"),
        CheckConstraint("(kind = 'peer') = (peer_place_id IS NOT NULL)", name="peers_come_from_a_place"),
        CheckConstraint("peer_place_id IS NULL OR peer_place_id <> place_id", name="not_its_own_peer"),
        {"info": {"family": FAMILY}},
    )

    place_id: uuid.UUID = Field(foreign_key="meeting_place.id", nullable=False)
    year: int = Field(sa_type=SmallInteger, nullable=False)
    kind: EvaluationKind = Field(sa_type=String(10), nullable=False)
    set_id: uuid.UUID = Field(foreign_key="criteria_set.id", nullable=False, index=True)
    scale: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    peer_place_id: uuid.UUID | None = Field(default=None, foreign_key="meeting_place.id", index=True)
    round_id: uuid.UUID | None = None
    visited_on: date | None = None
    state: EvaluationState = Field(default=EvaluationState.draft, sa_type=String(10), nullable=False)
    is_shared: bool = Field(default=False, nullable=False)


def _of_evaluation(*, primary_key: bool = False) -> Any:
    return Column(ForeignKey("evaluation.id", ondelete="CASCADE"), nullable=False, primary_key=primary_key)


class Score(SQLModel, table=True):
    """The score of one criterion; ``value`` is null where the criterion does not apply."""

    __tablename__ = "score"
    __table_args__ = (Index(None, "criterion_id"), PART)

    evaluation_id: uuid.UUID = Field(sa_column=_of_evaluation(primary_key=True))
    criterion_id: uuid.UUID = Field(foreign_key="criterion.id", primary_key=True)
    value: int | None = Field(default=None, sa_type=SmallInteger)
    comment: str | None = Field(default=None, max_length=2000)


class Finding(SQLModel, table=True):
    """What an evaluation found, in words."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "position"),
        CheckConstraint("kind IN ('strength', 'development')", name="kind_is_known"),
        PART,
    )

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True)
    evaluation_id: uuid.UUID = Field(sa_column=_of_evaluation())
    position: int = Field(sa_type=SmallInteger, nullable=False)
    kind: FindingKind = Field(sa_type=String(20), nullable=False)
    criterion_id: uuid.UUID | None = Field(default=None, foreign_key="criterion.id", index=True)
    text: str = Field(max_length=2000, nullable=False)


class Evaluator(SQLModel, table=True):
    """Who took part in judging: an organisation, perhaps by one of the persons that networks name."""

    __tablename__ = "evaluator"
    __table_args__ = (Index(None, "evaluation_id"), PART)

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True)
    evaluation_id: uuid.UUID = Field(sa_column=_of_evaluation())
    organisation_id: uuid.UUID = Field(foreign_key="organisation.id", nullable=False, index=True)
    person_id: uuid.UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    )
