"""Sets of criteria: brought by plans, in editions."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.core import ids, rows
from app.core.database import Work
from app.core.errors import Fault, Invalid, NoSuchThing, NotFound
from app.core.language import Words
from app.evaluations import queries
from app.evaluations.models import CriteriaSet, Criterion, Level
from app.evaluations.queries import CRITERION, SET
from app.evaluations.schemas import CriteriaSetSpec

UNKNOWN = Words(
    "Paikan alueella ei ole tällaista kriteeristöä. Kriteeristöt: /v1/criteria-sets.",
    "The county of the place has no such set of criteria. Sets: /v1/criteria-sets.",
)
NOT_OF_PLACES = Words(
    "Tällä kriteeristöllä ei arvioida paikkoja (level). Valitse toinen.",
    "This set is not for places (level). Choose another.",
)


class SeveralCounties(NotFound):
    """Sets of several counties have this code: it names none of them."""

    title = Words("Tunnus on monella", "Several have this code")
    detail = Words(
        "Usealla alueella on kriteeristö tällä tunnuksella (code). Nimeä kriteeristö id:llä.",
        "Several counties have a set with this code. Name the set by its id.",
    )
    cure = Words(
        "Hae id: GET /v1/criteria-sets?code=TUNNUS&area=ALUE.",
        "Find its id: GET /v1/criteria-sets?code=CODE&area=AREA.",
    )


def load_sets(session: Work, county_id: uuid.UUID, specs: Iterable[CriteriaSetSpec]) -> int:
    """Create the editions that the county lacks, and answer how many were. An edition that is there never changes."""
    stored = session.execute(select(SET.code, SET.edition).where(SET.county_id == county_id))
    known = {(code, edition) for code, edition in stored}
    missing = [spec for spec in specs if (spec.code, spec.edition) not in known]
    for spec in missing:
        made = rows.add(
            session,
            CriteriaSet(
                county_id=county_id,
                name=spec.name,
                **spec.model_dump(include={"code", "edition", "level", "source"}),
                **spec.model_dump(include={"scale", "topics", "areas"}, exclude_none=True),
            ),
        )
        session.add_all(
            Criterion(
                set_id=made.id,
                position=position,
                text=criterion.text,
                **criterion.model_dump(include={"code", "area", "topic", "text_source"}),
            )
            for position, criterion in enumerate(spec.criteria, 1)
        )
    session.flush()
    return len(missing)


def shown(session: Session, reference: str) -> dict[str, Any]:
    """The edition with this id, or the newest with this code, with its criteria; as an answer.

    Raises NoSuchThing, SeveralCounties.
    """
    id = ids.as_uuid(reference)
    editions = session.execute(queries.sets().where(SET.id == id if id else SET.code == reference)).all()
    if not editions:
        raise NoSuchThing(kind="criteria_set")
    if len({edition.county_id for edition in editions}) > 1:
        raise SeveralCounties()
    found = editions[-1]
    return {**found._mapping, "criteria": [row._mapping for row in session.execute(queries.criteria(found.id))]}


def resolved(session: Session, county_id: uuid.UUID, reference: str, pointer: str) -> CriteriaSet:
    """The edition of this county with this id, or the newest with this code; for places. Raises Invalid."""
    id = ids.as_uuid(reference)
    query = select(CriteriaSet).where(SET.county_id == county_id, SET.id == id if id else SET.code == reference)
    found = session.scalars(query.order_by(SET.edition.desc()).limit(1)).first()
    if found is None:
        raise Invalid(faults=[Fault("unknown-criteria-set", UNKNOWN, pointer=pointer)])
    if found.level != Level.place:
        raise Invalid(faults=[Fault("not-of-places", NOT_OF_PLACES, pointer=pointer)])
    return found


def criteria_of(session: Session, set_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """The ids of the criteria of a set by code, in order."""
    query = queries.criteria(set_id).with_only_columns(CRITERION.code, CRITERION.id)
    return dict(session.execute(query).all())
