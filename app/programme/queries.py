"""Selections of forms of early support."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from app.areas.queries import below
from app.core import codes
from app.programme.models import SupportForm, SupportGroup

GROUP = SupportGroup.__table__.c  # type: ignore[attr-defined]
FORM = SupportForm.__table__.c  # type: ignore[attr-defined]


def forms(
    *,
    inside: uuid.UUID | None = None,
    group: str | None = None,
    provider: str | None = None,
    theme: str | None = None,
) -> Select[Any]:
    """Forms of early support with their heading, in the order in which their county lists them."""
    query = (
        select(
            FORM.id,
            FORM.version,
            FORM.updated_at,
            GROUP.county_id,
            FORM.code,
            FORM.name,
            FORM.providers,
            FORM.themes,
            FORM.url,
            GROUP.code.label("group_code"),
            GROUP.name.label("group_name"),
            GROUP.position.label("group_position"),
            GROUP.id.label("group_id"),
            FORM.position,
        )
        .join(SupportGroup, FORM.group_id == GROUP.id)
        .order_by(GROUP.position, GROUP.id, FORM.position, FORM.id)
    )
    if inside is not None:
        query = query.where(GROUP.county_id.in_(below(inside)))
    if group is not None:
        query = query.where(GROUP.code == group)
    if provider is not None:
        query = query.where(codes.holds(FORM.providers, provider))
    if theme is not None:
        query = query.where(codes.holds(FORM.themes, theme))
    return query
