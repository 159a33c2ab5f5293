"""Bringing a backup back into an empty database: all of it, or none.

The file is checked whole before anything is written. Then the database is brought to the schema that the
backup was made at, its rows go in with one transaction, and are read again and compared before it is
committed. Last, the schema is brought to what this version needs. The tables are those of the manifest: the
models of the backup's time need not exist any more.

Whatever fails, the database holds no rows in the end. (Killed between the commit and the last step, it
holds all of them, and ``perhekeskus migrate`` does the rest.) Only the numbers of the families of data stay, and
are lifted above those of before and those of the file: what a server keeps must not seem to be what was restored.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, column, delete, func, inspect, literal, select, text, update
from sqlalchemy import table as named
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.sql import TableClause

from app import __version__
from app.core import revisions, schema
from app.core.database import Command, Database
from app.core.errors import Conflict, RuleBroken
from app.core.language import Words
from app.transfer.backup import AT_ONCE, lines
from app.transfer.backup_file import KINDS, Backup, BackupIsNewer, Manifest, Progress, TableOf, opened

COUNTERS = str(revisions.Revision.__tablename__)


class DatabaseNotEmpty(Conflict):
    """A backup is restored into an empty database only."""

    title = Words("Tietokanta ei ole tyhjä", "The database is not empty")
    detail = Words(
        "Taulussa {table} on jo rivejä. Varmuuskopio palautetaan vain tyhjään tietokantaan. Mitään ei tallennettu. "
        "Aseta PERHEKESKUS_DATABASE_URL osoittamaan uuteen tietokantaan.",
        "The table {table} has rows already. A backup is restored into an empty database only. Nothing was stored. "
        "Let PERHEKESKUS_DATABASE_URL name a new one.",
    )
    cure = Words(
        "Aseta PERHEKESKUS_DATABASE_URL osoittamaan uuteen tiedostoon tai uuteen PostgreSQL-tietokantaan.",
        "Let PERHEKESKUS_DATABASE_URL name a new file, or a new database of PostgreSQL.",
    )


class DatabaseIsNewer(Conflict):
    """The schema of the database is of a newer version than this one."""

    title = Words("Tietokanta on uudemmasta versiosta", "The database is of a newer version")
    detail = Words(
        "Tämä versio ({ours}) ei tunne tietokannan rakennetta. Mitään ei tallennettu. Käytä uudempaa versiota.",
        "This version ({ours}) does not know the schema of the database. Nothing was stored. Run a newer version.",
    )
    cure = Words("Asenna uudempi versio, tai käytä uutta tietokantaa.", "Install a newer version, or use a new one.")


class RowsNotTaken(RuleBroken):
    """The database does not take rows of the backup as they are."""

    title = Words("Tietokanta ei ota rivejä vastaan", "Rows not taken")
    detail = Words(
        "Tietokanta ei ota vastaan taulun {table} rivejä sellaisina kuin ne ovat varmuuskopiossa ({why}). "
        "Mitään ei tallennettu. Korjaa rivit siinä tietokannassa, josta varmuuskopio otettiin, ja ota uusi.",
        "The database does not take the rows of the table {table} as they are in the backup ({why}). Nothing was "
        "stored. Mend them in the database that the backup was made of, and make another.",
    )
    cure = Words(
        "SQLite ei valvo tekstien pituutta eikä lukujen kokoa, PostgreSQL valvoo. Korjaa rivit tietokannassa, josta "
        "varmuuskopio otettiin.",
        "SQLite does not watch over lengths of texts and sizes of numbers, PostgreSQL does. Mend the rows in the "
        "database that the backup was made of.",
    )


def check(file: Path, *, progress: Progress = lambda done, of: None) -> Manifest:
    """Read a whole backup and answer what is in it.

    Raises NotABackup, BackupDamaged, BackupIsNewer.
    """
    with opened(file, __version__) as backup:
        _must_be_good(backup, progress)
        return backup.manifest


def restore(database: Database, file: Path, *, progress: Progress = lambda done, of: None) -> Manifest:
    """Bring a backup back into an empty database, and answer what was in it.

    ``progress`` is called with rows done and rows to do: each is checked, stored and compared.
    Raises NotABackup, BackupDamaged, BackupIsNewer, DatabaseNotEmpty, DatabaseIsNewer, RowsNotTaken.
    """
    with opened(file, __version__) as backup:
        manifest = backup.manifest
        step = Steps(progress, 3 * manifest.rows)
        _must_be_good(backup, lambda done, _: progress(done, step.total))
        step.done = manifest.rows
        _prepare(database, manifest)
        with database.writing(Command("restore")) as session:
            _fill(session.connection(), backup, step)
    try:
        schema.upgrade(database.engine)
    except BaseException:
        _empty(database)
        raise
    return manifest


class Steps:
    """How far one is."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def take(self, rows: int) -> None:
        """So many rows more."""
        self.done += rows
        self.progress(self.done, self.total)


def _must_be_good(backup: Backup, progress: Progress) -> None:
    """Raises BackupDamaged, BackupIsNewer."""
    revision = backup.manifest.schema_revision
    if not revision or not schema.is_known(revision):
        raise BackupIsNewer(made_by=backup.manifest.version, ours=__version__)
    backup.check(progress)


def _prepare(database: Database, manifest: Manifest) -> None:
    """Bring an empty database to the schema of the backup. Raises DatabaseIsNewer, DatabaseNotEmpty."""
    if not schema.is_known(schema.current(database.engine)):
        raise DatabaseIsNewer(ours=__version__)
    with database.snapshot() as session:
        _must_be_empty(session.connection())
    schema.bring(database.engine, manifest.schema_revision)


def _must_be_empty(connection: Connection) -> None:
    for name in _tables(connection):
        if name != COUNTERS and connection.execute(select(literal(1)).select_from(named(name)).limit(1)).first():
            raise DatabaseNotEmpty(table=name)


def _tables(connection: Connection) -> list[str]:
    return [name for name in inspect(connection).get_table_names() if name != schema.VERSION_TABLE]


def _fill(connection: Connection, backup: Backup, step: Steps) -> None:
    """Everything that is one transaction. Raises DatabaseNotEmpty, RowsNotTaken, BackupDamaged."""
    names = _tables(connection)
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        quoted = ", ".join(map(connection.dialect.identifier_preparer.quote, names))
        connection.execute(text(f"LOCK TABLE {quoted} IN EXCLUSIVE MODE"))
    _must_be_empty(connection)
    counted = revisions.numbers(connection) if COUNTERS in names else None
    if counted is not None:
        connection.execute(delete(named(COUNTERS)))
    tables = backup.manifest.tables
    for table in tables:
        _must_fit(connection, table, names)
        insert, at_first = _light(table).insert(), [c.name for c in table.columns if c.name not in table.later]
        for block in _blocks(backup, table):
            _execute(connection, table, insert, [{name: row[name] for name in at_first} for row in block])
            step.take(len(block))
    for table in tables:
        if table.later:
            for block in _blocks(backup, table):
                if pointing := [_bound(table, row) for row in block if any(row[c] is not None for c in table.later)]:
                    _execute(connection, table, _update(table), pointing)
    for table in tables:
        _follow_with_sequence(connection, table)
        _must_be_equal(connection, table, step)
    if counted is not None:
        revisions.lift(connection, counted)


def _must_fit(connection: Connection, table: TableOf, names: list[str]) -> None:
    """Raises RowsNotTaken where the schema lacks the table, or a column of it."""
    if table.name not in names:
        raise RowsNotTaken(table=table.name, why="no such table")
    there = {c["name"] for c in inspect(connection).get_columns(table.name)}
    if missing := {c.name for c in table.columns} - there:
        raise RowsNotTaken(table=table.name, why=f"no column {min(missing)}")


def _blocks(backup: Backup, table: TableOf) -> Iterator[list[dict[str, Any]]]:
    names = [c.name for c in table.columns]
    rows = (dict(zip(names, row, strict=True)) for row in backup.rows(table))
    while block := list(islice(rows, AT_ONCE)):
        yield block


def _light(table: TableOf) -> TableClause:
    """The table as SQL needs it: names and types."""
    return named(table.name, *(column(c.name, KINDS[c.type].type) for c in table.columns))


def _update(table: TableOf) -> Any:
    """Fill in what points at rows of the same table, by the key of the row."""
    light = _light(table)
    found = (light.c[k] == bindparam(f"key_{k}", type_=light.c[k].type) for k in table.key)
    return update(light).where(*found).values({c: bindparam(f"new_{c}", type_=light.c[c].type) for c in table.later})


def _bound(table: TableOf, row: dict[str, Any]) -> dict[str, Any]:
    return {f"key_{k}": row[k] for k in table.key} | {f"new_{c}": row[c] for c in table.later}


def _execute(connection: Connection, table: TableOf, statement: Any, rows: list[dict[str, Any]]) -> None:
    try:
        connection.execute(statement, rows)
    except (IntegrityError, DataError) as refused:
        # The text of the error repeats values, which may be personal: the kind and the constraint must do.
        constraint = getattr(getattr(refused.orig, "diag", None), "constraint_name", None)
        why = " ".join(filter(None, (type(refused.orig).__name__, constraint)))
        raise RowsNotTaken(table=table.name, why=why) from None


def _follow_with_sequence(connection: Connection, table: TableOf) -> None:
    """Let the numbers that PostgreSQL gives go on where the restored ones end."""
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    for key in (c.name for c in table.columns if c.type == "int" and c.name in table.key):
        sequence = connection.scalar(select(func.pg_get_serial_sequence(quote(table.name), key)))
        last = connection.scalar(select(func.max(column(key))).select_from(named(table.name)))
        if sequence and last is not None:
            connection.execute(select(func.setval(sequence, last)))


def _must_be_equal(connection: Connection, table: TableOf, step: Steps) -> None:
    """Read a table again. Raises RowsNotTaken where the database made something else of the rows."""
    digest = hashlib.sha256()
    for n, line in enumerate(lines(connection, table), 1):
        digest.update(line)
        if n % AT_ONCE == 0:
            step.take(AT_ONCE)
    step.take(table.rows % AT_ONCE)
    if digest.hexdigest() != table.sha256:
        raise RowsNotTaken(table=table.name, why="stored otherwise")


def _empty(database: Database) -> None:
    """Take every row away again, at whatever revision the schema is."""
    with database.writing(Command("restore")) as session:
        connection = session.connection()
        names = [name for name in _tables(connection) if name != COUNTERS]
        quoted = [connection.dialect.identifier_preparer.quote(name) for name in names]
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"TRUNCATE {', '.join(quoted)}"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            for name in quoted:
                connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - a name that the database gave, quoted
        if len(names) < len(_tables(connection)):
            revisions.lift(connection, {})  # a server may have seen the rows meanwhile
