"""One request, one state: what is committed is seen whole, and what fails leaves nothing."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from starlette.testclient import TestClient

from app.areas.models import Area
from app.audit.models import AuditEntry
from app.core.database import Change, Command, Database
from app.core.revisions import numbers
from app.main import create_app
from tests.conftest import settings_for, trail_of


def rename(database: Database, name: str) -> None:
    with database.writing(Command("rename")) as session:
        area = session.scalars(select(Area).where(Area.slug == "491")).one()
        area.sort_name = name


def test_an_answer_of_several_statements_sees_one_state(database: Database) -> None:
    with database.snapshot() as session:
        before = session.scalar(select(Area.sort_name).where(Area.slug == "491"))
        thread = threading.Thread(target=rename, args=(database, "changed meanwhile"))
        thread.start()
        thread.join(10)
        assert not thread.is_alive()

        assert session.scalar(select(Area.sort_name).where(Area.slug == "491")) == before

    with database.reading() as session:
        assert session.scalar(select(Area.sort_name).where(Area.slug == "491")) == "changed meanwhile"


def test_a_command_that_fails_leaves_nothing_neither_data_nor_audit_nor_revision(database: Database) -> None:
    before = state(database)

    with pytest.raises(RuntimeError, match="half-way"):
        half_way(database)

    assert state(database) == before


def test_a_command_whose_audit_row_fails_leaves_nothing(database: Database) -> None:
    before = state(database)

    def break_it(session: object) -> None:
        raise RuntimeError("no audit row")

    broken = Database(database.url, (break_it,))
    with pytest.raises(RuntimeError, match="no audit row"):
        rename(broken, "unaudited")
    broken.engine.dispose()

    assert state(database) == before


def test_a_dry_run_is_undone(database: Database) -> None:
    before = state(database)

    with database.writing(Command("dry"), keep=False) as session:
        session.scalars(select(Area).where(Area.slug == "491")).one().sort_name = "dry"

    assert state(database) == before


def test_a_command_that_changes_nothing_leaves_no_audit_row(database: Database) -> None:
    before = state(database)

    with database.writing(Command("reads only")) as session:
        session.scalars(select(Area)).all()

    assert state(database) == before


def test_transactions_of_one_import_share_an_audit_row(database: Database) -> None:
    with database.reading() as session:
        table = Area.__table__  # type: ignore[attr-defined]
        shared = session.scalar(select(Area.id).where(Area.slug == "491"))

    for rows in (10, 5):
        with database.writing(Command("import", audit_id=shared)) as work:
            work.wrote(table, Change("area", "imported", rows=rows))

    with database.reading() as session:
        trail = trail_of(session, "import")
    assert [[(c.kind, c.action, c.rows) for c in changes] for _, changes in trail] == [[("area", "imported", 15)]]


def test_a_database_that_is_broken_is_a_problem_without_a_word_of_sql(client: TestClient, database: Database) -> None:
    with database.engine.connect() as connection:
        connection.execute(text("DROP TABLE area_alias"))
        connection.commit()

    answer = client.get("/v1/areas")

    assert (answer.status_code >= 500, answer.headers["Content-Type"]) == (True, "application/problem+json")
    assert "area_alias" not in answer.text


def test_a_database_that_does_not_answer_is_503_and_says_when_to_try_again(tmp_path: Path) -> None:
    nowhere = settings_for(f"postgresql://nobody@/none?host={tmp_path}")

    with TestClient(create_app(nowhere), raise_server_exceptions=False) as client:
        answer = client.get("/v1/areas")
        ready = client.get("/health/ready")

    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert (ready.status_code, ready.json()["database"]) == (503, False)


def half_way(database: Database) -> None:
    with database.writing(Command("fails")) as session:
        session.scalars(select(Area).where(Area.slug == "491")).one().sort_name = "half"
        session.flush()
        raise RuntimeError("half-way")


def state(database: Database) -> tuple[object, ...]:
    with database.reading() as session:
        areas = session.scalars(select(Area.sort_name).order_by(Area.slug)).all()
        entries = session.scalar(select(func.count()).select_from(AuditEntry))
        return tuple(areas), entries, tuple(numbers(session.connection()).items())
