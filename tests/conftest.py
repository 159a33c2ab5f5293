"""What tests stand on: a migrated database with the shipped plan, on SQLite and PostgreSQL, and callers."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import deployment
from app.accounts import service as accounts
from app.accounts.roles import Role
from app.core import logs, schema
from app.core.database import Command, Database
from app.main import create_app
from app.settings import Settings
from app.transfer import plan_file
from tests.ephemeral_postgres import EphemeralPostgres, NoPostgres

logs.start("WARNING")
PASSWORD = "correct horse battery"
SECRET = "test-secret-test-secret-test-secret!"
ENGINES = ("sqlite", "postgresql")


def settings_for(url: str, **other: Any) -> Settings:
    """Settings of a test, whatever the environment says."""
    return Settings(**{"database_url": url, "secret_key": SECRET, **other})


def prepared(url: str) -> None:
    """Migrate, load the shipped plan, and let an administrator and a reader sign in."""
    database = deployment.database(settings_for(url))
    schema.upgrade(database.engine)
    with database.writing(Command("test")) as session:
        plan_file.load(session, plan_file.read(plan_file.shipped()))
        for role in Role:
            accounts.create(session, f"{role}@example.org", role, PASSWORD)
    database.engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EphemeralPostgres]:
    """A PostgreSQL server of this test run."""
    try:
        with EphemeralPostgres() as server:
            yield server
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    prepared(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres: EphemeralPostgres) -> str:
    """The name of a prepared PostgreSQL database, to be copied."""
    prepared(postgres.create_database("template_of_tests"))
    return "template_of_tests"


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A prepared database of this test alone, on each engine in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        return f"sqlite:///{tmp_path / 'test.db'}"
    server: EphemeralPostgres = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("postgres_template")
    return server.create_database(f"t_{uuid.uuid4().hex}", template)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    found = deployment.database(settings)
    yield found
    found.engine.dispose()


@pytest.fixture
def app(settings: Settings, database: Database) -> FastAPI:
    return create_app(settings, database)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client without a token."""
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


@dataclass(frozen=True)
class Callers:
    """The headers by which each role is known."""

    admin: dict[str, str]
    reader: dict[str, str]


@pytest.fixture
def callers(app: FastAPI, database: Database) -> Callers:
    """Tokens of an administrator and of a reader."""
    with database.reading() as session:
        tokens = {
            role.value: app.state.signer.token_for(accounts.signed_in(session, f"{role}@example.org", PASSWORD).id)
            for role in Role
        }
    return Callers(**{role: {"Authorization": f"Bearer {token}"} for role, token in tokens.items()})


@pytest.fixture
def admin(callers: Callers) -> dict[str, str]:
    return callers.admin


@pytest.fixture
def reader(callers: Callers) -> dict[str, str]:
    return callers.reader


@pytest.fixture
def only_sqlite(sqlite_template: Path, tmp_path: Path) -> str:
    """A prepared SQLite database, where the engine does not matter."""
    shutil.copy(sqlite_template, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"
