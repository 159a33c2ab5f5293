"""What can be done with areas."""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlmodel import Session

from app.accounts.reach import Kind, Named
from app.accounts.rules import Chain, Thing
from app.areas import queries
from app.areas.models import FAMILY, SERVICE, Area, AreaAlias, AreaKind, AreaLink
from app.areas.queries import ALIAS, AREA, LINK
from app.areas.rules import Ended, Lies, Scheme
from app.areas.schemas import AreaSpec
from app.core import clock, ids, rows
from app.core.database import Work
from app.core.errors import Fault, Invalid, NotFound
from app.core.language import Words
from app.core.text import sort_name

Kept = TypeVar("Kept")
UNKNOWN = Words("Tällaista aluetta ei ole. Alueet: /v1/areas.", "There is no such area. Areas: /v1/areas.")

NOT_A_MUNICIPALITY = Words("Tämä alue ei ole kunta.", "This area is not a municipality.")
ENDED = Words(
    "Kunta on lakannut {valid_to}. Käytä sen seuraajaa.", "The municipality ended on {valid_to}. Use its successor."
)
NO_PLAN = Words(
    "Alueella tai sen yllä ei ole suunnitelmaa. Lataa suunnitelma (load-plan) ensin.",
    "No plan stands on this area or on any above it. Load one (load-plan) first.",
)


def resolved(
    session: Session, reference: str, *, parameter: str | None = None, pointer: str | None = None
) -> uuid.UUID:
    """The id of the area with this id or slug. Raises Invalid, pointing at where it was named."""
    try:
        return rows.find(session, Area, reference).id
    except NotFound:
        raise Invalid(faults=[Fault("unknown-area", UNKNOWN, parameter=parameter, pointer=pointer)]) from None


def municipality(session: Session, reference: str, pointer: str) -> Area:
    """The municipality of today with this id or slug. Raises Invalid, pointing at where it was named."""
    area = session.get_one(Area, resolved(session, reference, pointer=pointer))
    if area.kind != AreaKind.municipality:
        raise Invalid(faults=[Fault("not-a-municipality", NOT_A_MUNICIPALITY, pointer=pointer)])
    if area.valid_to is not None and area.valid_to <= clock.today():
        raise Invalid(faults=[Fault("ended", ENDED.about(valid_to=area.valid_to), pointer=pointer)])
    return area


def shown(session: Session, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of ``queries.areas`` as answers, with parents and aliases: two queries, however many rows."""
    whole = {row.id: {**row._mapping, "parents": [], "aliases": []} for row in found}
    parents, aliases = queries.belongings(list(whole))
    for link in session.execute(parents):
        whole[link.area_id]["parents"].append({**link._mapping, "id": link.parent_id})
    for alias in session.execute(aliases):
        whole[alias.area_id]["aliases"].append(alias._mapping)
    for area in whole.values():
        ends_in = area["successor_id"]
        area["successor"] = {"id": ends_in, "slug": area["successor_slug"]} if ends_in else None
    return list(whole.values())


def scheme(session: Session, name: str = SERVICE) -> Scheme:
    """What lies where, in one scheme, at all times: two queries, the first time that a session asks."""
    return _once(session, ("scheme", name), lambda: _scheme(session, name))


def _once(session: Session, what: tuple[object, ...], read: Callable[[], Kept]) -> Kept:
    """What was read of areas, kept with a session as long as that writes none itself."""
    if isinstance(session, Work) and FAMILY in session.families:
        return read()
    if what not in session.info:
        session.info[what] = read()
    kept: Kept = session.info[what]
    return kept


def _scheme(session: Session, name: str) -> Scheme:
    links = session.execute(
        select(LINK.area_id, LINK.parent_id, LINK.valid_from, LINK.valid_to).where(LINK.scheme == name)
    )
    ended = session.execute(
        select(AREA.id, AREA.valid_to, AREA.successor_id).where(
            AREA.valid_to.is_not(None), AREA.successor_id.is_not(None)
        )
    )
    return Scheme([Lies(*row) for row in links], [Ended(*row) for row in ended])


def county_of(session: Session, area_id: uuid.UUID, on: date) -> uuid.UUID | None:
    """The nearest area on which a plan stands: the area itself or one above it, by the service scheme."""
    plans = set(session.scalars(select(AREA.id).where(AREA.holds_plan)))
    return next((area for area in scheme(session).chain(area_id, on) if area in plans), None)


def county_held(session: Session, area_id: uuid.UUID, pointer: str) -> uuid.UUID:
    """The area on whose plan something in this area stands, held until the transaction ends. Raises Invalid.

    One thing is founded or moved at a time in a county: what is looked up as free stays free.
    """
    county_id = county_of(session, area_id, clock.today())
    if county_id is None:
        raise Invalid(faults=[Fault("no-plan-here", NO_PLAN, pointer=pointer)])
    session.execute(select(AREA.id).where(AREA.id == county_id).with_for_update(key_share=True))
    return county_id


def chain_above(session: Session, area_id: uuid.UUID) -> Chain:
    """An area and all that it lies in today by the service scheme: what rights on it may hang on.

    An area that was merged into another keeps its own rights beside those of its successor.
    """
    above = scheme(session).chain(area_id, clock.today())
    return [("area", id) for id in dict.fromkeys([area_id, *above])]


def inside(session: Session, things: Collection[Thing]) -> Select[Any]:
    """Ids of the areas whose ``chain_above`` holds one of some things."""
    roots = {id for kind, id in things if kind == "area"}
    if not roots:
        return select(AREA.id).where(AREA.id.in_(()))
    today = clock.today()
    below = _once(session, ("below", frozenset(roots), today), lambda: scheme(session).below(roots, today))
    return select(AREA.id).where(AREA.id.in_(below))


def _chain_of(session: Session, reference: str) -> Chain | None:
    try:
        return chain_above(session, rows.find(session, Area, reference).id)
    except NotFound:
        return None


def _named(session: Session, area_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    found = session.execute(select(AREA.id, AREA.slug, AREA.name).where(AREA.id.in_(area_ids)))
    return {id: Named(slug, name) for id, slug, name in found}


KIND = Kind("area", "area", _chain_of, inside, _named)


def by_alias(session: Session, source: str) -> dict[str, uuid.UUID]:
    """Area ids by their id in another source."""
    return dict(session.execute(select(ALIAS.value, ALIAS.area_id).where(ALIAS.source == source)).all())


def add_alias(session: Session, area_id: uuid.UUID, source: str, value: str) -> None:
    """Let another source's id stand for an area."""
    session.add(AreaAlias(source=source, value=value, area_id=area_id))


def load(session: Session, specs: Iterable[AreaSpec]) -> int:
    """Create the areas that are missing, and answer how many were. What is there stays as it is."""
    specs = list(specs)
    known = dict(session.execute(select(AREA.slug, AREA.id)).all())
    missing = [spec for spec in specs if spec.slug not in known]
    known |= {spec.slug: ids.new() for spec in missing}
    for spec in missing:
        session.add(
            Area(
                id=known[spec.slug],
                slug=spec.slug,
                kind=spec.kind,
                code=spec.code,
                name=spec.name,
                sort_name=sort_name(spec.name.fi),
                valid_from=spec.valid_from,
                valid_to=spec.valid_to,
                holds_plan=spec.holds_plan,
            )
        )
    session.flush()
    for spec in missing:
        _belong(session, spec, known)
    session.flush()
    return len(missing)


def _belong(session: Session, spec: AreaSpec, known: dict[str, uuid.UUID]) -> None:
    area_id = known[spec.slug]
    if spec.successor:
        session.get_one(Area, area_id).successor_id = known[spec.successor]
    for name, parent in spec.within.items():
        session.add(
            AreaLink(
                area_id=area_id,
                parent_id=known[parent],
                scheme=name,
                valid_from=spec.valid_from,
                valid_to=spec.valid_to,
            )
        )
    for source, values in spec.aliases.items():
        for value in values:
            add_alias(session, area_id, source, value)
