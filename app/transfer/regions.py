"""Import of Sotkanet's regions: the ids by which its figures name areas."""

import uuid
from collections.abc import Sequence
from typing import ClassVar

from pydantic import ValidationError
from sqlalchemy import select

from app.accounts.rules import Caller
from app.areas import service as areas
from app.areas.models import Area, AreaAlias, AreaKind
from app.areas.queries import AREA
from app.areas.schemas import AreaSpec
from app.core.database import Change, Work
from app.core.errors import Fault
from app.core.language import Words
from app.core.text import slugged
from app.transfer.kinds import OnDifferent, Reader
from app.transfer.reports import RowOutcome
from app.transfer.table_files import Column, FileRow, TableFile

SOURCE = "sotkanet"
KINDS = {
    "KUNTA": (AreaKind.municipality, ""),
    "MAAKUNTA": (AreaKind.province, "province-"),
    "HYVINVOINTIALUE": (AreaKind.wellbeing_county, "county-"),
    "MAA": (AreaKind.country, "country-"),
}
MISSING = Words("Pakollinen tieto puuttuu.", "This is required.")
NOT_AN_ID = Words("Tähän kuuluu Sotkanetin alueen numero.", "This must be Sotkanet's number of a region.")
OTHERS = Words("Numero on jo toisella alueella ({slug}).", "Another area ({slug}) has this number already.")
NOT_ACCEPTED = Words("Koodi tai nimi ei kelpaa.", "The code or the name can't be accepted.")


class Regions:
    """Regions: matched by category and code, their ids added, areas of the kinds above created where missing."""

    scope: ClassVar = "areas:write"
    is_for_all: ClassVar = True
    columns: ClassVar[Sequence[Column]] = (
        Column("sotkanet_id", ("sotkanet_id", "id", "region"), is_needed=True),
        Column("category", ("category",), is_needed=True),
        Column("code", ("code",), is_needed=True),
        Column("name_fi", ("name_fi",), is_needed=True),
        Column("name_sv", ("name_sv",)),
        Column("name_en", ("name_en",)),
        Column("note", ("note",), is_ignored=True),
    )

    def __init__(self, session: Work, file: TableFile, on_different: OnDifferent, caller: Caller) -> None:
        self._file = file
        rows = session.execute(select(AREA.id, AREA.kind, AREA.code, AREA.slug)).all()
        self._areas = {(row.kind, row.code): row.id for row in rows}
        self._slugs = {row.id: row.slug for row in rows}
        self._aliases = areas.by_alias(session, SOURCE)

    def block(self, session: Work, rows: Sequence[FileRow]) -> list[RowOutcome]:
        outcomes = [self._row(session, Reader(self._file, row)) for row in rows]
        session.flush()
        made = [o for o in outcomes if o.action in ("created", "updated")]
        if made:
            session.wrote(Area.__table__, Change("area", "imported", rows=len(made)))  # type: ignore[attr-defined]
        return outcomes

    def _row(self, session: Work, cell: Reader) -> RowOutcome:
        category, code, number = cell.text("category").upper(), cell.text("code"), cell.text("sotkanet_id")
        ref = f"{category} {code}"
        for name in ("sotkanet_id", "category", "code", "name_fi"):
            if not cell.text(name):
                cell.fault(name, "missing", MISSING)
        if number and not (number.isdecimal() and len(number) < 10):
            cell.fault("sotkanet_id", "not-a-whole-number", NOT_AN_ID)
        if cell.faults:
            return RowOutcome(cell.row.number, ref, "rejected", tuple(cell.faults))
        if category not in KINDS:
            return RowOutcome(cell.row.number, ref, "skipped")
        kind, prefix = KINDS[category]
        area_id = self._areas.get((kind, code))
        holder = self._aliases.get(number)
        if holder is not None and holder != area_id:
            cell.fault("sotkanet_id", "taken", OTHERS.about(slug=self._slugs[holder]))
            return RowOutcome(cell.row.number, ref, "rejected", tuple(cell.faults))
        if area_id is None:
            return self._create(session, cell, kind, prefix + slugged(code), ref)
        if holder == area_id:
            return RowOutcome(cell.row.number, ref, "unchanged")
        self._alias(session, area_id, number)
        return RowOutcome(cell.row.number, ref, "updated", changes={"aliases": (None, number)})

    def _create(self, session: Work, cell: Reader, kind: AreaKind, slug: str, ref: str) -> RowOutcome:
        names = {
            language: cell.text(f"name_{language}") for language in ("fi", "sv", "en") if cell.text(f"name_{language}")
        }
        try:
            spec = AreaSpec.model_validate({"slug": slug, "kind": kind, "code": cell.text("code"), "name": names})
        except ValidationError:
            return RowOutcome(
                cell.row.number, ref, "rejected", (Fault("not-accepted", NOT_ACCEPTED, row=cell.row.number),)
            )
        areas.load(session, [spec])
        area = session.scalars(select(Area).where(AREA.slug == slug)).one()
        self._areas[kind, spec.code], self._slugs[area.id] = area.id, slug
        self._alias(session, area.id, cell.text("sotkanet_id"))
        return RowOutcome(cell.row.number, ref, "created")

    def _alias(self, session: Work, area_id: uuid.UUID, number: str) -> None:
        session.add(AreaAlias(source=SOURCE, value=number, area_id=area_id))
        self._aliases[number] = area_id
