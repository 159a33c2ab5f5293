"""What can be done with year clocks."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.core import rows
from app.core.database import Work
from app.networks.queries import KIND
from app.year_clock import queries
from app.year_clock.models import YearClock, YearClockWindow
from app.year_clock.queries import CLOCK
from app.year_clock.rules import days_of
from app.year_clock.schemas import YearClockSpec


def in_year(session: Session, clock: YearClock, year: int) -> dict[str, Any]:
    """A clock as an answer, with its windows as they are in a year: one query."""
    windows = []
    for row in session.execute(queries.windows(clock.id)):
        window = dict(row._mapping)
        kind = {part: window.pop(f"kind_{part}") for part in ("code", "name")}
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
                    topics=[{"code": topic.code, "text": topic.text.stored()} for topic in window.topics],
                )
            )
    session.flush()
    return len(missing)
