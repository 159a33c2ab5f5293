"""Selections of indicators and of their values."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.areas.models import Area
from app.areas.queries import AREA
from app.core.text import folded
from app.indicators.models import Indicator, IndicatorValue, Sex

INDICATOR = Indicator.__table__.c  # type: ignore[attr-defined]
VALUE = IndicatorValue.__table__.c  # type: ignore[attr-defined]
STATED = or_(VALUE.value.is_not(None), VALUE.absolute.is_not(None))


@dataclass(frozen=True)
class Part:
    """Part of the values; None is all. Periods include both ends."""

    indicator_ids: Collection[uuid.UUID] | None = None
    area_ids: Collection[uuid.UUID] | None = None
    sex: Sex | None = None
    first: str | None = None
    last: str | None = None

    def of(self, query: Select[Any]) -> Select[Any]:
        """``query``, narrowed to this part."""
        if self.indicator_ids is not None:
            query = query.where(VALUE.indicator_id.in_(self.indicator_ids))
        if self.area_ids is not None:
            query = query.where(VALUE.area_id.in_(self.area_ids))
        if self.sex is not None:
            query = query.where(VALUE.sex == self.sex)
        if self.first is not None:
            query = query.where(VALUE.period >= self.first)
        if self.last is not None:
            query = query.where(VALUE.period <= self.last)
        return query


def indicators(*, source: str | None = None, q: str | None = None) -> Select[Any]:
    """Indicators by name; ``q`` is a part of a name in any language, whatever its case and accents."""
    query = select(
        INDICATOR.id,
        INDICATOR.version,
        INDICATOR.updated_at,
        INDICATOR.slug,
        INDICATOR.source,
        INDICATOR.source_id,
        INDICATOR.name,
        INDICATOR.unit,
        INDICATOR.decimals,
        INDICATOR.organisation,
        INDICATOR.licence,
        INDICATOR.levels,
        INDICATOR.sexes,
        INDICATOR.sort_name,
    ).order_by(INDICATOR.sort_name, INDICATOR.id)
    if source is not None:
        query = query.where(INDICATOR.source == source)
    if q is not None:
        query = query.where(INDICATOR.search_name.contains(folded(q), autoescape=True))
    return query


def extent(indicator_id: uuid.UUID) -> Select[Any]:
    """First and last period, number of values and the newest fetch of an indicator."""
    return select(
        func.min(VALUE.period).label("first_period"),
        func.max(VALUE.period).label("last_period"),
        func.count(VALUE.value).label("values_count"),
        func.max(VALUE.fetched_at).label("fetched_at"),
    ).where(VALUE.indicator_id == indicator_id, STATED)


def named_areas(ids: Collection[uuid.UUID], slugs: Collection[str]) -> Select[Any]:
    """The areas with one of these ids or slugs."""
    return select(AREA.id, AREA.kind, AREA.slug, AREA.name).where(or_(AREA.id.in_(ids), AREA.slug.in_(slugs)))


def areas_with(part: Part) -> Select[Any]:
    """The areas that have a value in ``part``, by name."""
    valued = part.of(select(VALUE.area_id)).where(STATED)
    return select(AREA.id, AREA.kind, AREA.slug, AREA.name).where(AREA.id.in_(valued)).order_by(AREA.sort_name, AREA.id)


def periods(part: Part) -> Select[Any]:
    """The periods in which ``part`` has a value, in order, each with its newest fetch."""
    found = select(VALUE.period, func.max(VALUE.fetched_at)).where(STATED)
    return part.of(found).group_by(VALUE.period).order_by(VALUE.period)


def cells(part: Part) -> Select[Any]:
    """Area, period, value and absolute number of each value."""
    return part.of(select(VALUE.area_id, VALUE.period, VALUE.value, VALUE.absolute)).where(STATED)


def lines(part: Part) -> Select[Any]:
    """Each value with the slugs of its indicator and area, in a stable order."""
    named = (
        select(
            INDICATOR.slug.label("indicator"),
            AREA.slug.label("area"),
            VALUE.sex,
            VALUE.period,
            VALUE.value,
            VALUE.absolute,
        )
        .select_from(IndicatorValue)
        .join(Indicator, VALUE.indicator_id == INDICATOR.id)
        .join(Area, VALUE.area_id == AREA.id)
    )
    return part.of(named).order_by(INDICATOR.slug, AREA.slug, VALUE.sex, VALUE.period)
