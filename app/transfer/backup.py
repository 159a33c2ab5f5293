"""Writing a backup: every table in one file, as all of them were at one moment, while others read and write.

``backup_file`` says what the file looks like, ``restore`` brings it back. Nothing here knows a table by name:
the caller hands in the metadata. A table whose ``info`` says ``"ephemeral": True`` is left out.
"""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, DateTime, MetaData, Table, func, select
from sqlalchemy import table as named
from sqlalchemy.types import JSON, Boolean, Date, Float, Integer, LargeBinary, String, TypeDecorator, TypeEngine, Uuid

from app import __version__
from app.core import clock, schema
from app.core.database import Database
from app.core.errors import Conflict, RuleBroken
from app.core.language import Words
from app.transfer.backup_file import (
    FORMAT,
    MANIFEST,
    ColumnOf,
    Manifest,
    Progress,
    TableOf,
    Tag,
    kinds_of,
    line_of,
    query_of,
)

AT_ONCE = 500  # rows that are held in memory
_TAGS: Mapping[type[TypeEngine[Any]], Tag] = {
    Uuid: "uuid",
    String: "text",
    Boolean: "bool",
    Integer: "int",
    Float: "float",
    Date: "date",
    JSON: "json",
    LargeBinary: "bytes",
}


class FileIsThere(Conflict):
    """There is a file of that name already."""

    title = Words("Tiedosto on jo olemassa", "The file is there already")
    detail = Words(
        "Sen niminen tiedosto on jo olemassa, eikä siihen koskettu. Anna toinen nimi, "
        "tai korvaa vanha varmuuskopio valitsimella --overwrite.",
        "There is a file of that name, and it was left alone. Give another name, or replace an old backup with "
        "--overwrite.",
    )
    cure = Words("Anna toinen nimi tai valitsin --overwrite.", "Give another name, or --overwrite.")


class FileIsNoBackup(Conflict):
    """The file that a backup should replace is something else."""

    title = Words("Korvattava tiedosto ei ole varmuuskopio", "Not a backup to be replaced")
    detail = Words(
        "Sen niminen tiedosto on jotakin muuta kuin varmuuskopio, eikä siihen koskettu. Anna toinen nimi.",
        "The file of that name is something other than a backup, and it was left alone. Give another name.",
    )
    cure = Words("Anna toinen nimi, tai siirrä tiedosto pois.", "Give another name, or move the file away.")


class ValueNotReadable(RuleBroken):
    """A table holds a value that its column should not hold."""

    title = Words("Taulussa on väärä arvo", "Value not readable")
    detail = Words(
        "Taulussa {table} on arvo, jota sen sarakkeessa ei voi olla. Varmuuskopiota ei kirjoitettu. "
        "Joku on kirjoittanut tauluun muulla ohjelmalla. Aja `perhekeskus doctor`.",
        "The table {table} holds a value that its column can't hold. No backup was written. Somebody wrote to the "
        "table with another program. Run `perhekeskus doctor`.",
    )
    cure = Words(
        "Korjaa arvo ohjelmalla, jolla se kirjoitettiin, ja ota varmuuskopio uudestaan.",
        "Mend the value with the program that wrote it, and make the backup again.",
    )


def write(
    database: Database,
    metadata: MetaData,
    file: Path,
    *,
    overwrite: bool = False,
    progress: Progress = lambda done, of: None,
) -> Manifest:
    """Write every table of ``metadata`` to ``file``, as it is at one moment; answer what is in the file.

    The file is whole or not there, and nobody but its owner can read it. ``progress`` is called with the
    rows done and the rows there are. Raises FileIsThere, FileIsNoBackup, ValueNotReadable.
    """
    _must_be_free(file, overwrite)
    with _beside(file) as part:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive, database.snapshot() as session:
            connection = session.connection()
            manifest = Manifest(
                format=FORMAT,
                version=__version__,
                schema_revision=schema.seen(connection) or "",
                created_at=clock.now(),
                engine=connection.dialect.name,
                tables=tables_of(metadata),
            )
            _fill(archive, connection, manifest, progress)
        part.flush()
        os.fsync(part.fileno())
        _must_be_free(file, overwrite)
        Path(part.name).replace(file)
    return manifest


def tables_of(metadata: MetaData) -> list[TableOf]:
    """The tables that a backup holds, parents first. Raises TypeError for a type of column that has no tag."""
    kept = [table for table in metadata.sorted_tables if not table.info.get("ephemeral")]
    places = {table.name: n for n, table in enumerate(kept)}
    return [_described(table, places) for table in kept if table.name != schema.VERSION_TABLE]


def _described(table: Table, places: Mapping[str, int]) -> TableOf:
    stored = [c for c in table.columns if c.computed is None]
    later = [c.name for c in stored if any(places[fk.column.table.name] >= places[table.name] for fk in c.foreign_keys)]
    return TableOf(
        name=table.name,
        columns=[ColumnOf(name=c.name, type=_tag_of(c.type)) for c in stored],
        key=[c.name for c in table.primary_key] or [c.name for c in stored],
        later=later,
    )


def _tag_of(type_: TypeEngine[Any]) -> Tag:
    plain = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    if isinstance(plain, DateTime) and plain.timezone:
        return "instant"
    if isinstance(type_, DateTime):
        return "wall_time"
    for kind, tag in _TAGS.items():
        if isinstance(plain, kind):
            return tag
    raise TypeError(f"A backup has no way to write {type_!r}.")


def _fill(archive: zipfile.ZipFile, connection: Connection, manifest: Manifest, progress: Progress) -> None:
    counted = {t.name: connection.scalar(select(func.count()).select_from(named(t.name))) for t in manifest.tables}
    total, done = sum(n or 0 for n in counted.values()), 0
    for table in manifest.tables:
        digest = hashlib.sha256()
        with archive.open(table.member, "w", force_zip64=True) as member:
            for line in lines(connection, table):
                digest.update(line)
                member.write(line)
                table.rows += 1
                if table.rows % AT_ONCE == 0:
                    progress(done + table.rows, total)
        table.sha256 = digest.hexdigest()
        done += table.rows
    archive.writestr(MANIFEST, manifest.model_dump_json(indent=1) + "\n")


def lines(connection: Connection, table: TableOf) -> Iterator[bytes]:
    """The rows that a connection sees, as a backup has them, a few at a time. Raises ValueNotReadable."""
    kinds = kinds_of(table)
    rows = connection.execute(query_of(table, connection.dialect.name), execution_options={"yield_per": AT_ONCE})
    with rows:
        try:
            for row in rows:
                yield line_of(row, kinds)
        except (ValueError, TypeError, AttributeError):
            raise ValueNotReadable(table=table.name) from None


def _must_be_free(file: Path, overwrite: bool) -> None:
    """Raises FileIsThere, or FileIsNoBackup: a slip of the hand must not replace the database itself."""
    if not os.path.lexists(file):
        return
    if not overwrite:
        raise FileIsThere()
    if not file.is_file():
        raise FileIsNoBackup()
    if file.stat().st_size and not (zipfile.is_zipfile(file) and MANIFEST in zipfile.ZipFile(file).namelist()):
        raise FileIsNoBackup()


@contextmanager
def _beside(file: Path) -> Iterator[IO[bytes]]:
    """A new file in the same folder, for its owner alone (0600); gone in the end, unless it was renamed."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", suffix=".part", delete=False) as part:
        try:
            yield part
        finally:
            Path(part.name).unlink(missing_ok=True)
