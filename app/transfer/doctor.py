"""What can be wrong with a deployment, looked for, each with its cure."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts.tokens import UnfitSecret, must_be_fit
from app.core import clock, schema
from app.core.database import Database, normal_url
from app.settings import Settings, secret_file

LEAST_FREE_MIB = 200
MOST_CLOCK_DIFFERENCE_S = 5


@dataclass(frozen=True)
class Finding:
    """Something looked at. ``cure`` says what to do where it is not good."""

    what: str
    is_good: bool
    said: str
    cure: str | None = None


def examine(settings: Settings) -> list[Finding]:
    """Everything that can be looked at from here, database first."""
    return [*_database(settings), _secret(settings), _disk(settings)]


def _database(settings: Settings) -> list[Finding]:
    shown = normal_url(settings.database_url).render_as_string(hide_password=True)
    database = Database(settings.database_url)
    try:
        database.is_reachable()
        return [Finding("database", True, shown), _schema(database), _clock(database)]
    except DBAPIError as broken:
        cure = "Check PERHEKESKUS_DATABASE_URL, and that the server runs and lets this user in."
        return [Finding("database", False, f"{shown}: {type(broken.orig).__name__}", cure)]
    finally:
        database.engine.dispose()


def _schema(database: Database) -> Finding:
    found, needed = schema.current(database.engine), schema.head()
    if found == needed:
        return Finding("schema", True, needed)
    cure = "Run `perhekeskus migrate`." if schema.is_known(found) else "The database is of a newer version: run that."
    return Finding("schema", False, f"{found or 'none'}, needed {needed}", cure)


def _clock(database: Database) -> Finding:
    if database.is_sqlite:
        return Finding("clock", True, f"{clock.now():%Y-%m-%d %H:%M:%S} UTC, today in Helsinki {clock.today()}")
    with database.engine.connect() as connection:
        theirs = float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    difference = abs(theirs - time.time())
    is_good = difference <= MOST_CLOCK_DIFFERENCE_S
    return Finding(
        "clock",
        is_good,
        f"{difference:.1f} s from the database's",
        None if is_good else "Let both machines follow NTP.",
    )


def _secret(settings: Settings) -> Finding:
    if settings.secret_key is None:
        return Finding(
            "secret", True, f"kept in {secret_file(settings)}; set PERHEKESKUS_SECRET_KEY where several machines serve"
        )
    try:
        must_be_fit(settings.secret_key)
    except UnfitSecret as unfit:
        return Finding("secret", False, "unfit", str(unfit))
    if len(set(settings.secret_key)) < 12:
        return Finding("secret", False, "guessable", "Make a random one: `openssl rand -hex 32`.")
    return Finding("secret", True, f"{len(settings.secret_key.encode())} bytes")


def _disk(settings: Settings) -> Finding:
    url = normal_url(settings.database_url)
    folder = Path(url.database).resolve().parent if url.get_backend_name() == "sqlite" and url.database else Path.cwd()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free >> 20
    is_good = free >= LEAST_FREE_MIB
    return Finding(
        "disk", is_good, f"{free} MiB free", None if is_good else f"Free some: {LEAST_FREE_MIB} MiB or more."
    )
