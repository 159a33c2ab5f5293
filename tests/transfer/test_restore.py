"""What is not whole, not ours or not empty is refused, and nothing is written."""

import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    text,
    update,
)

from app import deployment
from app.core import schema
from app.core.database import Command, Database
from app.core.errors import Refusal
from app.places.models import MeetingPlace
from app.transfer.backup_file import BackupDamaged, BackupIsNewer, NotABackup
from app.transfer.restore import DatabaseIsNewer, DatabaseNotEmpty, RowsNotTaken, check, restore
from tests.conftest import ENGINES, settings_for
from tests.transfer.backups import Empty, changed, contents, every_row, rows_in, rows_of, written

PLACE = MeetingPlace.__table__


@pytest.mark.parametrize("engine", ENGINES)
def test_a_database_that_is_migrated_but_empty_will_do(engine: str, empty: Empty, small: Path) -> None:
    target = empty(engine)
    schema.upgrade(target.engine)
    with target.engine.begin() as connection:
        connection.execute(text("INSERT INTO revision (family, number) VALUES ('areas', 7)"))

    restored = restore(target, small)

    assert rows_in(target) == rows_of(restored)


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
    assert rows_of(restore(target, small)) == rows_in(target)
