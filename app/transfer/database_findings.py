"""What can be wrong with the database: the file or the server, the rights, the schema, and the clock beside it."""

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditEntry
from app.core import clock, schema
from app.core.database import Database
from app.core.engines import normal_url
from app.organisations.queries import kept_too_long
from app.settings import Settings
from app.transfer.findings import Finding, bad, good, warning

MOST_CLOCK_DIFFERENCE_S = 5
LEAST_POSTGRESQL = 13
MADE_BY_MIGRATE = "`perhekeskus migrate` makes it. If there should be data already, check PERHEKESKUS_DATABASE_URL."
BROKEN = "Check PERHEKESKUS_DATABASE_URL. If it names this file, the file is damaged: keep it, and restore a backup."
NTP = "Set the clock, and let the machine follow NTP."
OUT_OF_REACH = "Check PERHEKESKUS_DATABASE_URL, and that the server runs and lets this user in."
_POSTGRESQL = text(
    "SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS code, "
    "pg_is_in_recovery() OR current_setting('transaction_read_only')::bool AS is_read_only, "
    "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create, current_user AS who, "
    "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most, "
    "(SELECT min(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND NOT "
    "(has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE') "
    "AND has_table_privilege(oid, 'DELETE'))) AS closed_table"
)
_SIZE = text("SELECT pg_database_size(current_database())")


@dataclass(frozen=True)
class Examined:
    """What was found, and how large the database is, in bytes; 0 where that can't be known."""

    findings: list[Finding]
    size: int = 0


def examine(settings: Settings) -> Examined:
    """Everything about the database. Makes no file, no folder and no table."""
    url = normal_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return _through(settings)
    if url.database in (None, "", ":memory:"):
        said, cure = "kept in memory, and gone with the process", "Name a file: sqlite:///./data/perhekeskus.db"
        return Examined([bad("database", said, cure)])
    file = Path(str(url.database))
    if str(url.database).startswith("file:"):
        return _through(settings)
    if not file.is_file():
        return Examined([bad("database", f"there is no file {file}", MADE_BY_MIGRATE)])
    found, size = _file(file), sum(f.stat().st_size for f in (file, Path(f"{file}-wal")) if f.exists())
    if found.level == "bad":
        return Examined([found], size)
    return Examined([found, *_through(settings).findings], size)


def _file(file: Path) -> Finding:
    for place in (file, file.resolve().parent):
        if not os.access(place, os.R_OK | os.W_OK):
            cure = "Let the user who runs the server own the file and its folder."
            return bad("database file", f"this user can't write to {place}", cure)
    if file.stat().st_mode & 0o077 and os.name == "posix":
        return warning("database file", f"others on this machine may read {file}", f"chmod 600 {file}")
    return good("database file", f"{file}, for its owner only")


def _through(settings: Settings) -> Examined:
    """What can be known through a connection."""
    shown = normal_url(settings.database_url).render_as_string(hide_password=True)
    database: Database | None = None
    try:
        database = Database(settings.database_url)
        with database.engine.connect() as connection:
            found = _sqlite(connection, shown) if database.is_sqlite else _postgresql(connection, shown, settings)
            size = 0 if database.is_sqlite else int(connection.scalar(_SIZE))
        return Examined([*found, _schema(database), _clock(database), *_persons(database)], size)
    except (DBAPIError, sqlite3.Error, OSError) as broken:
        kind = type(getattr(broken, "orig", None) or broken).__name__
        is_sqlite = normal_url(settings.database_url).get_backend_name() == "sqlite"
        return Examined([bad("database", f"{shown}: {kind}", BROKEN if is_sqlite else OUT_OF_REACH)])
    finally:
        if database:
            database.engine.dispose()


def _sqlite(connection: Connection, shown: str) -> list[Finding]:
    said = str(connection.scalar(text("PRAGMA quick_check(1)")))
    mode = str(connection.scalar(text("PRAGMA journal_mode")))
    cure = "Keep the file, and restore the newest backup into another: `perhekeskus restore FILE`."
    found = [good("database", shown) if said == "ok" else bad("database", f"{shown}: damaged ({said})", cure)]
    if mode != "wal":
        # Each connection asks for WAL, so the disk has refused it.
        cure = "Keep the file on a local disk: those of networks do not let several processes share it."
        found.append(bad("journal", f"{mode}; it must be WAL", cure))
    return found


def _postgresql(connection: Connection, shown: str, settings: Settings) -> list[Finding]:
    facts = connection.execute(_POSTGRESQL).one()
    found = [good("database", f"{shown}, PostgreSQL {facts.version}")]
    if facts.version < LEAST_POSTGRESQL:
        cure = f"Install PostgreSQL {LEAST_POSTGRESQL} or newer."
        found = [bad("database", f"{shown} is PostgreSQL {facts.version}", cure)]
    if facts.code != "UTF8":
        cure = "Make a new database with `createdb --template=template0 --encoding=UTF8`, and restore a backup into it."
        found.append(bad("encoding", f"{facts.code}; it must be UTF8", cure))
    found.append(_rights(facts.is_read_only, facts.may_create, facts.closed_table, facts.who))
    needed = settings.database_connections + 1
    if needed > facts.most:
        cure = "Lower PERHEKESKUS_DATABASE_CONNECTIONS, or raise max_connections of the server."
        found.append(bad("connections", f"a worker may open {needed}, the server takes {facts.most}", cure))
    return found


def _rights(is_read_only: bool, may_create: bool, closed_table: str | None, who: str) -> Finding:
    if is_read_only:
        cure = "Name the primary server, and look at default_transaction_read_only of database and user."
        return bad("rights", "the database takes no writes now", cure)
    if closed_table:
        cure = f"Let {who} own all tables: ALTER TABLE {closed_table} OWNER TO {who}, and so on."
        return bad("rights", f"{who} can't read and write the table {closed_table}", cure)
    if not may_create:
        cure = f"As owner of the database: GRANT CREATE, USAGE ON SCHEMA public TO {who}"
        return bad("rights", f"{who} can't make tables, which migrations do", cure)
    return good("rights", f"{who} may write and migrate")


def _schema(database: Database) -> Finding:
    found, needed = schema.current(database.engine), schema.head()
    if found == needed:
        return good("schema", needed)
    cure = "Run `perhekeskus migrate`." if schema.is_known(found) else "The database is of a newer version: run that."
    return bad("schema", f"{found or 'none'}, needed {needed}", cure)


def _clock(database: Database) -> Finding:
    """Our clock beside that of the server, and beside the newest moment that was stored."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            theirs = float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")))
            if (difference := abs(theirs - time.time())) > MOST_CLOCK_DIFFERENCE_S:
                return bad("clock", f"{difference:.0f} s from the database's", "Let both machines follow NTP.")
        newest = None
        if schema.seen(connection) == schema.head():
            newest = connection.scalar(select(func.max(AuditEntry.at)))
    now = clock.now()
    if newest and (ahead := (newest - now).total_seconds()) > MOST_CLOCK_DIFFERENCE_S:
        return bad("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, {ahead:.0f} s behind the newest change that was stored", NTP)
    return good("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, today in Helsinki {clock.today()}")


def _persons(database: Database) -> list[Finding]:
    """Whether somebody is stored past the day until which they were to be; nothing where the tables are others."""
    with database.engine.connect() as connection:
        if schema.seen(connection) != schema.head():
            return []
        late = connection.scalar(kept_too_long(clock.today()))
    if not late:
        return [good("persons", "nobody is stored past the day that was set for them")]
    cure = (
        f"GET /v1/persons?retention_before={clock.today()} lists them. Erase those whom no network names any more "
        "(DELETE /v1/persons/ID); for the others set another `retention_until`."
    )
    return [warning("persons", f"{late} stored past the day that was set for them", cure)]
