"""Selections of criteria sets and of evaluations."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from app.areas.queries import below
from app.core import ids, references
from app.core.validity import valid_on
from app.evaluations.models import (
    CriteriaSet,
    Criterion,
    Evaluation,
    EvaluationKind,
    EvaluationState,
    Evaluator,
    Finding,
    Level,
    Score,
)
from app.networks.queries import SEAT
from app.organisations.models import Organisation, Person
from app.organisations.queries import ORGANISATION, PERSON
from app.places.models import MeetingPlace
from app.places.queries import PLACE

SET = CriteriaSet.__table__.c  # type: ignore[attr-defined]
CRITERION = Criterion.__table__.c  # type: ignore[attr-defined]
EVALUATION = Evaluation.__table__.c  # type: ignore[attr-defined]
SCORE = Score.__table__.c  # type: ignore[attr-defined]
FINDING = Finding.__table__.c  # type: ignore[attr-defined]
EVALUATOR = Evaluator.__table__.c  # type: ignore[attr-defined]


def sets(*, inside: uuid.UUID | None = None, level: Level | None = None, code: str | None = None) -> Select[Any]:
    """Editions of sets of criteria, by code and edition."""
    query = select(*SET).order_by(SET.code, SET.edition, SET.id)
    if inside is not None:
        query = query.where(SET.county_id.in_(below(inside)))
    if level is not None:
        query = query.where(SET.level == level)
    if code is not None:
        query = query.where(SET.code == code)
    return query


def criteria(set_id: uuid.UUID) -> Select[Any]:
    """The criteria of a set, in order."""
    return select(*CRITERION).where(CRITERION.set_id == set_id).order_by(CRITERION.position, CRITERION.id)


def evaluations(*, seen: ColumnElement[bool]) -> Select[Any]:
    """Evaluations with their places and sets; ``seen`` is a condition on evaluations and places."""
    peers = MeetingPlace.__table__.alias("peers")  # type: ignore[attr-defined]
    return (
        select(
            *(column for column in EVALUATION if column.name not in ("place_id", "set_id", "peer_place_id")),
            *references.columns(PLACE, "place"),
            PLACE.sort_name.label("place_sort_name"),
            *references.columns(peers.c, "peer_place"),
            *references.columns(SET, "criteria_set", ("id", "code", "edition", "name")),
        )
        .select_from(Evaluation)
        .join(MeetingPlace, EVALUATION.place_id == PLACE.id)
        .join(CriteriaSet, EVALUATION.set_id == SET.id)
        .outerjoin(peers, EVALUATION.peer_place_id == peers.c.id)
        .where(seen)
    )


def of(
    query: Select[Any],
    *,
    place_id: uuid.UUID | None = None,
    inside: uuid.UUID | None = None,
    year: int | None = None,
    kind: EvaluationKind | None = None,
    state: EvaluationState | None = None,
    criteria_set: str | None = None,
) -> Select[Any]:
    """Those of a query of evaluations that are of a place, in an area, of a kind; the newest years first.

    ``criteria_set`` is the id of a set, or a code: of any edition.
    """
    equal = {EVALUATION.place_id: place_id, EVALUATION.year: year, EVALUATION.kind: kind, EVALUATION.state: state}
    query = query.where(*(column == wanted for column, wanted in equal.items() if wanted is not None))
    if inside is not None:
        query = query.where(PLACE.municipality_id.in_(below(inside)))
    if criteria_set is not None:
        id = ids.as_uuid(criteria_set)
        query = query.where(SET.id == id if id else SET.code == criteria_set)
    return query.order_by(EVALUATION.year.desc(), PLACE.sort_name, EVALUATION.id)


def as_listed(row: Any) -> dict[str, Any]:
    """A row of ``evaluations`` as an answer."""
    found = dict(row._mapping)
    for which, parts in (
        ("place", ("id", "slug", "name")),
        ("peer_place", ("id", "slug", "name")),
        ("criteria_set", ("id", "code", "edition", "name")),
    ):
        thing = {part: found.pop(f"{which}_{part}") for part in parts}
        found[which] = thing if thing["id"] else None
    return found


def scores(evaluation_id: uuid.UUID) -> Select[Any]:
    """The scores of an evaluation, in the order of the criteria."""
    return (
        select(CRITERION.code.label("criterion"), SCORE.value, SCORE.comment)
        .select_from(Score)
        .join(Criterion, SCORE.criterion_id == CRITERION.id)
        .where(SCORE.evaluation_id == evaluation_id)
        .order_by(CRITERION.position, CRITERION.id)
    )


def findings(evaluation_id: uuid.UUID) -> Select[Any]:
    """What an evaluation found, in order."""
    return (
        select(FINDING.kind, FINDING.text, CRITERION.code.label("criterion"))
        .select_from(Finding)
        .outerjoin(Criterion, FINDING.criterion_id == CRITERION.id)
        .where(FINDING.evaluation_id == evaluation_id)
        .order_by(FINDING.position)
    )


def evaluators(evaluation_id: uuid.UUID, *, knows: ColumnElement[bool]) -> Select[Any]:
    """Who judged, by organisation; ``knows``: persons whom the caller may see."""
    return (
        select(
            *references.columns(ORGANISATION, "organisation"),
            PERSON.id.label("person_id"),
            PERSON.display_name.label("person_name"),
            knows.label("knows"),
        )
        .select_from(Evaluator)
        .join(Organisation, EVALUATOR.organisation_id == ORGANISATION.id)
        .outerjoin(Person, EVALUATOR.person_id == PERSON.id)
        .where(EVALUATOR.evaluation_id == evaluation_id)
        .order_by(ORGANISATION.sort_name, EVALUATOR.id)
    )


def hosts(place_id: uuid.UUID, day: date) -> Select[Any]:
    """Ids of the organisations that speak for a place on a day, in whatever network."""
    return select(SEAT.organisation_id).where(
        SEAT.place_id == place_id, SEAT.organisation_id.is_not(None), valid_on(SEAT, day)
    )


def as_evaluator(row: Any) -> dict[str, Any]:
    """A row of ``evaluators`` as an answer; the person only where the caller may see them."""
    organisation = {part: getattr(row, f"organisation_{part}") for part in ("id", "slug", "name")}
    person = {"id": row.person_id, "name": row.person_name} if row.person_id and row.knows else None
    return {"organisation": organisation, "person": person}
