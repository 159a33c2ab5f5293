"""A backup is one moment of the whole database, and comes back whole on either database, or not at all."""

import stat
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Column,
    Integer,
    Interval,
    MetaData,
    Table,
    Text,
    func,
    insert,
    null,
    select,
    text,
    update,
)

from app import deployment
from app.areas.models import Area
from app.core import schema
from app.core.database import Command, Database
from app.core.periods import Month
from app.indicators.models import Indicator, IndicatorValue
from app.places.models import MeetingPlace
from app.statistics import rollup, service
from app.statistics.models import VisitDay, VisitMonthField
from app.tables import METADATA
from app.transfer import backup, demo
from app.transfer.backup import FileIsNoBackup, FileIsThere, ValueNotReadable, tables_of
from app.transfer.restore import restore
from tests.conftest import ENGINES, settings_for
from tests.ephemeral_postgres import EphemeralPostgres
from tests.transfer.backups import Empty, contents, every_row, rows_in, rows_of, written

DAY, FIELD, AREA = VisitDay.__table__, VisitMonthField.__table__, Area.__table__
PLACE, VALUE, INDICATOR = MeetingPlace.__table__, IndicatorValue.__table__, Indicator.__table__
AWKWARD = "päivä 👶🏽\n\"quoted\" 'and' \\back\\ \t tab; ,comma\u2028 [bold] %s {x} ääkköset"


@pytest.mark.parametrize("ground", [demo.load], ids=["demo"])
def test_demo_data_comes_back_equal_on_the_other_engine(database: Database, other: Database, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []

    made = backup.write(database, METADATA, tmp_path / "a", progress=lambda *step: steps.append(step))
    restored = restore(other, tmp_path / "a", progress=lambda *step: steps.append(step))
    again = backup.write(other, METADATA, tmp_path / "b")

    assert contents(made) == contents(restored) == contents(again)
    assert {t.name: t.rows for t in made.tables}["visit_day"] == 1610
    assert every_row(database) == every_row(other)
    assert schema.current(other.engine) == schema.head()
    assert steps[-1] == (3 * made.rows, 3 * made.rows)
    assert all(done <= of for done, of in steps)


@pytest.mark.parametrize("ground", [demo.load], ids=["demo"])
def test_what_is_written_meanwhile_is_not_half_in_it(database: Database, other: Database, tmp_path: Path) -> None:
    with database.reading() as session:
        place = session.scalar(select(func.max(DAY.c.place_id.cast(Text)).label("id")))
    key = (uuid.UUID(place), date(2026, 6, 1), 9)
    facts = {"form_version": 1, "status": "open", "open_minutes": 60, "counts": {"adults": 999}, "note": None}
    writes: list[int] = []

    def meanwhile(done: int, _: int) -> None:
        if not writes:
            with database.writing(Command("test")) as session:
                rollup.lock(session, {(key[0], str(Month.of(key[1])))})
                service.write_days(session, {key: facts}, {}, source="demo")
            writes.append(done)

    made = backup.write(database, METADATA, tmp_path / "a", progress=meanwhile)
    restore(other, tmp_path / "a")

    assert writes
    assert writes[0] < made.rows
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DAY)) == 1611
    with other.reading() as session:
        days = session.execute(select(DAY.c.place_id, DAY.c.visited_on, DAY.c.counts)).all()
        totals = session.execute(select(FIELD.c.place_id, FIELD.c.month, FIELD.c.field, FIELD.c.total)).all()
    recount: dict[tuple[Any, ...], int] = {}
    for id, day, counts in days:
        for field, number in counts.items():
            cell = (id, str(Month.of(day)), field)
            recount[cell] = recount.get(cell, 0) + number
    assert len(days) == 1610
    assert {tuple(row[:3]): row[3] for row in totals} == recount


def test_awkward_values_survive(database: Database, other: Database, tmp_path: Path) -> None:
    with database.writing(Command("test")) as session:
        area, indicator = session.scalars(select(AREA.c.id)).first(), session.scalars(select(INDICATOR.c.id)).first()
        places = session.scalars(select(PLACE.c.id).order_by(PLACE.c.slug)).all()
        session.execute(update(PLACE).where(PLACE.c.id == places[0]).values(description=null(), address=AWKWARD))
        session.execute(
            text("UPDATE meeting_place SET description = 'null' WHERE slug = (SELECT max(slug) FROM meeting_place)")
        )
        counts = {"b": 2**53 + 1, "a": 2**70, "ä👶": -1, "float": 1.5, "null": None, "deep": {"x": [True, [], {}]}}
        session.execute(
            insert(DAY).values(
                id=uuid.UUID(int=2**128 - 1),
                version=2**31 - 1,
                updated_at=datetime(2026, 3, 29, 1, 0, 0, 1, UTC),
                place_id=places[0],
                visited_on=date(9999, 12, 31),
                part=9,
                form_version=1,
                status="open",
                counts=counts,
                note=AWKWARD,
                source="api",
            )
        )
        floats = [0.1, 1e-300, 1.7976931348623157e308, -0.0, 100.0, 5e-324, None]
        session.execute(
            insert(VALUE),
            [
                {
                    "indicator_id": indicator,
                    "area_id": area,
                    "sex": "total",
                    "period": f"ä{n}" if n % 2 else f"Z{n}",
                    "value": value,
                    "fetched_at": datetime(1, 1, 1, tzinfo=UTC),
                }
                for n, value in enumerate(floats)
            ],
        )

    made = backup.write(database, METADATA, tmp_path / "a")
    restore(other, tmp_path / "a")

    assert contents(backup.write(other, METADATA, tmp_path / "b")) == contents(made)
    assert every_row(other) == every_row(database)
    with other.reading() as session:
        raw = session.execute(select(PLACE.c.description.cast(Text)).order_by(PLACE.c.slug)).scalars().all()
        [found] = session.execute(select(DAY)).mappings()
        assert (raw[0], raw[-1]) == (None, "null")
    assert (found["note"], found["counts"], list(found["counts"])) == (AWKWARD, counts, list(counts))
    assert found["updated_at"] == datetime(2026, 3, 29, 1, 0, 0, 1, UTC)


def test_rows_that_point_at_rows_of_their_own_table_come_back(database: Database, empty: Empty, tmp_path: Path) -> None:
    target = empty("postgresql")
    with database.writing(Command("test")) as session:
        first, *_, last = session.scalars(select(AREA.c.id).order_by(AREA.c.id)).all()
        session.execute(update(AREA).where(AREA.c.id == first).values(successor_id=last))

    restore(target, written(database, tmp_path / "a"))

    with target.reading() as session:
        pairs = session.execute(
            select(AREA.c.id, AREA.c.successor_id).where(AREA.c.successor_id.is_not(None)).order_by(AREA.c.id)
        ).all()
    assert (first, last) in [tuple(pair) for pair in pairs]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_backup_of_any_earlier_schema_is_restored_and_migrated(
    engine: str, empty: Empty, postgres: EphemeralPostgres, postgres_template: str, tmp_path: Path
) -> None:
    source = deployment.database(settings_for(postgres.create_database(f"o_{uuid.uuid4().hex}", postgres_template)))
    for step in ScriptDirectory(str(schema.ROOT / "migrations")).walk_revisions():
        schema.bring(source.engine, step.revision)
        as_it_was = MetaData()
        as_it_was.reflect(source.engine)
        made = backup.write(source, as_it_was, tmp_path / step.revision)
        target = empty(engine)

        restored = restore(target, tmp_path / step.revision)

        assert restored.schema_revision == step.revision
        assert schema.current(target.engine) == schema.head()
        assert rows_in(target) >= rows_of(made) > 0
    source.engine.dispose()


def test_numbers_that_postgresql_gives_go_on_after_the_restored_ones(
    empty: Empty, tmp_path: Path, postgres: EphemeralPostgres, postgres_template: str
) -> None:
    source = deployment.database(settings_for(postgres.create_database(f"n_{uuid.uuid4().hex}", postgres_template)))
    more = MetaData()
    numbered = Table("numbered", more, Column("id", Integer, primary_key=True), Column("name", Text))
    target = empty("postgresql")
    for database in (source, target):
        schema.upgrade(database.engine)
        more.create_all(database.engine)
    with source.engine.begin() as connection:
        connection.execute(insert(numbered), [{"name": "a"}, {"name": "b"}])

    backup.write(source, more, tmp_path / "a")
    restore(target, tmp_path / "a")

    with target.engine.begin() as connection:
        assert connection.scalar(insert(numbered).values(name="c").returning(numbered.c.id)) == 3
    source.engine.dispose()


def test_a_file_that_is_there_is_not_overwritten_by_itself(only_sqlite: str, small: Path, tmp_path: Path) -> None:
    database = deployment.database(settings_for(only_sqlite))
    file = Path(only_sqlite.removeprefix("sqlite:///"))
    before = small.read_bytes()

    with pytest.raises(FileIsThere):
        written(database, small)
    assert small.read_bytes() == before
    with pytest.raises(FileIsNoBackup):
        written(database, file, overwrite=True)
    with pytest.raises(FileIsNoBackup):
        written(database, tmp_path, overwrite=True)
    written(database, small, overwrite=True)

    assert small.read_bytes() != before
    assert list(tmp_path.glob(".*")) == []


def test_only_the_owner_can_read_a_backup(small: Path) -> None:
    assert stat.S_IMODE(small.stat().st_mode) == 0o600


def test_a_backup_that_fails_leaves_no_file(only_sqlite: str, tmp_path: Path) -> None:
    database = deployment.database(settings_for(only_sqlite))
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE meeting_place SET latitude = 'north', longitude = 'east'"))

    with pytest.raises(ValueNotReadable, match="meeting_place"):
        written(database, tmp_path / "a")

    assert [f.name for f in tmp_path.iterdir() if not f.name.startswith("test.db")] == []


def test_a_table_that_is_ephemeral_stays_out() -> None:
    tables = MetaData()
    Table("kept", tables, Column("id", Integer, primary_key=True), Column("facts", JSON))
    Table("passing", tables, Column("id", Integer, primary_key=True), info={"ephemeral": True})

    assert [t.name for t in tables_of(tables)] == ["kept"]


def test_every_table_of_ours_can_be_written_and_restored() -> None:
    kept = {t.name for t in tables_of(METADATA)}

    for table in tables_of(METADATA):
        columns = METADATA.tables[table.name].columns
        assert all(columns[name].nullable for name in table.later)
        assert {fk.column.table.name for fk in METADATA.tables[table.name].foreign_keys} <= kept


def test_a_column_of_a_type_that_has_no_tag_is_told_to_whoever_adds_it() -> None:
    tables = MetaData()
    Table("odd", tables, Column("id", Integer, primary_key=True), Column("lasts", Interval))

    with pytest.raises(TypeError, match="Interval"):
        tables_of(tables)
