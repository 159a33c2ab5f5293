"""What can be done with indicators and their values."""

import csv
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from app.areas.service import UNKNOWN
from app.core import clock, ids
from app.core.database import Change, Work
from app.core.errors import Fault, Invalid, RuleBroken
from app.core.language import Words
from app.core.localized import Localized
from app.core.revisions import upsert_for
from app.core.text import folded, slugged, sort_name
from app.indicators import queries, rules
from app.indicators.models import SOTKANET, Indicator, IndicatorValue, Sex
from app.indicators.queries import INDICATOR, VALUE, Part
from app.indicators.rules import COLUMNS, Cell, Column, Compared, Key, Numbers, ValueRow
from app.indicators.schemas import IndicatorSpec

CELLS = 100_000
DEFINITIONS = Path(__file__).parent / "data" / "sotkanet.csv"
NOT_A_PERIOD = Words("Tähän kuuluu vuosi, esimerkiksi 2024.", "This must be a year such as 2024.")
INVERTED = Words("Alku on lopun jälkeen. Vaihda from ja to.", "The range ends before it begins. Swap from and to.")
NO_SUCH_AREA = Words("Luettelon {number}. alue: ", "Area number {number} of the list: ")


class TooManyCells(RuleBroken):
    """The series has more cells than one answer holds."""

    title = Words("Sarjassa on liikaa soluja", "Too many cells")
    detail = Words(
        "Pyydetyssä sarjassa on {cells} solua ({areas} aluetta, {periods} jaksoa), ja vastaukseen mahtuu {most}. "
        "Rajaa alueita parametrilla area tai jaksoja parametreilla from ja to.",
        "The series has {cells} cells ({areas} areas, {periods} periods) and an answer holds {most}. "
        "Narrow the areas with area, or the periods with from and to.",
    )
    cure = Words(
        "Pyydä sarja osissa: harvempia alueita (area) tai lyhyempi aika (from, to) kerrallaan.",
        "Ask for the series in parts: fewer areas (area) or a shorter time (from, to) at a time.",
    )


class ValueLine(NamedTuple):
    """A value with the slugs of its indicator and area: a line of a file."""

    indicator: str
    area: str
    sex: str
    period: str
    value: float | None
    absolute: float | None


def described(session: Session, indicator: Indicator) -> dict[str, Any]:
    """An indicator with the extent of its values and its source: one query."""
    found = session.execute(queries.extent(indicator.id)).one()
    return {**dict(indicator), **found._mapping, "reference": reference(indicator, found.fetched_at)}


def reference(indicator: Indicator, fetched_at: datetime | None) -> dict[str, Any]:
    """Where the values of an indicator come from, and how to cite them."""
    name = Words(indicator.name.to("fi"), indicator.name.to("en"))
    fetched_on = fetched_at.astimezone(clock.HELSINKI).date() if fetched_at else None
    cited = rules.citation(name, indicator.source, indicator.source_id, indicator.organisation, fetched_on)
    return {
        "source": indicator.source,
        "source_id": indicator.source_id,
        "url": rules.page_of(indicator.source, indicator.source_id),
        "organisation": indicator.organisation,
        "licence": indicator.licence,
        "citation": cited._asdict(),
        "fetched_at": fetched_at,
    }


def period(text: str | None, *, parameter: str) -> str | None:
    """The period that a query names. Raises Invalid."""
    try:
        return None if text is None else rules.period_of(text)
    except ValueError:
        raise Invalid(faults=[Fault("not-a-period", NOT_A_PERIOD, parameter=parameter)]) from None


def areas_named(session: Session, references: Iterable[str], *, parameter: str) -> list[Any]:
    """The areas with these ids or slugs, each once, in the order given: one query. Raises Invalid."""
    wanted = [ids.as_uuid(given) or given for given in references]
    by_id = [given for given in wanted if isinstance(given, uuid.UUID)]
    by_slug = [given for given in wanted if isinstance(given, str)]
    known: dict[uuid.UUID | str, Any] = {}
    for area in session.execute(queries.named_areas(by_id, by_slug)):
        known |= {area.id: area, area.slug: area}
    unknown = [number for number, given in enumerate(wanted, start=1) if given not in known]
    if unknown:
        raise Invalid(faults=[_unknown(number, parameter) for number in unknown])
    return list({known[given].id: known[given] for given in wanted}.values())


def _unknown(number: int, parameter: str) -> Fault:
    nth = NO_SUCH_AREA.about(number=number)
    return Fault("unknown-area", Words(nth.fi + UNKNOWN.fi, nth.en + UNKNOWN.en), parameter=parameter)


def series(
    session: Session,
    indicator: Indicator,
    *,
    areas: Sequence[str] | None = None,
    first: str | None = None,
    last: str | None = None,
    sex: Sex = Sex.total,
) -> dict[str, Any]:
    """The values of an indicator by area and period: three queries, however many areas.

    ``areas`` are ids or slugs; None is every area that has a value. Both ends of the range are included.
    Raises Invalid, TooManyCells.
    """
    first, last = period(first, parameter="from"), period(last, parameter="to")
    if first and last and first > last:
        raise Invalid(faults=[Fault("inverted-range", INVERTED, parameter="from")])
    part = Part([indicator.id], None, sex, first, last)
    if areas is None:
        shown = list(session.execute(queries.areas_with(part)))
    else:
        shown = areas_named(session, areas, parameter="area")
        part = Part([indicator.id], [area.id for area in shown], sex, first, last)
    fetched = dict(session.execute(queries.periods(part)).all())
    if (cells := len(shown) * len(fetched)) > CELLS:
        raise TooManyCells(cells=cells, areas=len(shown), periods=len(fetched), most=CELLS)
    stored = session.execute(queries.cells(part))
    found = rules.matrix([area.id for area in shown], list(fetched), (Cell(*row) for row in stored))
    return {
        "indicator": indicator,
        "areas": [area._mapping for area in shown],
        "periods": list(fetched),
        "sex": sex,
        **vars(found),
        "breaks": [],
        "source": reference(indicator, max(fetched.values(), default=None)),
    }


def by_source(session: Session, source: str) -> dict[str, uuid.UUID]:
    """Indicator ids by their id in a source."""
    return dict(session.execute(select(INDICATOR.source_id, INDICATOR.id).where(INDICATOR.source == source)).all())


def by_slug(session: Session) -> dict[str, uuid.UUID]:
    """Indicator ids by slug."""
    return dict(session.execute(select(INDICATOR.slug, INDICATOR.id)).all())


def load_definitions(session: Session) -> int:
    """Create the Sotkanet indicators that are missing, and answer how many were. What is there stays as it is."""
    return define(session, _definitions())


def define(session: Session, specs: Iterable[IndicatorSpec]) -> int:
    """Create the indicators whose source and id there are new, and answer how many were.

    The slug is made of both: ``sotkanet-127``.
    """
    known = set(session.execute(select(INDICATOR.source, INDICATOR.source_id)))
    missing = [spec for spec in specs if (spec.source, spec.source_id) not in known]
    for spec in missing:
        name = spec.name
        session.add(
            Indicator(
                **dict(spec),
                slug=slugged(f"{spec.source}-{spec.source_id}"),
                sort_name=sort_name(name.fi),
                search_name="\n".join(folded(text) for text in name.stored().values()),
            )
        )
    session.flush()
    return len(missing)


def _definitions() -> Iterator[IndicatorSpec]:
    with DEFINITIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield IndicatorSpec(
                source=SOTKANET,
                source_id=row["sotkanet_id"],
                name=Localized(fi=row["title_fi"], sv=row["title_sv"] or None, en=row["title_en"] or None),
                unit=row["unit"],
                organisation=row["organization"] or None,
                licence=row["licence"] or None,
                levels=row["levels"].split("|") if row["levels"] else [],
                sexes=[Sex(sex) for sex in row["sexes"].split("|") if sex],
            )


def existing(session: Session, keys: Collection[Key]) -> dict[Key, Numbers]:
    """What is stored under these keys, and perhaps some beside them: one query.

    It selects by the indicators, areas, sexes and periods of the keys: give keys that share few indicators.
    """
    if not keys:
        return {}
    indicators, areas, sexes, periods = (set(part) for part in zip(*keys, strict=True))
    found = session.execute(
        select(VALUE.indicator_id, VALUE.area_id, VALUE.sex, VALUE.period, VALUE.value, VALUE.absolute).where(
            VALUE.indicator_id.in_(indicators),
            VALUE.area_id.in_(areas),
            VALUE.sex.in_(sexes),
            VALUE.period.in_(periods),
        )
    )
    return {Key(*row[:4]): Numbers(*row[4:]) for row in found}


def compare(
    session: Session, rows: Sequence[ValueRow], *, columns: Collection[Column] = COLUMNS, keep: bool = False
) -> list[Compared]:
    """Each row of a block beside what is stored: new, equal or different, with the old numbers. One query.

    ``columns`` are those that the file has; others are not compared. ``keep``: rows that differ will
    not be written (a key that comes twice then meets what was stored, not the row before it).
    """
    stored = existing(session, {row.key for row in rows})
    return list(rules.compared(rows, stored, columns, keep=keep))


def write_values(
    session: Work,
    rows: Iterable[ValueRow],
    *,
    columns: Collection[Column] = COLUMNS,
    fetched_at: datetime | None = None,
) -> int:
    """Create or overwrite these values, and answer how many. Give only rows that are new or differ.

    ``columns`` that are not named keep what is stored. Of rows with one key the last counts.
    """
    at = fetched_at or clock.now()
    last = {row.key: row for row in rows}
    if not last:
        return 0
    table = IndicatorValue.__table__  # type: ignore[attr-defined]
    insert = upsert_for(session.connection().dialect.name)(table)
    changed = {name: insert.excluded[name] for name in (*columns, "fetched_at")}
    statement = insert.on_conflict_do_update(index_elements=[column.name for column in table.primary_key], set_=changed)
    numbers = {key: rules.written(row, None, columns) for key, row in last.items()}
    new = [{**key._asdict(), **said._asdict(), "fetched_at": at} for key, said in numbers.items()]
    session.connection().execute(statement, new)
    session.wrote(table, Change("indicator_value", "imported", rows=len(last)))
    return len(last)


def values_of(session: Session, part: Part | None = None) -> Iterator[ValueLine]:
    """The values by indicator slug, area slug, sex and period, read as they are taken: memory stays flat.

    Needs a session with a transaction (SnapshotSession, ``Database.snapshot``) that stays open meanwhile.
    """
    found = session.execute(queries.lines(part or Part()), execution_options={"yield_per": 2000})
    return (ValueLine(*row) for row in found)
