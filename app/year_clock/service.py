"""What can be done with year clocks and school breaks."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Caller, Chain
from app.accounts.service.callers import must_reach
from app.areas import service as areas
from app.areas.queries import AREA
from app.core import ids, references, rows
from app.core.database import Work
from app.networks.queries import KIND
from app.year_clock import queries
from app.year_clock.models import SchoolBreak, YearClock, YearClockWindow
from app.year_clock.queries import BREAK, CLOCK
from app.year_clock.rules import days_of
from app.year_clock.schemas import (
    SchoolBreakFacts,
    SchoolBreakPatch,
    SchoolBreakSpec,
    SchoolBreakWrite,
    Topic,
    YearClockSpec,
)

SCOPE = "networks:write"


def in_year(session: Session, clock: YearClock, year: int) -> dict[str, Any]:
    """A clock as an answer, with its windows as they are in a year: one query."""
    windows = []
    for row in session.execute(queries.windows(clock.id)):
        window = dict(row._mapping)
        kind = references.shown(window, "kind", ("code", "name"))
        first, last = days_of(window["first_month"], window["last_month"], year)
        windows.append({**window, "network_kind": kind, "from_": first, "to": last})
    return {**rows.columns(clock), "year": year, "windows": windows}


def load(session: Work, county_id: uuid.UUID, specs: Iterable[YearClockSpec]) -> int:
    """Create the clocks that are missing, with their windows, and answer how many were.

    What is there stays as it is: a clock that is stored keeps its windows. Windows name kinds of networks of the
    county, which must be there.
    """
    known = set(session.scalars(select(CLOCK.slug)))
    kinds = dict(session.execute(select(KIND.code, KIND.id).where(KIND.county_id == county_id)).all())
    missing = [spec for spec in specs if spec.slug not in known]
    for spec in missing:
        clock = YearClock(slug=spec.slug, county_id=county_id, name=spec.name, plan_ref=spec.plan_ref)
        session.add(clock)
        session.flush()
        for position, window in enumerate(spec.windows):
            session.add(
                YearClockWindow(
                    clock_id=clock.id,
                    code=window.code,
                    position=position,
                    name=window.name,
                    network_kind_id=kinds[window.network_kind],
                    first_month=window.first_month,
                    last_month=window.last_month,
                    mode=window.mode,
                    topics=_stored(window.topics),
                    tasks=_stored(window.tasks),
                )
            )
    session.flush()
    return len(missing)


def _stored(topics: Iterable[Topic]) -> list[dict[str, Any]]:
    return [{"code": topic.code, "text": topic.text.stored()} for topic in topics]


def load_breaks(session: Work, county_id: uuid.UUID, specs: Iterable[SchoolBreakSpec]) -> int:
    """Create the school breaks that are missing, and answer how many were.

    One that shares a day with a break of the same area is there already: people may have moved it by some days.
    """
    known = dict(session.execute(select(AREA.slug, AREA.id)).all())
    there: dict[uuid.UUID, list[tuple[date, date]]] = {}
    for area_id, first, last in session.execute(select(BREAK.area_id, BREAK.first_on, BREAK.last_on)):
        there.setdefault(area_id, []).append((first, last))
    missing = [
        spec
        for spec in specs
        if not any(spec.first_on <= last and first <= spec.last_on for first, last in there.get(known[spec.area], ()))
    ]
    session.add_all(
        SchoolBreak(area_id=known[spec.area], name=spec.name, first_on=spec.first_on, last_on=spec.last_on)
        for spec in missing
    )
    session.flush()
    return len(missing)


def break_listed(row: Any) -> dict[str, Any]:
    """A row of ``queries.breaks`` as an answer."""
    return {**row._mapping, "area": references.shown(row._mapping, "area")}


def break_shown(session: Session, school_break: SchoolBreak) -> dict[str, Any]:
    """A school break as an answer."""
    return break_listed(session.execute(queries.breaks(break_id=school_break.id)).one())


def add_break(session: Work, write: SchoolBreakWrite, caller: Caller) -> SchoolBreak:
    """Add days on which schools of an area rest. Raises Invalid, OutOfReach."""
    area_id = areas.resolved(session, write.area, pointer="/area")
    must_reach(caller, SCOPE, areas.chain_above(session, area_id))
    return rows.add(session, SchoolBreak(area_id=area_id, **_facts(write)))


def change_break(session: Work, school_break: SchoolBreak, patch: SchoolBreakPatch) -> SchoolBreak:
    """Change what ``patch`` names of a school break. Raises Invalid."""
    rows.apply(school_break, _facts(rows.merged(school_break, patch, SchoolBreakFacts)))
    session.flush()
    return school_break


def _facts(whole: SchoolBreakFacts) -> dict[str, Any]:
    return {name: getattr(whole, name) for name in SchoolBreakFacts.model_fields}


def _chain_of_break(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    found = session.get(SchoolBreak, id) if id else None
    return [(BREAK_KIND.name, found.id), *areas.chain_above(session, found.area_id)] if found else None


BREAK_KIND = Kind("school_break", "school_break", _chain_of_break)
