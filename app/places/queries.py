"""Selections of meeting places."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select

from app.areas.models import Area
from app.areas.queries import AREA, below
from app.core.text import folded
from app.places.models import MeetingPlace, PlaceKind

PLACE = MeetingPlace.__table__.c  # type: ignore[attr-defined]
_FACTS = tuple(column for column in PLACE if column.name not in ("municipality_id", "search_name"))
_NAMES = tuple(column.name for column in _FACTS)


def places(
    *,
    kind: PlaceKind | None = None,
    open_on: date | None = None,
    inside: uuid.UUID | None = None,
    named: str | None = None,
) -> Select[Any]:
    """Places with their municipality, by name."""
    query = (
        select(
            *_FACTS,
            AREA.id.label("area_id"),
            AREA.slug.label("area_slug"),
            AREA.kind.label("area_kind"),
            AREA.name.label("area_name"),
        )
        .join(Area, PLACE.municipality_id == AREA.id)
        .order_by(PLACE.sort_name, PLACE.id)
    )
    if kind is not None:
        query = query.where(PLACE.kind == kind)
    if open_on is not None:
        query = query.where(
            or_(PLACE.opened_on.is_(None), PLACE.opened_on <= open_on),
            or_(PLACE.closed_on.is_(None), PLACE.closed_on >= open_on),
        )
    if inside is not None:
        query = query.where(PLACE.municipality_id.in_(below(inside)))
    if named is not None:
        query = query.where(PLACE.search_name.contains(folded(named), autoescape=True))
    return query


def with_municipality(row: Any) -> dict[str, Any]:
    """A row of ``places`` as an answer."""
    *facts, id, slug, kind, name = row  # by place, as they are selected: a dictionary of a row costs four times as much
    place = dict(zip(_NAMES, facts, strict=True))
    return {**place, "municipality": {"id": id, "slug": slug, "kind": kind, "name": name}}
