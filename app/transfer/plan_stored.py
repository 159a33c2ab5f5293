"""What the database knows of the names that a plan file uses: of this county, of others, of nobody's."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from app.areas import service as areas
from app.areas.models import SERVICE, Area, AreaKind
from app.areas.queries import ALIAS, AREA
from app.areas.rules import Ended, Lies, Scheme
from app.core import clock, ids
from app.evaluations.models import CriteriaSet
from app.materials.models import Material, ReviewedDocument
from app.networks.models import CarriedOn, Network, NetworkKind, NetworkSteering
from app.networks.queries import KIND as NETWORK_KIND
from app.networks.queries import NETWORK, STEERING
from app.networks.service.loading import roles_of
from app.organisations.models import Organisation, OrganisationKind
from app.places.models import MeetingPlace
from app.places.queries import PLACE
from app.plan.models import Plan
from app.transfer.plan_names import Key, Sort
from app.transfer.plan_shape import PlanFile
from app.year_clock.models import YearClock, YearClockWindow

BY_SLUG: tuple[tuple[Sort, Any], ...] = (  # unique among all counties
    (Sort.organisation, Organisation),
    (Sort.place, MeetingPlace),
    (Sort.network, Network),
    (Sort.year_clock, YearClock),
    (Sort.document, ReviewedDocument),
    (Sort.material, Material),
    (Sort.plan, Plan),
)
BY_CODE: tuple[tuple[Sort, Any], ...] = (  # each county's own
    (Sort.organisation_kind, OrganisationKind),
    (Sort.network_kind, NetworkKind),
    (Sort.criteria_set, CriteriaSet),
)


@dataclass(frozen=True)
class Seats:
    """How a role fills its seats."""

    names_person: bool
    holds_one: bool
    needs_place: bool


@dataclass
class Stored:
    """``here`` is known in this county, ``elsewhere`` in another one's plan.

    ``areas``: slug -> whether it holds a plan. ``homes``: area -> the area on whose plan it stands, with those that the
    file brings. ``ended``: areas that are no more. ``taken``: codes and aliases of areas. ``roles`` by kind and code.
    ``place_names``: municipality and name of each place, by slug. ``steering``: network -> those that steer it.
    """

    county_id: uuid.UUID | None
    areas: dict[str, bool]
    homes: dict[str, str | None]
    ended: dict[str, date]
    here: set[Key] = field(default_factory=set)
    elsewhere: set[Key] = field(default_factory=set)
    taken: set[tuple[str, str]] = field(default_factory=set)
    roles: dict[tuple[str, str], Seats] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    place_names: dict[str, tuple[str, str]] = field(default_factory=dict)
    steering: dict[str, set[str]] = field(default_factory=dict)


def stored(session: Session, file: PlanFile) -> Stored:
    """What is known of the names that ``file`` uses: a query for each sort of thing."""
    known = _areas(session, file)
    for sort, table in BY_SLUG:
        columns = table.__table__.c
        for slug, county_id in session.execute(select(columns.slug, columns.county_id)):
            (known.here if county_id == known.county_id else known.elsewhere).add((sort, slug, None))
    for sort, table in BY_CODE:
        columns = table.__table__.c
        codes = session.scalars(select(columns.code).where(columns.county_id == known.county_id))
        known.here |= {(sort, code, None) for code in codes}
    clocks, windows = YearClock.__table__.c, YearClockWindow.__table__.c  # type: ignore[attr-defined]
    query = select(clocks.slug, windows.code).join(YearClockWindow, windows.clock_id == clocks.id)
    for slug, code in session.execute(query.where(clocks.county_id == known.county_id)):
        known.here.add((Sort.window, code, (Sort.year_clock, slug)))
    _networks(session, known)
    places = select(PLACE.slug, AREA.slug.label("area"), PLACE.name).join(Area, PLACE.municipality_id == AREA.id)
    known.place_names = {slug: (area, name.fi) for slug, area, name in session.execute(places)}
    return known


def _areas(session: Session, file: PlanFile) -> Stored:
    found = session.execute(select(AREA.id, AREA.slug, AREA.kind, AREA.code, AREA.holds_plan, AREA.valid_to)).all()
    by_slug: dict[str, uuid.UUID] = {row.slug: row.id for row in found}
    new = [spec for spec in file.areas if spec.slug not in by_slug]
    holds = {spec.slug: spec.holds_plan for spec in new} | {row.slug: row.holds_plan for row in found}
    ended = {spec.slug: spec.valid_to for spec in new} | {row.slug: row.valid_to for row in found}
    for spec in new:
        by_slug.setdefault(spec.slug, ids.new())
    service = areas.scheme(session)
    lies = Scheme(
        [
            *service.links,
            *(
                Lies(by_slug[spec.slug], by_slug[above], spec.valid_from, spec.valid_to)
                for spec in new
                if (above := spec.within.get(SERVICE)) in by_slug
            ),
        ],
        [
            *service.ended,
            *(
                Ended(by_slug[spec.slug], spec.valid_to, by_slug[spec.successor])
                for spec in new
                if spec.valid_to and spec.successor in by_slug
            ),
        ],
    )
    slugs = {id: slug for slug, id in by_slug.items()}
    today = clock.today()
    homes = {
        slug: next((above for area in lies.chain(id, today) if holds[above := slugs[area]]), None)
        for slug, id in by_slug.items()
    }
    known = Stored(
        county_id=next((row.id for row in found if row.slug == file.county), None),
        areas=holds,
        homes=homes,
        ended={slug: day for slug, day in ended.items() if day is not None and day <= today},
    )
    for row in found:
        is_elsewhere = homes[row.slug] not in (None, file.county)
        keys: list[Key] = [(Sort.area, row.slug, None)]
        if row.kind == AreaKind.municipality:
            keys.append((Sort.municipality, row.slug, None))
        (known.elsewhere if is_elsewhere else known.here).update(keys)
        known.taken.add((row.slug, f"{row.kind} {row.code}"))
    aliases = session.execute(select(AREA.slug, ALIAS.source, ALIAS.value).join(Area, ALIAS.area_id == AREA.id))
    known.taken |= {(slug, f"{source} {value}") for slug, source, value in aliases}
    return known


def _networks(session: Session, known: Stored) -> None:
    """Kinds of the county's networks, roles by kind and by network, and who steers whom."""
    if known.county_id is None:
        return
    for (kind, code), role in roles_of(session, known.county_id).items():
        known.roles[kind, code] = Seats(role.names_person, role.holds_one, role.carries_on == CarriedOn.meeting_place)
        known.here |= {(Sort.role, code, None), (Sort.role, code, (Sort.network_kind, kind))}
    query = select(NETWORK.slug, NETWORK_KIND.code).join(NetworkKind, NETWORK.kind_id == NETWORK_KIND.id)
    known.networks = dict(session.execute(query.where(NETWORK.county_id == known.county_id)).all())
    above = aliased(Network)
    steered = (
        select(NETWORK.slug, above.slug)  # type: ignore[call-overload]
        .join(NetworkSteering, STEERING.network_id == NETWORK.id)
        .join(above, STEERING.steered_by_id == above.id)
    )
    for slug, by in session.execute(steered):
        known.steering.setdefault(slug, set()).add(by)
