"""Databases to restore into, and a backup to restore."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import deployment
from app.core.database import Database
from tests.conftest import settings_for
from tests.ephemeral_postgres import EphemeralPostgres
from tests.transfer.backups import Empty, written


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
