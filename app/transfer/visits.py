"""Import and export of visits: one row a day, or a part of a day."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.areas.models import Area
from app.areas.queries import AREA
from app.core.database import Work
from app.core.errors import Fault
from app.core.faults import faults_of
from app.core.language import Words
from app.core.periods import Month
from app.core.spreadsheets import unsafed
from app.core.text import folded
from app.places import service as places
from app.places.queries import PLACE
from app.statistics import queries, rollup, service
from app.statistics.models import VisitDay
from app.statistics.queries import DAY
from app.statistics.rules import warnings_of_counts
from app.statistics.schemas import DayWrite
from app.statistics.service import Forms, Key, PlaceOfDay
from app.transfer import cells
from app.transfer.kinds import TWICE, OnDifferent, Reader, different
from app.transfer.reports import RowOutcome
from app.transfer.table_files import Column, FileRow, TableFile

STATUSES = {
    **dict.fromkeys(("open", "auki", "avoinna"), "open"),
    **dict.fromkeys(("closed", "suljettu", "kiinni", "x"), "closed"),
    **dict.fromkeys(("not_collected", "not collected", "ei tilastoitu", "ei tilastoa"), "not_collected"),
}
NO_PLACE = Words(
    "Tällaista paikkaa ei ole. Käytä paikan slugia tai nimeä: /v1/meeting-places.",
    "There is no such place. Use its slug or name: /v1/meeting-places.",
)
OUT_OF_REACH = Words(
    "Sinulla ei ole oikeutta kirjata tämän paikan käyntejä.", "You may not record the visits of this place."
)
AMBIGUOUS = Words(
    "Tämänniminen paikka on usealla kunnalla. Kirjoita: Kunta, Nimi.",
    "Several municipalities have a place of this name. Write: Municipality, Name.",
)
NO_STATUS = Words(
    "Tila on open/auki, closed/suljettu/x tai not_collected/ei tilastoitu.",
    "Status is open/auki, closed/suljettu/x or not_collected/ei tilastoitu.",
)
NOTHING = Words(
    "Rivillä ei ole lukuja eikä tilaa. Kirjoita luvut tai tila.",
    "The row has neither counts nor status. Write the counts, or a status.",
)
NO_FORM = Words(
    "Paikan maakunnalla ei ole tuona päivänä voimassa olevaa lomaketta.",
    "The place's county has no form that is valid on that day.",
)


@dataclass
class _Row:
    """A row on its way in."""

    number: int
    ref: str
    place: PlaceOfDay
    day: date
    part: int
    given: dict[str, Any]
    counts: dict[str, Any]
    faults: list[Fault]
    warnings: list[Fault] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return (self.place.id, self.day, self.part)


class Visits:
    """Visits, by day."""

    scope: ClassVar = "visits:write"
    is_for_all: ClassVar = False
    columns: ClassVar[Sequence[Column]] = (
        Column("place", ("place", "kohtaamispaikka", "paikka"), is_needed=True),
        Column("date", ("date", "pvm", "päivä", "päivämäärä"), is_needed=True),
        Column("part", ("part", "osa")),
        Column("status", ("status", "tila")),
        Column("open_hours", ("open_hours", "aukiolo_h")),
        Column("open_minutes", ("open_minutes", "aukiolo_min")),
        Column("note", ("note", "huomautus")),
        Column("form_version", ("form_version",), is_ignored=True),
    )

    def __init__(self, session: Work, file: TableFile, on_different: OnDifferent, caller: Caller) -> None:
        self._file, self._on_different = file, on_different
        self._places = _Places(session, caller)
        self._forms = Forms(session, self._places.counties)
        self._codes = [name for name in file.headings if name not in {column.name for column in self.columns}]
        self._seen: dict[Key, int] = {}

    @classmethod
    def columns_for(cls, session: Session) -> Sequence[Column]:
        """The columns, with one for each field of any form, by code or label."""
        headings: dict[str, dict[str, None]] = {}
        for form in session.execute(queries.forms()):
            for f in form.fields:
                found = headings.setdefault(f["code"], {f["code"]: None})
                found |= dict.fromkeys(f["name"].values())
        return (*cls.columns, *(Column(code, tuple(found)) for code, found in headings.items()))

    def block(self, session: Work, rows: Sequence[FileRow]) -> list[RowOutcome]:
        outcomes: dict[int, RowOutcome] = {}
        read = [found for row in rows if (found := self._read(row, outcomes)) is not None]
        if read:
            touched = {(r.place.id, str(Month.of(r.day))) for r in read}
            rollup.lock(session, touched)
            self._write(session, read, _stored(session, read), outcomes)
        return [outcomes[row.number] for row in rows]

    def _read(self, row: FileRow, outcomes: dict[int, RowOutcome]) -> _Row | None:
        """The row as far as it can be read; None, and its outcome, where there is nothing to judge."""
        cell = Reader(self._file, row)
        day = cell.read("date", cells.day)
        place = self._places.called(cell)
        part = cell.read("part", cells.whole) if cell.text("part") else 1
        ref = f"{self._places.slugs.get(place.id) if place else '?'} {day or '?'}" + (f"/{part}" if part != 1 else "")
        counts, crossed = self._counts(cell)
        given = self._given(cell, counts, crossed)
        if place is None or day is None or part is None or cell.faults:
            outcomes[row.number] = RowOutcome(row.number, ref, "rejected", tuple(cell.faults))
            return None
        found = _Row(row.number, ref, place, day, part, given, counts, cell.faults)
        if not 1 <= part <= 9:
            cell.fault("part", "too-large", Words("Osa on 1-9.", "The part is 1 to 9."))
            outcomes[row.number] = RowOutcome(row.number, ref, "rejected", tuple(cell.faults))
            return None
        return found

    def _counts(self, cell: Reader) -> tuple[dict[str, Any], bool]:
        """The counts of the columns that the file has, and whether a cell was crossed out (``x``)."""
        counts: dict[str, Any] = {}
        crossed = False
        for code in self._codes:
            if STATUSES.get(folded(cell.text(code))) == "closed":
                crossed, counts[code] = True, None
            else:
                counts[code] = cell.read(code, cells.whole)
        return counts, crossed

    def _given(self, cell: Reader, counts: dict[str, Any], crossed: bool) -> dict[str, Any]:
        given: dict[str, Any] = {}
        status = STATUSES.get(folded(cell.text("status")))
        if cell.text("status"):
            given["status"] = status
            if status is None:
                cell.fault("status", "not-one-of", NO_STATUS)
        elif crossed:
            given["status"] = "closed"
        elif any(value is not None for value in counts.values()):
            given["status"] = "open"
        elif not cell.faults:
            cell.fault("status", "missing", NOTHING)
        if cell.has("open_minutes"):
            given["open_minutes"] = cell.read("open_minutes", cells.whole)
        if cell.has("open_hours") and cell.text("open_hours"):
            hours = cell.read("open_hours", cells.number)
            given["open_minutes"] = None if hours is None else round(hours * 60)
        if cell.has("note"):
            given["note"] = unsafed(cell.text("note")) or None
        return given

    def _write(
        self, session: Work, read: Sequence[_Row], stored: dict[Key, Any], outcomes: dict[int, RowOutcome]
    ) -> None:
        created: dict[Key, dict[str, Any]] = {}
        changed: dict[Key, dict[str, Any]] = {}
        for row in read:
            before = stored.get(row.key)
            facts = self._judged(
                row, created.get(row.key) or changed.get(row.key) or (dict(before._mapping) if before else None)
            )
            if facts is None:
                outcomes[row.number] = RowOutcome(row.number, row.ref, "rejected", tuple(row.faults))
                continue
            outcome = self._decided(row, facts, before, created.get(row.key) or changed.get(row.key))
            outcomes[row.number] = outcome
            self._seen.setdefault(row.key, row.number)
            if outcome.action == "created":
                created[row.key] = facts
            elif outcome.action == "updated":
                changed[row.key] = {
                    **facts,
                    "version": before.version + 1 if before else 1,
                    "row_id": before.id if before else None,
                }
        service.write_days(session, created, changed, source="csv")

    def _judged(self, row: _Row, before: dict[str, Any] | None) -> dict[str, Any] | None:
        """The columns of the day as the file would have them, or None where a rule is broken."""
        version = self._forms.newest(row.place.county_id, row.day)
        if version is None:
            row.faults.append(Fault("no-form", NO_FORM, row=row.number))
            return None
        kept = {name: before[name] for name in ("status", "open_minutes", "note") if before} if before else {}
        counts = {**(before["counts"] if before else {}), **row.counts}
        whole = {"form_version": version, **kept, **row.given, "counts": counts}
        try:
            write = DayWrite.model_validate(whole)
            faults = self._forms.faults(row.place, row.day, write)
        except ValidationError as broken:
            faults = faults_of(broken.errors())
        if faults:
            row.faults += [self._in_file(fault, row.number) for fault in faults]
            return None
        fields = self._forms.fields(row.place.county_id, version)
        row.warnings += [
            self._in_file(w.at(pointer=f"/counts{w.pointer}"), row.number)
            for w in warnings_of_counts(fields, write.counts)
        ]
        return service.facts_of(write)

    def _in_file(self, fault: Fault, number: int) -> Fault:
        """A fault of a body as a fault of a cell."""
        name = fault.parameter or (fault.pointer or "").rpartition("/")[2]
        return fault.at(row=number, column=self._file.headings.get(name), pointer=None, parameter=None)

    def _decided(self, row: _Row, facts: dict[str, Any], before: Any, in_block: dict[str, Any] | None) -> RowOutcome:
        first = self._seen.get(row.key)
        reference = in_block or (dict(before._mapping) if before is not None else None)
        warnings = tuple(row.warnings)
        if reference is None:
            return RowOutcome(row.number, row.ref, "created", warnings=warnings)
        changes = {
            name: (reference[name], facts[name])
            for name in facts
            if reference[name] != facts[name] and name != "form_version"
        }
        if not changes:
            return RowOutcome(row.number, row.ref, "unchanged", warnings=warnings)
        if first is not None:
            return RowOutcome(
                row.number, row.ref, "rejected", (Fault("given-twice", TWICE.about(row=first), row=row.number),)
            )
        told = _flat(changes) if row.place.id in self._places.readable else {}  # old counts are counts of a day
        return different(self._on_different, told, row.number, row.ref)


def _reached(session: Session, caller: Caller, scope: str) -> set[uuid.UUID]:
    """The places where the caller has a scope."""
    if scope not in caller.scopes:
        return set()
    return set(session.scalars(select(PLACE.id).where(places.reachable(session, caller, scope))))


class _Places:
    """Places by all that people call them."""

    def __init__(self, session: Session, caller: Caller) -> None:
        self._reached = _reached(session, caller, Visits.scope)
        self.readable = _reached(session, caller, "visits:read")
        rows = session.execute(
            select(
                PLACE.id,
                PLACE.slug,
                PLACE.name,
                PLACE.county_id,
                PLACE.opened_on,
                PLACE.closed_on,
                AREA.name.label("municipality"),
            )
            .join(Area, PLACE.municipality_id == AREA.id)
            .order_by(PLACE.slug)
        ).all()
        self.counties = {row.county_id for row in rows}
        self.slugs = {row.id: row.slug for row in rows}
        self._by_slug = {row.slug: self._place(row) for row in rows}
        self._by_name: dict[str, list[PlaceOfDay]] = {}
        for row in rows:
            for name in row.name.stored().values():
                for called in (name, *(f"{town}, {name}" for town in row.municipality.stored().values())):
                    found = self._by_name.setdefault(folded(called), [])
                    if all(place.id != row.id for place in found):
                        found.append(self._place(row))

    @staticmethod
    def _place(row: Any) -> PlaceOfDay:
        return PlaceOfDay(row.id, row.county_id, row.opened_on, row.closed_on)

    def called(self, cell: Reader) -> PlaceOfDay | None:
        """The place that a row means; None, and a fault, where there is none, more than one, or none in reach."""
        text = cell.text("place")
        named = self._by_name.get(folded(text), [])
        found = self._by_slug.get(text.lower()) or (named[0] if len(named) == 1 else None)
        if found is None:
            cell.fault("place", "ambiguous-place" if named else "unknown-place", AMBIGUOUS if named else NO_PLACE)
            return None
        if found.id not in self._reached:
            cell.fault("place", "out-of-reach", OUT_OF_REACH)
            return None
        return found


def _stored(session: Session, read: Sequence[_Row]) -> dict[Key, Any]:
    """The days that are stored already, in one statement."""
    rows = session.execute(
        select(*(c for c in VisitDay.__table__.c if c.name not in ("updated_at", "source"))).where(  # type: ignore[attr-defined]
            DAY.place_id.in_({r.place.id for r in read}),
            DAY.visited_on.between(min(r.day for r in read), max(r.day for r in read)),
        )
    )
    wanted = {r.key for r in read}
    return {key: row for row in rows if (key := (row.place_id, row.visited_on, row.part)) in wanted}


def _flat(changes: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """The changes with each count by its own name."""
    flat = {name: pair for name, pair in changes.items() if name != "counts"}
    old, new = changes.get("counts", ({}, {}))
    return flat | {code: (old.get(code), new.get(code)) for code in {**old, **new} if old.get(code) != new.get(code)}


def exported(session: Session) -> Iterator[list[Any]]:
    """Every recorded day in a stable order, the header first: what the import reads back."""
    codes = [c.name for c in Visits.columns_for(session)[len(Visits.columns) :]]
    yield ["place", "date", "part", "status", "open_minutes", *codes, "note"]
    slugs = dict(session.execute(select(PLACE.id, PLACE.slug)).all())
    rows = session.execute(queries.days().execution_options(yield_per=2000))
    for row in rows:
        counts = [row.counts.get(code) for code in codes]
        yield [slugs[row.place_id], row.visited_on, row.part, row.status, row.open_minutes, *counts, row.note]
