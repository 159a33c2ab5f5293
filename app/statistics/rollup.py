"""The roll-up of days into months: always recomputed from the day rows, in the transaction that changes them."""

import uuid
from collections.abc import Collection

from sqlalchemy import delete, insert, select, tuple_
from sqlmodel import Session

from app.core.database import Work
from app.core.periods import Month
from app.core.revisions import upsert_for
from app.statistics.models import VisitDay, VisitMonth, VisitMonthField
from app.statistics.queries import DAY, MONTH, MONTH_FIELD
from app.statistics.rules import Part, summed

Cell = tuple[uuid.UUID, str]  # place, month as 2026-03


def lock(session: Session, cells: Collection[Cell]) -> None:
    """Hold some places' months until the transaction ends: days of one month are written one after another.

    Call it before reading the days. In sorted order, so that no two writers wait for each other.
    """
    upsert = upsert_for(session.get_bind().dialect.name)
    zeros = [
        {"place_id": place, "month": month, **dict.fromkeys(_SUMS, 0)}
        for place, month in sorted(cells, key=lambda c: (str(c[0]), c[1]))
    ]
    session.execute(upsert(VisitMonth).on_conflict_do_nothing(), zeros)
    months = select(MONTH.place_id).where(tuple_(MONTH.place_id, MONTH.month).in_(list(cells)))
    session.execute(months.order_by(MONTH.place_id, MONTH.month).with_for_update()).all()


def recompute(session: Work, cells: Collection[Cell]) -> None:
    """Sum up some places' months from their day rows."""
    session.flush()
    parts = _parts(session, cells)
    session.execute(delete(VisitMonthField).where(tuple_(MONTH_FIELD.place_id, MONTH_FIELD.month).in_(list(cells))))
    months, fields = [], []
    for place, month in cells:
        sums = summed(parts.get((place, month), ()))
        months.append({"place_id": place, "month": month, **{name: getattr(sums, name) for name in _SUMS}})
        fields += [
            {"place_id": place, "month": month, "field": code, "total": total, "days": days}
            for code, (total, days) in sums.totals.items()
        ]
    upsert = upsert_for(session.get_bind().dialect.name)(VisitMonth)
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=["place_id", "month"], set_={name: getattr(upsert.excluded, name) for name in _SUMS}
        ),
        months,
    )
    if fields:
        session.execute(insert(VisitMonthField), fields)
    session.wrote(VisitDay.__table__)  # type: ignore[attr-defined]


_SUMS = ("open_days", "counted_days", "closed_days", "not_collected_days", "open_minutes")


def _parts(session: Session, cells: Collection[Cell]) -> dict[Cell, list[Part]]:
    wanted = set(cells)
    months = [Month.read(month) for _, month in cells]
    found: dict[Cell, list[Part]] = {}
    rows = session.execute(
        select(DAY.place_id, DAY.visited_on, DAY.status, DAY.open_minutes, DAY.counts).where(
            DAY.place_id.in_({place for place, _ in cells}),
            DAY.visited_on.between(min(months).first, max(months).last),
        )
    )
    for place, day, status, open_minutes, counts in rows:
        cell = (place, str(Month.of(day)))
        if cell in wanted:
            found.setdefault(cell, []).append(Part(day, status, open_minutes, counts))
    return found
