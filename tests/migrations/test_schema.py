"""Tables come to be by migrations alone: up, down, and up on data, on both engines."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from app.core import rows, schema
from app.core.database import Command, Database
from app.core.localized import Localized
from app.materials.models import DocumentReview, ReviewedDocument
from app.tables import METADATA
from tests import counties
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


def test_a_document_that_was_reviewed_before_reviews_were_recorded_has_that_review(database: Database) -> None:
    with database.writing(Command("test")) as session:
        county_id = counties.beside(session)
    before = ScriptDirectory(str(schema.ROOT / "migrations")).get_revision("0009").down_revision
    schema.downgrade(database.engine, str(before))
    facts = {"county_id": county_id, "kind": "guide", "title": Localized(fi="Opas"), "also_called": []}
    facts |= {"review_every_months": 12, "sort_name": "opas", "search_name": "opas"}
    reviewed, never = (
        ReviewedDocument(slug=slug, last_reviewed_in=period, **facts)
        for slug, period in (("reviewed", "2025-11"), ("never", None))
    )
    with database.engine.begin() as connection:
        connection.execute(METADATA.tables["reviewed_document"].insert(), [rows.columns(d) for d in (reviewed, never)])

    schema.upgrade(database.engine)

    with database.snapshot() as session:
        reviews = {review.document_id: review for review in session.scalars(select(DocumentReview))}
        assert (reviews[reviewed.id].reviewed_in, reviews[reviewed.id].note) == ("2025-11", None)
        assert (reviews[reviewed.id].version, reviews[reviewed.id].updated_at) == (1, reviewed.updated_at)
        assert never.id not in reviews


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
