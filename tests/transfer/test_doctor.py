"""The doctor names what is wrong and how to mend it, changes nothing, and never falls over what it finds."""

import json
import os
import secrets
import shutil
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from app.cli import app as cli
from app.core import clock, schema
from app.transfer import database_findings, doctor
from app.transfer.findings import Finding
from tests.ephemeral_postgres import EphemeralPostgres

SECRET = "a1b2c3d4" + secrets.token_hex(32)
Say = Callable[..., None]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and no settings."""
    for name in [name for name in os.environ if name.upper().startswith("PERHEKESKUS_")]:
        monkeypatch.delenv(name)
    made = tmp_path / "folder"
    made.mkdir()
    monkeypatch.chdir(made)
    return made


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Set settings."""

    def set_(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"PERHEKESKUS_{name}", value)

    return set_


@pytest.fixture
def healthy(database_url: str, say: Say) -> str:
    """A database on each engine, with all settings as they should be."""
    say(DATABASE_URL=database_url, SECRET_KEY=SECRET)
    if file := file_of(database_url):
        file.chmod(0o600)
    return database_url


@pytest.fixture
def healthy_file(only_sqlite: str, say: Say) -> Path:
    """The same on SQLite alone; answers its file."""
    say(DATABASE_URL=only_sqlite, SECRET_KEY=SECRET)
    file = file_of(only_sqlite)
    assert file
    file.chmod(0o600)
    return file


@pytest.fixture
def on_postgresql(postgres: EphemeralPostgres, postgres_template: str, say: Say) -> str:
    """The same on PostgreSQL alone."""
    url = postgres.create_database(f"d_{uuid.uuid4().hex}", postgres_template)
    say(DATABASE_URL=url, SECRET_KEY=SECRET)
    return url


def file_of(url: str) -> Path | None:
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None


def found(what: str) -> list[Finding]:
    return [finding for finding in doctor.examine() if finding.what == what]


def the(what: str) -> Finding:
    [finding] = found(what)
    assert (finding.cure is None) == finding.is_good == (finding.level == "good")
    return finding


def execute(url: str, statement: str) -> None:
    """SQL as somebody with other tools would run it."""
    if file := file_of(url):
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(statement)
    else:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as server:
            server.execute(statement.encode())


def test_a_healthy_deployment_has_nothing_to_mend(healthy: str) -> None:
    looked_at = doctor.examine()

    assert [finding for finding in looked_at if finding.level != "good"] == []
    assert {"settings", "database", "schema", "clock", "time zone", "secret", "disk"} <= {f.what for f in looked_at}


def test_who_is_stored_too_long_is_counted_and_not_named(healthy: str) -> None:
    assert the("persons").level == "good"
    columns = "id, version, updated_at, county_id, organisation_id, display_name, purpose, is_public, retention_until"
    kind = "INSERT INTO organisation_kind (id, version, updated_at, county_id, code, name) SELECT id, 1, '2026-01-01'"
    execute(healthy, f"""{kind}, id, 'doctor', '{{"fi": "Seura"}}' FROM area WHERE slug = 'county-12'""")
    execute(
        healthy,
        "INSERT INTO organisation (id, version, updated_at, slug, county_id, kind_id, name, sort_name, search_name) "
        """SELECT id, 1, '2026-01-01', 'doctor', county_id, id, '{"fi": "Seura"}', 'x', 'x' FROM organisation_kind """
        "WHERE code = 'doctor'",
    )
    for id, name, until in (("491", "Äiti Ääni", -1), ("740", "Isä Ääni", 0), ("593", "Eno Ääni", -700)):
        day = clock.today() + timedelta(days=until)
        execute(
            healthy,
            f"INSERT INTO person ({columns}, sort_name, search_name) "
            f"SELECT area.id, 1, '2026-01-01', o.county_id, o.id, '{name}', 'x', false, '{day}', 'x', 'x' "
            f"FROM area, organisation o WHERE area.slug = '{id}' AND o.slug = 'doctor'",
        )

    finding = the("persons")

    assert (finding.level, finding.said[:2]) == ("warning", "2 ")
    assert f"retention_before={clock.today()}" in (finding.cure or "")
    assert "Ääni" not in f"{finding}"


def test_it_makes_no_file(folder: Path) -> None:
    missing = the("database")

    assert (missing.level, "no file" in missing.said) == ("bad", True)
    assert "perhekeskus migrate" in (missing.cure or "")
    assert list(folder.iterdir()) == []


def test_a_setting_that_is_almost_known_is_named_with_the_name_that_was_meant(healthy: str, say: Say) -> None:
    say(SUPRESS_BELOW="3")

    finding = the("settings")

    assert (finding.level, finding.cure) == ("bad", "Did you mean PERHEKESKUS_SUPPRESS_BELOW?")
    assert "PERHEKESKUS_SUPRESS_BELOW" in finding.said


def test_a_setting_that_is_like_none_is_a_warning(healthy: str, say: Say) -> None:
    say(QUITE_ANOTHER="3", LANG="fi", TOKEN="x")

    finding = the("settings")

    assert (finding.level, "PERHEKESKUS_QUITE_ANOTHER" in finding.said) == ("warning", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPPRESS_BELOW", "many"),
        ("DATABASE_CONNECTIONS", "1"),
        ("LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("DATABASE_URL", "postgresql://user:password@host:port/name"),
        ("CORS_ORIGINS", "https://good.example.fi,https://example.fi/path"),
        ("CORS_ORIGINS", "*"),
    ],
)
def test_a_setting_that_cannot_be_read_is_a_finding(healthy: str, say: Say, name: str, value: str) -> None:
    say(**{name: value})

    finding = the("settings")

    assert (finding.level, f"PERHEKESKUS_{name}" in finding.said) == ("bad", True)
    assert value not in finding.said + str(finding.cure)
    assert the("secret").is_good  # the rest is looked at all the same


def test_a_database_in_memory_is_told(say: Say) -> None:
    say(DATABASE_URL="sqlite:///:memory:", SECRET_KEY=SECRET)

    assert the("database").level == "bad"


def test_a_file_that_others_may_read_is_a_warning(healthy_file: Path) -> None:
    healthy_file.chmod(0o644)

    finding = the("database file")

    assert (finding.level, finding.cure) == ("warning", f"chmod 600 {healthy_file}")


@pytest.mark.parametrize("closed", ["file", "folder"])
def test_a_file_or_folder_that_cannot_be_written_is_told(
    healthy_file: Path, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    place = healthy_file if closed == "file" else healthy_file.parent
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != place)

    finding = the("database file")

    assert (finding.level, str(place) in finding.said) == ("bad", True)


def test_a_damaged_file_is_told(healthy_file: Path) -> None:
    with closing(sqlite3.connect(healthy_file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(healthy_file.read_bytes())
    for page in range(2, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 64] = b"\x55" * 64
    healthy_file.write_bytes(content)

    assert "restore" in str(the("database").cure)


def test_a_file_of_something_else_is_told(healthy_file: Path) -> None:
    healthy_file.write_text("place;date\n" * 1000)

    assert "PERHEKESKUS_DATABASE_URL" in str(the("database").cure)


def test_a_disk_that_refuses_wal_is_told() -> None:
    answers = iter(["ok", "delete"])
    connection: Any = SimpleNamespace(scalar=lambda _: next(answers))

    good, journal = database_findings._sqlite(connection, "shown")

    assert (good.level, journal.level, journal.what) == ("good", "bad", "journal")


def test_a_server_that_does_not_answer_is_told(say: Say) -> None:
    say(DATABASE_URL="postgresql://nobody:hushhush@127.0.0.1:1/none", SECRET_KEY=SECRET)

    finding = the("database")

    assert (finding.level, "hushhush" in finding.said) == ("bad", False)
    assert the("disk").is_good


def test_an_old_server_is_told(on_postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_findings, "LEAST_POSTGRESQL", 99)

    assert the("database").cure == "Install PostgreSQL 99 or newer."


def test_a_database_that_takes_no_writes_is_told(on_postgresql: str) -> None:
    name = make_url(on_postgresql).database
    execute(on_postgresql, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    assert "no writes" in the("rights").said


def test_a_user_who_may_not_write_or_migrate_is_told(on_postgresql: str, say: Say) -> None:
    who = f"u_{uuid.uuid4().hex}"
    execute(on_postgresql, f"CREATE ROLE {who} LOGIN PASSWORD 'x'")
    execute(on_postgresql, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    say(DATABASE_URL=make_url(on_postgresql).set(username=who, password="x").render_as_string(hide_password=False))
    try:
        execute(on_postgresql, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {who}")
        assert "can't read and write the table" in the("rights").said
        execute(on_postgresql, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {who}")
        assert "GRANT CREATE" in str(the("rights").cure)
        execute(on_postgresql, f"GRANT CREATE ON SCHEMA public TO {who}")
        assert the("rights").is_good
    finally:
        execute(on_postgresql, f"DROP OWNED BY {who}")
        execute(on_postgresql, f"DROP ROLE {who}")


def test_a_database_of_another_encoding_is_told(postgres: EphemeralPostgres, say: Say) -> None:
    url = postgres.create_database(f"d_{uuid.uuid4().hex}")
    latin = f"l_{uuid.uuid4().hex}"
    execute(url, f"CREATE DATABASE {latin} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    say(DATABASE_URL=make_url(url).set(database=latin).render_as_string(hide_password=False), SECRET_KEY=SECRET)

    assert "LATIN1" in the("encoding").said


def test_more_connections_than_the_server_takes_are_told(on_postgresql: str, say: Say) -> None:
    assert found("connections") == []

    say(DATABASE_CONNECTIONS="100")

    assert "PERHEKESKUS_DATABASE_CONNECTIONS" in str(the("connections").cure)


def test_a_schema_that_is_missing_or_newer_is_told(healthy: str) -> None:
    execute(healthy, "UPDATE alembic_version SET version_num = '9999'")
    newer = the("schema")
    execute(healthy, "DELETE FROM alembic_version")
    missing = the("schema")

    assert "newer version" in str(newer.cure)
    assert missing.cure == "Run `perhekeskus migrate`."
    assert schema.head() in missing.said


def test_a_clock_behind_what_was_stored_is_told(healthy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    then = clock.now() - timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: then)

    finding = the("clock")

    assert (finding.level, "behind the newest change" in finding.said) == ("bad", True)


def test_a_clock_that_differs_from_the_servers_is_told(on_postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_findings, "time", SimpleNamespace(time=lambda: clock.now().timestamp() + 60))

    assert "60 s from the database's" in the("clock").said


def test_time_zone_data_that_is_wrong_is_told(healthy_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "HELSINKI", ZoneInfo("UTC"))

    assert "tzdata" in str(the("time zone").cure)


@pytest.mark.parametrize(("free", "level"), [(100 << 20, "bad"), (300 << 20, "good")])
def test_a_full_disk_is_told(healthy: str, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    assert the("disk").level == level


def test_a_disk_without_room_for_a_backup_is_a_warning(healthy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    monkeypatch.setattr(doctor, "LEAST_FREE_MIB", 0)

    finding = the("disk")

    assert (finding.level, "a backup may not fit" in finding.said) == ("warning", True)


def test_only_what_is_bad_makes_the_command_fail(healthy_file: Path, say: Say) -> None:
    healthy_file.chmod(0o644)
    warned = CliRunner().invoke(cli, ["doctor"])
    say(LOG_LEVEL="LOUD")
    failed = CliRunner().invoke(cli, ["doctor", "--json"])

    assert (warned.exit_code, failed.exit_code) == (0, 1)
    assert "warn database file" in warned.stdout
    assert {f["level"] for f in json.loads(failed.stdout)} == {"good", "warning", "bad"}
    assert json.loads(failed.stdout)[0].keys() == {"what", "is_good", "said", "cure", "level"}
