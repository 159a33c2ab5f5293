"""A backup is one moment of the whole database, and comes back whole on either database, or not at all."""

import json
import random
import stat
import uuid
import zipfile
from collections.abc import Callable, Iterator
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
    inspect,
    null,
    select,
    text,
    update,
)

from app import deployment
from app.areas.models import Area
from app.core import schema
from app.core.database import Command, Database
from app.core.errors import Refusal
from app.core.periods import Month
from app.indicators.models import Indicator, IndicatorValue
from app.places.models import MeetingPlace
from app.statistics import rollup, service
from app.statistics.models import VisitDay, VisitMonthField
from app.tables import METADATA
from app.transfer import backup, demo
from app.transfer.backup import FileIsNoBackup, FileIsThere, ValueNotReadable, tables_of
from app.transfer.backup_file import BackupDamaged, BackupIsNewer, Manifest, NotABackup
from app.transfer.restore import DatabaseIsNewer, DatabaseNotEmpty, RowsNotTaken, check, restore
from tests.conftest import ENGINES, settings_for
from tests.ephemeral_postgres import EphemeralPostgres

DAY, FIELD, AREA = VisitDay.__table__, VisitMonthField.__table__, Area.__table__
PLACE, VALUE, INDICATOR = MeetingPlace.__table__, IndicatorValue.__table__, Indicator.__table__
AWKWARD = "päivä 👶🏽\n\"quoted\" 'and' \\back\\ \t tab; ,comma\u2028 [bold] %s {x} ääkköset"
Empty = Callable[[str], Database]


@pytest.fixture
def empty(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Empty]:
    """Makes empty databases on an engine of choice, without a schema."""
    made: list[Database] = []

    def on(engine: str) -> Database:
        name = f"e_{uuid.uuid4().hex}"
        if engine == "sqlite":
            url = f"sqlite:///{tmp_path / name}.db"
        else:
            server: EphemeralPostgres = request.getfixturevalue("postgres")
            url = server.create_database(name)
        made.append(deployment.database(settings_for(url)))
        return made[-1]

    yield on
    for database in made:
        database.engine.dispose()


@pytest.fixture
def other(database: Database, empty: Empty) -> Database:
    """An empty database on the other engine."""
    return empty("postgresql" if database.is_sqlite else "sqlite")


@pytest.fixture
def small(only_sqlite: str, tmp_path: Path) -> Path:
    """A backup of the shipped plan."""
    return written(deployment.database(settings_for(only_sqlite)), tmp_path / "small.backup")


def written(database: Database, file: Path, **options: Any) -> Path:
    backup.write(database, METADATA, file, **options)
    database.engine.dispose()
    return file


def every_row(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.reading() as session:
        return {
            t.name: sorted(map(tuple, session.execute(select(t)).all()), key=repr) for t in METADATA.tables.values()
        }


def contents(manifest: Manifest) -> dict[str, tuple[int, str]]:
    return {table.name: (table.rows, table.sha256) for table in manifest.tables}


def rows_in(database: Database) -> int:
    with database.engine.connect() as connection:
        names = [n for n in inspect(connection).get_table_names() if n != schema.VERSION_TABLE]
        return sum(connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names)


def changed(file: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The same backup with another manifest."""
    result = file.with_suffix(".changed")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest).encode()
            new.writestr(name, content)
    return result


def test_demo_data_comes_back_equal_on_the_other_engine(database: Database, other: Database, tmp_path: Path) -> None:
    demo.load(database)
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


def test_what_is_written_meanwhile_is_not_half_in_it(database: Database, other: Database, tmp_path: Path) -> None:
    demo.load(database)
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
        assert rows_in(target) >= made.rows > 0
    source.engine.dispose()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_database_that_is_migrated_but_empty_will_do(engine: str, empty: Empty, small: Path) -> None:
    target = empty(engine)
    schema.upgrade(target.engine)
    with target.engine.begin() as connection:
        connection.execute(text("INSERT INTO revision (family, number) VALUES ('areas', 7)"))

    restored = restore(target, small)

    assert rows_in(target) == restored.rows


def test_a_database_with_rows_is_left_alone(database: Database, small: Path) -> None:
    before = every_row(database)

    with pytest.raises(DatabaseNotEmpty):
        restore(database, small)

    assert every_row(database) == before


def test_a_database_of_others_is_left_alone(empty: Empty, small: Path) -> None:
    target = empty("postgresql")
    with target.engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs AS SELECT 1 AS one"))

    with pytest.raises(DatabaseNotEmpty):
        restore(target, small)

    assert schema.current(target.engine) is None


def test_a_database_of_a_newer_version_is_left_alone(empty: Empty, small: Path) -> None:
    target = empty("sqlite")
    schema.upgrade(target.engine)
    with target.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseIsNewer):
        restore(target, small)


def lacking(file: Path, member: str) -> Path:
    result = file.with_suffix(".lacking")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            if name != member:
                new.writestr(name, old.read(name))
    return result


def flipped(file: Path, at: int) -> Path:
    content = bytearray(file.read_bytes())
    content[at] ^= 0xFF
    result = file.with_suffix(".flipped")
    result.write_bytes(content)
    return result


def cut(file: Path) -> Path:
    result = file.with_suffix(".cut")
    result.write_bytes(file.read_bytes()[:-200])
    return result


def text_instead(file: Path) -> Path:
    result = file.with_suffix(".txt")
    result.write_text("place;date\n")
    return result


def less_rows(manifest: dict[str, Any]) -> None:
    manifest["tables"][0]["rows"] -= 1


def other_type(manifest: dict[str, Any]) -> None:
    area = next(t for t in manifest["tables"] if t["name"] == "area")
    next(c for c in area["columns"] if c["name"] == "slug")["type"] = "date"


BAD: dict[str, tuple[Callable[[Path], Path], type[Refusal]]] = {
    "a flipped byte": (lambda f: flipped(f, 150), BackupDamaged),
    "a table is missing": (lambda f: lacking(f, "tables/area.jsonl"), BackupDamaged),
    "the manifest is missing": (lambda f: lacking(f, "manifest.json"), NotABackup),
    "cut": (cut, NotABackup),
    "not a zip": (text_instead, NotABackup),
    "counts differ": (lambda f: changed(f, less_rows), BackupDamaged),
    "hashes differ": (lambda f: changed(f, lambda m: m["tables"][0].update(sha256="0" * 64)), BackupDamaged),
    "values differ from types": (lambda f: changed(f, other_type), BackupDamaged),
    "a manifest without tables": (lambda f: changed(f, lambda m: m.pop("tables")), BackupDamaged),
    "an unknown type": (lambda f: changed(f, lambda m: m["tables"][0]["columns"][0].update(type="x")), BackupDamaged),
    "a key that is no column": (lambda f: changed(f, lambda m: m["tables"][0].update(key=["x"])), BackupDamaged),
    "a table twice": (lambda f: changed(f, lambda m: m["tables"].append(m["tables"][0])), BackupDamaged),
    "unknown format": (lambda f: changed(f, lambda m: m.update(format=2)), BackupIsNewer),
    "newer schema": (lambda f: changed(f, lambda m: m.update(schema_revision="9999")), BackupIsNewer),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fault", BAD)
def test_a_bad_file_is_refused_and_nothing_is_written(fault: str, engine: str, empty: Empty, small: Path) -> None:
    make, refusal = BAD[fault]
    target, bad = empty(engine), make(small)

    with pytest.raises(refusal):
        restore(target, bad)
    with pytest.raises(refusal):
        check(bad)

    assert schema.current(target.engine) is None


def test_no_byte_can_change_unseen(small: Path) -> None:
    dice = random.Random(7)
    good = contents(check(small))

    for at in dice.sample(range(small.stat().st_size), 150):
        try:
            assert contents(check(flipped(small, at))) == good  # a byte that says nothing, such as a date of the zip
        except (NotABackup, BackupDamaged, BackupIsNewer):
            continue


@pytest.mark.parametrize("engine", ENGINES)
def test_a_schema_that_the_tables_do_not_fit_is_told(engine: str, empty: Empty, small: Path) -> None:
    def renamed(manifest: dict[str, Any]) -> None:
        next(t for t in manifest["tables"] if t["name"] == "area")["columns"][3]["name"] = "sluggish"

    target = empty(engine)

    with pytest.raises(RowsNotTaken, match="no column sluggish"):
        restore(target, changed(small, renamed))

    assert rows_in(target) == 0


def test_what_postgresql_does_not_take_leaves_nothing_behind(only_sqlite: str, empty: Empty, tmp_path: Path) -> None:
    source, target = deployment.database(settings_for(only_sqlite)), empty("postgresql")
    with source.writing(Command("test")) as session:
        session.execute(update(PLACE).values(address="a" * 301))

    with pytest.raises(RowsNotTaken, match="meeting_place"):
        restore(target, written(source, tmp_path / "a"))

    assert rows_in(target) == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failed_migration_leaves_no_rows_behind(
    engine: str, empty: Empty, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, upgrade = empty(engine), schema.upgrade

    def to_head_breaks(engine: Any, to: str = "head") -> None:
        if to == "head":
            raise ZeroDivisionError
        upgrade(engine, to)

    monkeypatch.setattr(schema, "upgrade", to_head_breaks)
    with pytest.raises(ZeroDivisionError):
        restore(target, small)

    assert rows_in(target) == 0
    monkeypatch.undo()
    assert restore(target, small).rows == rows_in(target)


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
