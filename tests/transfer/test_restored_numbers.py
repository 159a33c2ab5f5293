"""After a restore no number of a family means what it meant before: a server that kept answers must not give them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.areas.models import Area
from app.core import clock, revisions, rows, schema
from app.core.database import Command, Database
from app.core.localized import Localized
from app.main import create_app
from app.transfer import restore as restoring
from app.transfer.restore import restore
from tests.conftest import ENGINES, settings_for
from tests.transfer.backups import Empty, written

PATH = "/v1/areas/491"
FAMILIES = {"areas", "places", "statistics", "meetings", "evaluations"}  # the last two are in no row of the backup


def numbers(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return revisions.numbers(session.connection())


def rename(database: Database, name: str) -> None:
    with database.writing(Command("test")) as session:
        rows.find(session, Area, "491").name = Localized(fi=name)


def emptied_by_hand(database: Database) -> None:
    schema.downgrade(database.engine, "base")


def emptied_but_for_the_numbers(database: Database) -> None:
    restoring._empty(database)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("empty_it", [emptied_by_hand, emptied_but_for_the_numbers])
def test_a_running_server_never_takes_a_restored_number_for_one_that_it_has_seen(
    engine: str, empty: Empty, small: Path, empty_it: Callable[[Database], None]
) -> None:
    database = empty(engine)
    restore(database, small)
    with database.engine.begin() as connection:  # as if the file had been loaded and never restored
        connection.execute(text("UPDATE revision SET number = 1"))
    backup = written(database, small.with_name("later.backup"))

    with TestClient(create_app(settings_for(database.url), database)) as client:
        rename(database, "Ensimmäinen")
        assert client.get(PATH).json()["name"]["fi"] == "Ensimmäinen"  # kept under number 2
        empty_it(database)
        restore(database, backup)
        rename(database, "Toinen")  # this would be number 2 again
        shown = client.get(PATH).json()["name"]["fi"]

    assert shown == "Toinen"


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_are_lifted_above_those_of_before_of_the_file_and_of_any_clockful_of_writes(
    engine: str, empty: Empty, small: Path
) -> None:
    database = empty(engine)
    schema.upgrade(database.engine)
    since_2020 = int((clock.now() - revisions.SECONDS_SINCE).total_seconds())
    high = since_2020 + int(timedelta(days=900).total_seconds())
    with database.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO revision (family, number) VALUES ('areas', {high})"))

    restore(database, small)

    found = numbers(database)
    assert found["areas"] == high + 1
    assert set(found) >= FAMILIES
    assert all(number > since_2020 for number in found.values())


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_go_on_after_a_restore_that_failed_and_after_a_second_one(
    engine: str, empty: Empty, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, upgrade = empty(engine), schema.upgrade
    this_second = clock.now()
    monkeypatch.setattr(clock, "now", lambda: this_second)

    def to_head_breaks(engine: object, to: str = "head") -> None:
        if to == "head":
            raise ZeroDivisionError
        upgrade(engine, to)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(schema, "upgrade", to_head_breaks)
        with pytest.raises(ZeroDivisionError):
            restore(database, small)
    after_the_failure = numbers(database)
    restore(database, small)
    after_the_second = numbers(database)

    assert all(after_the_second[family] > number for family, number in after_the_failure.items())
