"""What can be done with forms of early support."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.core import rows
from app.core.database import Work
from app.organisations.queries import KIND
from app.programme import queries
from app.programme.models import SupportForm, SupportGroup
from app.programme.queries import FORM, GROUP
from app.programme.schemas import SupportGroupSpec


def shown(session: Session, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of ``queries.forms`` as answers, with their providers: one query, however many rows."""
    counties = {row.county_id for row in found}
    kinds = session.execute(select(KIND.county_id, KIND.code, KIND.name).where(KIND.county_id.in_(counties)))
    names = {(county_id, code): name for county_id, code, name in kinds}
    forms = []
    for row in found:
        form = dict(row._mapping)
        group = {part: form.pop(f"group_{part}") for part in ("code", "name")}
        providers = [{"code": code, "name": names[row.county_id, code]} for code in row.providers]
        forms.append({**form, "group": group, "providers": providers})
    return forms


def one(session: Session, form_id: str) -> dict[str, Any]:
    """One form as an answer. Raises NoSuchThing."""
    id = rows.find(session, SupportForm, form_id).id
    return shown(session, session.execute(queries.forms().where(FORM.id == id)).all())[0]


def load(session: Work, county_id: uuid.UUID, specs: Iterable[SupportGroupSpec]) -> int:
    """Create the headings and forms that are missing, and answer how many of both were. What is there stays as it is.

    Forms name kinds of organisations of the county, which must be there.
    """
    groups = dict(session.execute(select(GROUP.code, GROUP.id).where(GROUP.county_id == county_id)).all())
    known = {(group_id, code) for group_id, code in session.execute(select(FORM.group_id, FORM.code))}
    kinds = {code: code for code in session.scalars(select(KIND.code).where(KIND.county_id == county_id))}
    made = 0
    for position, spec in enumerate(specs):
        if spec.code not in groups:
            group = SupportGroup(county_id=county_id, code=spec.code, position=position, name=spec.name)
            groups[spec.code] = rows.add(session, group).id
            made += 1
        for place, form in enumerate(spec.forms):
            if (groups[spec.code], form.code) not in known:
                session.add(
                    SupportForm(
                        group_id=groups[spec.code],
                        code=form.code,
                        position=place,
                        name=form.name,
                        providers=[kinds[code] for code in form.providers],
                        themes=list(form.themes),
                        url=form.url,
                    )
                )
                made += 1
    session.flush()
    return made
