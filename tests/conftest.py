"""What tests stand on: a migrated database with the shipped plan, on SQLite and PostgreSQL, and callers."""

import gc
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import Session
from starlette.testclient import TestClient

from app import deployment
from app.accounts import passwords
from app.accounts.roles import Role
from app.accounts.service import sign_ins, users
from app.accounts.tokens import Signer
from app.audit.models import AuditChange, AuditEntry
from app.core import logs, schema
from app.core.database import Command, Database
from app.main import create_app
from app.settings import Settings
from app.transfer import plan_file
from tests.ephemeral_postgres import EphemeralPostgres, NoPostgres

logs.start("WARNING")
PASSWORD = "correct horse battery"
OFTEN: dict[str, Any] = {f"{what}_per_minute": 10**9 for what in ("public_reads", "token_reads", "writes", "sign_ins")}
SECRET = "test-secret-test-secret-test-secret!"
PASSWORD_HASH = passwords.hashed(PASSWORD)
ENGINES = ("sqlite", "postgresql")


def pytest_collection_finish() -> None:
    """What is there before the first test stays: collections of garbage pass over it, which saves a tenth."""
    gc.collect()
    gc.freeze()


def settings_for(url: str, **other: Any) -> Settings:
    """Settings of a test, whatever the environment says. Limits are high: tests ask more often than people."""
    return Settings(**{"database_url": url, "secret_key": SECRET, **OFTEN, **other})


def prepared(url: str) -> None:
    """Migrate, load the shipped plan, and let somebody of each role sign in, who has it on everything."""
    database = deployment.database(settings_for(url))
    schema.upgrade(database.engine)
    with database.writing(Command("test")) as session:
        plan_file.load(session, plan_file.read(plan_file.shipped()))
        for role in Role:
            users.give_everything(session, users.create(session, f"{role}@example.org", PASSWORD_HASH), role)
    database.engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EphemeralPostgres]:
    """A PostgreSQL server of this test run."""
    try:
        with EphemeralPostgres() as server:
            yield server
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture
def own_server() -> Iterator[EphemeralPostgres]:
    """A server that a test may hurt."""
    if os.environ.get("TEST_DATABASE_URL"):
        pytest.skip("a borrowed server must not be hurt")
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


Ground = Callable[[Database], Any]


@pytest.fixture
def ground() -> Ground | None:
    """What the tests of a room begin on, besides what is prepared for all.

    A room names a function here that makes it. That is done once in a run for each engine, and each test gets a copy;
    what the function answered is in ``grounded``.
    """
    return None


@dataclass(frozen=True)
class Copy:
    """A database of a test alone, and what its ground was answered to be."""

    url: str
    grounded: Any = None


class Grounds:
    """The grounds that were made so far in this run, and copies of them."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, Ground], tuple[Any, Any]] = {}

    def file(self, template: Path, folder: Path, ground: Ground | None) -> Copy:
        """A copy of an SQLite file, with a ground."""

        def copied(source: Path, to: Path) -> str:
            shutil.copy(source, to)
            return f"sqlite:///{to}"

        source, grounded = self._on("sqlite", template, template.with_name(f"{len(self._made)}.db"), ground, copied)
        return Copy(copied(source, folder / "test.db"), grounded)

    def database(self, server: EphemeralPostgres, template: str, name: str, ground: Ground | None) -> Copy:
        """A copy of a PostgreSQL database, with a ground."""

        def copied(source: str, to: str) -> str:
            return server.create_database(to, source)

        source, grounded = self._on("postgresql", template, f"ground_{len(self._made)}", ground, copied)
        return Copy(copied(source, name), grounded)

    def _on(
        self, engine: str, template: Any, free: Any, ground: Ground | None, copied: Callable[[Any, Any], str]
    ) -> tuple[Any, Any]:
        if ground is None:
            return template, None
        if (engine, ground) not in self._made:
            database = deployment.database(settings_for(copied(template, free)))
            self._made[engine, ground] = free, ground(database)
            database.engine.dispose()
        source, grounded = self._made[engine, ground]
        return source, deepcopy(grounded)


@pytest.fixture(scope="session")
def grounds() -> Grounds:
    return Grounds()


@pytest.fixture(params=ENGINES)
def database_copy(
    request: pytest.FixtureRequest, tmp_path: Path, ground: Ground | None, grounds: Grounds
) -> Iterator[Copy]:
    """A prepared database of this test alone, with the ground of its room, on each engine in turn."""
    if request.param == "sqlite":
        yield grounds.file(request.getfixturevalue("sqlite_template"), tmp_path, ground)
        return
    server: EphemeralPostgres = request.getfixturevalue("postgres")
    name, template = f"t_{uuid.uuid4().hex}", request.getfixturevalue("postgres_template")
    yield grounds.database(server, template, name, ground)
    server.drop_database(name)


@pytest.fixture
def database_url(database_copy: Copy) -> str:
    """The address of a prepared database of this test alone, on each engine in turn."""
    return database_copy.url


@pytest.fixture
def grounded(database_copy: Copy) -> Any:
    """What the ground of this room was answered to be."""
    return database_copy.grounded


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


def trail_of(session: Session, command: str) -> list[tuple[AuditEntry, list[AuditChange]]]:
    """The audit entries of a command, each with its changes."""
    found = session.scalars(select(AuditEntry).where(AuditEntry.command == command))  # type: ignore[arg-type]
    change = AuditChange.__table__.c  # type: ignore[attr-defined]
    query = select(AuditChange).order_by(change.position)
    return [(entry, list(session.scalars(query.where(change.entry_id == entry.id)))) for entry in found]


def id_of(database: Database, email: str) -> uuid.UUID:
    """The id of somebody who can sign in."""
    with database.reading() as session:
        return users.with_email(session, email).id


@dataclass(frozen=True)
class Callers:
    """The headers by which each role is known."""

    admin: dict[str, str]
    reader: dict[str, str]


def headers_of(database: Database, email: str) -> dict[str, str]:
    """The headers by which somebody is known who has just signed in."""
    with database.writing(Command("test")) as session:
        user = users.with_email(session, email)
        sign_in_id, _ = sign_ins.begin(session, user.id, "test")
    return {"Authorization": f"Bearer {Signer(SECRET).token_for(user.id, sign_in_id)}"}


@pytest.fixture
def callers(app: FastAPI, database: Database) -> Callers:
    """Tokens of an administrator and of a reader."""
    return Callers(*(headers_of(database, f"{role}@example.org") for role in ("admin", "reader")))


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
