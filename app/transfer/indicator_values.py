"""Import and export of indicator values: Sotkanet's CSV, and our own."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.rules import Caller
from app.areas import service as areas
from app.areas.queries import AREA
from app.core.database import Work
from app.core.errors import Fault
from app.core.language import Words
from app.core.text import folded
from app.indicators import rules
from app.indicators import service as indicators
from app.indicators.models import SOTKANET
from app.indicators.rules import COLUMNS, Key, ValueRow
from app.transfer import cells
from app.transfer.kinds import TWICE, OnDifferent, Reader, different
from app.transfer.reports import RowOutcome
from app.transfer.table_files import Column, ColumnsMissing, FileRow, TableFile

SEXES = {
    **dict.fromkeys(("total", "yhteensä", "yhteensa", "totalt"), "total"),
    **dict.fromkeys(("male", "miehet", "män", "man"), "male"),
    **dict.fromkeys(("female", "naiset", "kvinnor"), "female"),
}
NOT_A_YEAR = Words("Tähän kuuluu vuosi, esimerkiksi 2024.", "This must be a year such as 2024.")
NOT_A_SEX = Words("Tähän kuuluu total, male tai female.", "This must be total, male or female.")
UNKNOWN_REGION = Words("Aluetta ei tunneta. Rivi ohitettiin.", "This region is not known. The row was skipped.")
UNKNOWN_INDICATOR = Words(
    "Indikaattoria ei tunneta. Rivi ohitettiin.", "This indicator is not known. The row was skipped."
)


class IndicatorValues:
    """Indicator values. ``region`` is Sotkanet's number of an area, ``area`` a slug: a file has one of them."""

    scope: ClassVar = "indicators:write"
    is_for_all: ClassVar = True
    columns: ClassVar[Sequence[Column]] = (
        Column("indicator", ("indicator", "indikaattori"), is_needed=True),
        Column("region", ("region",)),
        Column("area", ("area", "alue")),
        Column("period", ("year", "period", "vuosi", "jakso"), is_needed=True),
        Column("sex", ("gender", "sex", "sukupuoli")),
        Column("value", ("primary value", "value", "arvo"), is_needed=True),
        Column("absolute", ("absolute value", "absolute", "lukumäärä")),
    )

    def __init__(self, session: Work, file: TableFile, on_different: OnDifferent, caller: Caller) -> None:
        if not ("region" in file.headings) ^ ("area" in file.headings):
            raise ColumnsMissing(needed="region | area")
        self._file, self._on_different = file, on_different
        self._indicators = indicators.by_source(session, SOTKANET) | indicators.by_slug(session)
        self._areas = (
            areas.by_alias(session, SOTKANET)
            if "region" in file.headings
            else dict(session.execute(select(AREA.slug, AREA.id)).all())
        )
        self._columns = [name for name in COLUMNS if name in file.headings]
        self._seen: dict[Key, int] = {}

    def block(self, session: Work, rows: Sequence[FileRow]) -> list[RowOutcome]:
        outcomes: dict[int, RowOutcome] = {}
        read = [
            (cell.row.number, _ref(cell), found)
            for cell in (Reader(self._file, row) for row in rows)
            if (found := self._read(cell, outcomes))
        ]
        compared = indicators.compare(
            session, [row for _, _, row in read], columns=self._columns, keep=self._on_different != "update"
        )
        written = []
        for (number, ref, row), beside in zip(read, compared, strict=True):
            outcome = outcomes[number] = self._decided(number, ref, beside)
            self._seen.setdefault(row.key, number)
            if outcome.action in ("created", "updated"):
                written.append(row)
        indicators.write_values(session, written, columns=self._columns)
        return [outcomes[row.number] for row in rows]

    def _read(self, cell: Reader, outcomes: dict[int, RowOutcome]) -> ValueRow | None:
        """The value of a row; None, and its outcome, where there is none to compare."""
        number = cell.row.number
        period = self._period(cell)
        sex = SEXES.get(folded(cell.text("sex")) or "total")
        if sex is None:
            cell.fault("sex", "not-one-of", NOT_A_SEX)
        value, absolute = cell.read("value", cells.number), cell.read("absolute", cells.number)
        if cell.faults or period is None or sex is None:
            outcomes[number] = RowOutcome(number, _ref(cell), "rejected", tuple(cell.faults))
            return None
        indicator, area = self._indicators.get(cell.text("indicator")), self._areas.get(_area(cell))
        if indicator is None or area is None:
            skipped = (
                Fault("unknown-indicator", UNKNOWN_INDICATOR)
                if indicator is None
                else Fault("unknown-region", UNKNOWN_REGION)
            )
            outcomes[number] = RowOutcome(number, _ref(cell), "skipped", warnings=(skipped.at(row=number),))
            return None
        return ValueRow(indicator, area, sex, period, value, absolute)

    def _period(self, cell: Reader) -> str | None:
        try:
            return rules.period_of(cell.text("period"))
        except ValueError:
            cell.fault("period", "not-a-period", NOT_A_YEAR)
            return None

    def _decided(self, number: int, ref: str, found: Any) -> RowOutcome:
        if found.verdict == "new":
            return RowOutcome(number, ref, "created")
        if found.verdict == "equal":
            return RowOutcome(number, ref, "unchanged")
        first = self._seen.get(found.row.key)
        if first is not None:
            return RowOutcome(number, ref, "rejected", (Fault("given-twice", TWICE.about(row=first), row=number),))
        changes = {name: (getattr(found.old, name), getattr(found.row, name)) for name in self._columns}
        return different(self._on_different, {n: p for n, p in changes.items() if p[0] != p[1]}, number, ref)


def _area(cell: Reader) -> str:
    return cell.text("region") or cell.text("area")


def _ref(cell: Reader) -> str:
    return f"{cell.text('indicator')[:40]} {_area(cell)[:40]} {cell.text('period')[:10]}"


def exported(session: Session) -> Iterator[list[Any]]:
    """Every value in a stable order, the header first: what the import reads back."""
    yield ["indicator", "area", "period", "sex", "value", "absolute"]
    for line in indicators.values_of(session):
        yield [line.indicator, line.area, line.period, line.sex, line.value, line.absolute]
