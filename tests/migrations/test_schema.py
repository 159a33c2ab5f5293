"""Tables come to be by migrations alone: up, down, and up on data, on both engines."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.core import schema
from app.core.database import Database
from app.tables import METADATA
from tests.conftest import prepared


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(schema.ROOT / "migrations")).get_heads()) == 1


def test_migrations_make_the_tables_that_the_models_state(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": METADATA})
        differences = compare_metadata(context, METADATA)
        checks = {(t, c["name"]) for t in METADATA.tables for c in inspect(connection).get_check_constraints(t)}
    stated = {(t.name, c.name) for t in METADATA.tables.values() for c in t.constraints if "Check" in type(c).__name__}

    assert differences == []
    assert {(t, str(n)) for t, n in stated} == checks


def test_down_to_nothing_and_up_again(database: Database, database_url: str) -> None:
    for revision in _downwards():
        schema.downgrade(database.engine, revision)

    with database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    prepared(database_url)
    assert schema.current(database.engine) == schema.head()


def test_up_on_data_keeps_it(database: Database) -> None:
    schema.upgrade(database.engine)

    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM area")).scalar() == 18


def test_a_broken_migration_of_the_schema_leaves_it_as_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.downgrade(database.engine, "base")
    monkeypatch.setattr("alembic.operations.ops.CreateIndexOp.create_index", _break)
    monkeypatch.setattr("alembic.operations.base.BatchOperations.create_index", _break)

    with pytest.raises(ZeroDivisionError):
        schema.upgrade(database.engine)

    with database.engine.connect() as connection:
        assert "area" not in inspect(connection).get_table_names()
    assert schema.current(database.engine) is None


def _break(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def _downwards() -> list[str]:
    revisions = [s.revision for s in ScriptDirectory(str(schema.ROOT / "migrations")).walk_revisions()]
    return [*revisions[1:], "base"]
