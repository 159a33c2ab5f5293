"""Selections of areas."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.areas.models import Area, AreaAlias, AreaKind, AreaLink
from app.core.validity import valid_on

AREA = Area.__table__.c  # type: ignore[attr-defined]
LINK = AreaLink.__table__.c  # type: ignore[attr-defined]
ALIAS = AreaAlias.__table__.c  # type: ignore[attr-defined]


def below(area_id: uuid.UUID) -> Select[Any]:
    """Ids of an area and of everything below it, by any scheme, at any time."""
    tree = select(AREA.id).where(AREA.id == area_id).cte("below", recursive=True)
    tree = tree.union(select(LINK.area_id).join(tree, LINK.parent_id == tree.c.id))
    return select(tree.c.id)


def areas(*, kind: AreaKind | None = None, on: date | None = None, within: uuid.UUID | None = None) -> Select[Any]:
    """Areas with the slug of their successor, by name."""
    successor = aliased(Area)
    query = (
        select(
            AREA.id,
            AREA.version,
            AREA.updated_at,
            AREA.slug,
            AREA.kind,
            AREA.code,
            AREA.name,
            AREA.valid_from,
            AREA.valid_to,
            AREA.successor_id,
            AREA.holds_plan,
            successor.slug.label("successor_slug"),  # type: ignore[attr-defined]
            AREA.sort_name,
        )
        .select_from(Area)
        .outerjoin(successor, AREA.successor_id == successor.id)
        .order_by(AREA.sort_name, AREA.id)
    )
    if kind is not None:
        query = query.where(AREA.kind == kind)
    if on is not None:
        query = query.where(valid_on(AREA, on))
    if within is not None:
        query = query.where(AREA.id.in_(below(within)))
    return query


def belongings(area_ids: Collection[uuid.UUID]) -> tuple[Select[Any], Select[Any]]:
    """The parent links (with the parent's slug) and the aliases of some areas."""
    parents = (
        select(LINK.area_id, LINK.scheme, LINK.parent_id, AREA.slug, LINK.valid_from, LINK.valid_to)
        .join(Area, LINK.parent_id == AREA.id)
        .where(LINK.area_id.in_(area_ids))
        .order_by(LINK.scheme, LINK.valid_from, AREA.slug)
    )
    aliases = (
        select(ALIAS.area_id, ALIAS.source, ALIAS.value)
        .where(ALIAS.area_id.in_(area_ids))
        .order_by(ALIAS.source, ALIAS.value)
    )
    return parents, aliases
