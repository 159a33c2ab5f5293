"""Selections of visit statistics."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from app.areas.queries import below
from app.places.models import MeetingPlace
from app.places.queries import PLACE
from app.statistics.models import StatisticsForm, VisitDay, VisitMonth, VisitMonthField

FORM = StatisticsForm.__table__.c  # type: ignore[attr-defined]
DAY = VisitDay.__table__.c  # type: ignore[attr-defined]
MONTH = VisitMonth.__table__.c  # type: ignore[attr-defined]
MONTH_FIELD = VisitMonthField.__table__.c  # type: ignore[attr-defined]


def days(
    *,
    place_id: uuid.UUID | None = None,
    inside: uuid.UUID | None = None,
    first: date | None = None,
    last: date | None = None,
    reachable: ColumnElement[bool] | None = None,
) -> Select[Any]:
    """Recorded days, in order of date, place and part; ``reachable`` is a condition on their places."""
    query = select(
        DAY.id,
        DAY.version,
        DAY.updated_at,
        DAY.place_id,
        DAY.visited_on,
        DAY.part,
        DAY.form_version,
        DAY.status,
        DAY.open_minutes,
        DAY.counts,
        DAY.note,
        DAY.source,
    ).order_by(DAY.visited_on, DAY.place_id, DAY.part)
    if place_id is not None:
        query = query.where(DAY.place_id == place_id)
    if inside is not None or reachable is not None:
        query = query.join(MeetingPlace, DAY.place_id == PLACE.id)
    if inside is not None:
        query = query.where(PLACE.municipality_id.in_(below(inside)))
    if reachable is not None:
        query = query.where(reachable)
    if first is not None:
        query = query.where(DAY.visited_on >= first)
    if last is not None:
        query = query.where(DAY.visited_on <= last)
    return query


def months(place_ids: Collection[uuid.UUID], first: str, last: str) -> tuple[Select[Any], Select[Any]]:
    """The roll-up of some places from month ``first`` to ``last``: days, and fields."""
    return (
        select(
            MONTH.place_id,
            MONTH.month,
            MONTH.open_days,
            MONTH.counted_days,
            MONTH.closed_days,
            MONTH.not_collected_days,
            MONTH.open_minutes,
        ).where(MONTH.place_id.in_(place_ids), MONTH.month.between(first, last)),
        select(MONTH_FIELD.place_id, MONTH_FIELD.month, MONTH_FIELD.field, MONTH_FIELD.total, MONTH_FIELD.days).where(
            MONTH_FIELD.place_id.in_(place_ids), MONTH_FIELD.month.between(first, last)
        ),
    )


def forms(*, county_id: uuid.UUID | None = None) -> Select[Any]:
    """Forms by county and version."""
    query = select(
        FORM.id,
        FORM.version,
        FORM.updated_at,
        FORM.county_id,
        FORM.form_version,
        FORM.name,
        FORM.valid_from,
        FORM.valid_to,
        FORM.fields,
    ).order_by(FORM.county_id, FORM.form_version)
    return query if county_id is None else query.where(FORM.county_id == county_id)
