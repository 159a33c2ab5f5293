"""The throw-away PostgreSQL of the tests works, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.ephemeral_postgres import EphemeralPostgres, NoPostgres

ROOT = Path(__file__).parents[1]
ORPHAN = """
import time
from tests.ephemeral_postgres import EphemeralPostgres
with EphemeralPostgres() as server:
    print(server.url, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _no_named_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)


@pytest.fixture
def server() -> Iterator[EphemeralPostgres]:
    try:
        with EphemeralPostgres() as running:
            yield running
    except NoPostgres as reason:
        pytest.skip(str(reason))


def folder_of(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def test_a_database_is_copied_from_a_template(server: EphemeralPostgres) -> None:
    template = create_engine(server.create_database("template"), poolclass=NullPool)
    with template.begin() as connection:
        connection.execute(text("CREATE TABLE place AS SELECT 'Koppa' AS name"))

    copy = create_engine(server.create_database("copy", template="template"), poolclass=NullPool)

    with copy.connect() as connection:
        assert connection.scalar(text("SELECT name FROM place")) == "Koppa"


def test_a_named_server_is_left_as_it_was(server: EphemeralPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    names = text("SELECT datname FROM pg_database ORDER BY datname")
    engine = create_engine(server.url, poolclass=NullPool)
    with engine.connect() as connection:
        before = connection.scalars(names).all()

    monkeypatch.setenv("TEST_DATABASE_URL", server.url.replace("+psycopg", ""))
    with EphemeralPostgres() as borrowed, engine.connect() as connection:
        borrowed.create_database("places")
        during = connection.scalars(names).all()

    with engine.connect() as connection:
        assert len(during) == len(before) + 1
        assert connection.scalars(names).all() == before


def test_a_named_server_must_be_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "sqlite:///places.db")

    with pytest.raises(ValueError, match="names sqlite"):
        EphemeralPostgres().__enter__()


def test_nothing_is_left_of_a_server_whose_owner_was_killed(server: EphemeralPostgres) -> None:
    owner = subprocess.Popen([sys.executable, "-c", ORPHAN], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with owner:
        assert owner.stdout is not None
        url = owner.stdout.readline().strip()
        with create_engine(url, poolclass=NullPool).connect() as connection:
            folders = folder_of(url), Path(connection.scalar(text("SHOW data_directory")))
        assert all(folder.is_dir() for folder in folders)

        os.kill(owner.pid, signal.SIGKILL)

    deadline = time.monotonic() + 30
    while any(folder.exists() for folder in folders) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(folder.exists() for folder in folders)
