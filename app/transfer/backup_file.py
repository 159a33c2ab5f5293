"""The form of a backup file, and reading one with care.

A backup is a zip (deflate) with these members:

``manifest.json``
    What is inside: ``Manifest``. Written last, because it counts the rest.
``tables/<name>.jsonl``
    The rows of one table, a line each, in the order of its primary key.
``files/``
    Kept for uploaded files. Format 1 has none; whoever adds them raises ``FORMAT``, so that no older
    version restores a backup without its files.

A line is a JSON array of the values in the order of the manifest's columns, in ASCII, without spaces, ended
by a line feed. A row has one way to be written, so equal tables are equal bytes whichever database they
come from, and ``sha256`` in the manifest is that of the member (``unzip -p FILE tables/x.jsonl | sha256sum``).
Null is null. Other values by the type tag of their column:

=========  ==================================================================================
uuid       text, with hyphens, in lower case
text       text
int        number
float      number with a point or exponent; ``"nan"``, ``"inf"``, ``"-inf"`` are text
bool       true, false
date       ``"2026-03-12"``
wall_time  ``"2026-03-12T13:00:00.000000"``: what a clock shows, without a zone
instant    ``"2026-03-12T10:00:00.000000+00:00"``: in UTC, to the microsecond
json       ``[value]``: an array of the one value, so that JSON null is not null
bytes      base64
=========  ==================================================================================
"""

import base64
import hashlib
import json
import math
import struct
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ValidationError
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    LargeBinary,
    Select,
    Text,
    Uuid,
    cast,
    collate,
    column,
    select,
)
from sqlalchemy import table as named
from sqlalchemy.types import TypeEngine

from app.core.errors import Conflict, Malformed
from app.core.language import Words
from app.core.shapes import Instant

FORMAT = 1
MANIFEST = "manifest.json"
Tag = Literal["uuid", "text", "int", "float", "bool", "date", "wall_time", "instant", "json", "bytes"]
Progress = Callable[[int, int], None]


class NotABackup(Malformed):
    """The file is no backup that this product wrote."""

    title = Words("Tiedosto ei ole varmuuskopio", "Not a backup")
    detail = Words(
        "Tiedosto ei ole kokonainen varmuuskopio: joko se on muu tiedosto, tai sen loppu puuttuu. "
        "Mitään ei tallennettu. Anna tiedosto, jonka `perhekeskus backup` kirjoitti.",
        "The file is no whole backup: either it is something else, or its end is missing. Nothing was stored. "
        "Name a file that `perhekeskus backup` wrote.",
    )
    cure = Words(
        "Anna tiedosto, jonka `perhekeskus backup` kirjoitti. Jos sitä on siirretty, siirrä se uudestaan.",
        "Name a file that `perhekeskus backup` wrote. If it was moved between machines, move it again.",
    )


class BackupDamaged(Malformed):
    """The file is a backup whose content is not what was written."""

    title = Words("Varmuuskopio on vioittunut", "The backup is damaged")
    detail = Words(
        "Varmuuskopion osa {member} ei ole sellainen kuin se kirjoitettiin. Mitään ei tallennettu. "
        "Käytä toista kopiota.",
        "The part {member} of the backup is not as it was written. Nothing was stored. Use another copy.",
    )
    cure = Words(
        "Siirrä tiedosto uudestaan sieltä, mistä se tuli, tai käytä toista varmuuskopiota. "
        "`perhekeskus restore --check` tarkistaa tiedoston tallentamatta mitään.",
        "Fetch the file again from where it came, or use another backup. "
        "`perhekeskus restore --check` checks a file and stores nothing.",
    )


class BackupIsNewer(Conflict):
    """The backup was made by a newer version than this one."""

    title = Words("Varmuuskopio on uudemmasta versiosta", "The backup is of a newer version")
    detail = Words(
        "Varmuuskopion on tehnyt uudempi versio ({made_by}), eikä tämä versio ({ours}) tunne sitä. "
        "Mitään ei tallennettu. Palauta se uudemmalla versiolla.",
        "A newer version ({made_by}) made the backup, and this one ({ours}) does not know it. "
        "Nothing was stored. Restore it with the newer version.",
    )
    cure = Words(
        "Asenna versio, jolla varmuuskopio tehtiin, tai uudempi.",
        "Install the version that made the backup, or a newer one.",
    )


class ColumnOf(BaseModel):
    """A column: its name and how its values are written."""

    name: str
    type: Tag


class TableOf(BaseModel):
    """A table: enough to make it known to SQL without the models of its time.

    ``later`` are the columns that point at rows of the same table, or of one further on: they are
    filled in when all rows are there.
    """

    name: str
    columns: list[ColumnOf]
    key: list[str]
    later: list[str]
    rows: int = 0
    sha256: str = ""

    @property
    def member(self) -> str:
        """Where the rows are."""
        return f"tables/{self.name}.jsonl"


class Manifest(BaseModel):
    """What is in a backup. ``tables``: those that others point at come first."""

    format: int
    version: str
    schema_revision: str
    created_at: datetime
    engine: str
    tables: list[TableOf]

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True)
class Kind:
    """How the values of a tag are met in SQL, written and read."""

    type: TypeEngine[Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _only(*types: type) -> Callable[[Any], Any]:
    """The value as it is. Raises TypeError for one of another type: SQLite keeps text in a column of numbers."""

    def same(value: Any) -> Any:
        if type(value) not in types:
            raise TypeError(type(value).__name__)
        return value

    return same


def _float(value: Any) -> float | str:
    number = float(_only(float, int)(value)) + 0.0  # SQLite knows no -0.0
    return number if math.isfinite(number) else str(number)


_text = _only(str)
KINDS: dict[Tag, Kind] = {
    "uuid": Kind(Uuid(), lambda v: str(_only(uuid.UUID)(v)), lambda v: uuid.UUID(_text(v))),
    "text": Kind(Text(), _text, _text),
    "int": Kind(BigInteger(), _only(int), _only(int)),
    "float": Kind(Float(53), _float, lambda v: float(_only(float, str)(v))),
    "bool": Kind(Boolean(), _only(bool), _only(bool)),
    "date": Kind(Date(), lambda v: _only(date)(v).isoformat(), lambda v: date.fromisoformat(_text(v))),
    "wall_time": Kind(
        DateTime(), lambda v: v.isoformat(timespec="microseconds"), lambda v: datetime.fromisoformat(_text(v))
    ),
    "instant": Kind(
        Instant(),
        lambda v: v.astimezone(UTC).isoformat(timespec="microseconds"),
        lambda v: datetime.fromisoformat(_text(v)).astimezone(UTC),
    ),
    "json": Kind(
        JSON(none_as_null=True),
        lambda v: [json.loads(v)],  # read as text: drivers give None for JSON null, as they do for null
        lambda v: JSON.NULL if _only(list)(v)[0] is None else v[0],
    ),
    "bytes": Kind(
        LargeBinary(),
        lambda v: base64.b64encode(_only(bytes)(v)).decode(),
        lambda v: base64.b64decode(_text(v), validate=True),
    ),
}


def kinds_of(table: TableOf) -> list[Kind]:
    """How each column is written and read."""
    return [KINDS[c.type] for c in table.columns]


def line_of(row: Sequence[Any], kinds: Sequence[Kind]) -> bytes:
    """A row as a line. Raises ValueError or TypeError for a value that its column should not hold."""
    written = [None if value is None else kind.write(value) for kind, value in zip(kinds, row, strict=True)]
    return json.dumps(written, separators=(",", ":")).encode("ascii") + b"\n"


def row_of(line: bytes, kinds: Sequence[Kind]) -> list[Any]:
    """A line as a row. Raises ValueError, TypeError or IndexError."""
    found = _only(list)(json.loads(line))
    return [None if value is None else kind.read(value) for kind, value in zip(kinds, found, strict=True)]


def query_of(table: TableOf, dialect: str) -> Select[Any]:
    """Every row of a table as ``line_of`` takes it, in the order of its key: the same on every database."""
    tags = {c.name: c.type for c in table.columns}
    columns = {name: column(name, KINDS[tag].type) for name, tag in tags.items()}
    order = [
        collate(columns[k], "C") if tags[k] == "text" and dialect == "postgresql" else columns[k] for k in table.key
    ]
    shown = [cast(c, Text) if tags[name] == "json" else c for name, c in columns.items()]
    return select(*shown).select_from(named(table.name, *columns.values())).order_by(*order)


@dataclass(frozen=True)
class Backup:
    """A backup that is open for reading."""

    archive: zipfile.ZipFile
    manifest: Manifest

    def lines(self, table: TableOf) -> Iterator[bytes]:
        """The lines of a table. Raises BackupDamaged."""
        with _damage_is_told(table.member), self.archive.open(table.member) as member:
            yield from member

    def rows(self, table: TableOf) -> Iterator[list[Any]]:
        """The rows of a table. Raises BackupDamaged."""
        kinds = kinds_of(table)
        with _damage_is_told(table.member):
            for line in self.lines(table):
                yield row_of(line, kinds)

    def check(self, progress: Progress) -> None:
        """Read everything, and compare it with the manifest. Raises BackupDamaged."""
        done = 0
        for table in self.manifest.tables:
            kinds, digest, rows = kinds_of(table), hashlib.sha256(), 0
            with _damage_is_told(table.member):
                for line in self.lines(table):
                    row_of(line, kinds)
                    digest.update(line)
                    rows += 1
                    if rows % 1000 == 0:
                        progress(done + rows, self.manifest.rows)
            if (rows, digest.hexdigest()) != (table.rows, table.sha256):
                raise BackupDamaged(member=table.member)
            done += rows


@contextmanager
def opened(file: Path, ours: str) -> Iterator[Backup]:
    """A backup with its manifest read; ``ours`` is this version.

    Raises NotABackup, BackupDamaged, BackupIsNewer (of a format that is not known here).
    """
    with file.open("rb") as raw:
        try:
            archive = zipfile.ZipFile(raw)
            archive.getinfo(MANIFEST)
        except _BROKEN:
            raise NotABackup() from None
        with archive:
            yield Backup(archive, _manifest(archive, ours))


def _manifest(archive: zipfile.ZipFile, ours: str) -> Manifest:
    with _damage_is_told(MANIFEST):
        found = _only(dict)(json.loads(archive.read(MANIFEST)))
        form, made_by = _only(int)(found.get("format")), str(found.get("version"))
    if form != FORMAT:
        raise BackupIsNewer(made_by=made_by, ours=ours)
    with _damage_is_told(MANIFEST):
        manifest = Manifest.model_validate(found)
        for table in manifest.tables:
            names = {c.name for c in table.columns}
            if not table.key or len(names) < len(table.columns) or not names >= {*table.key, *table.later}:
                _not_as_written(MANIFEST)
        if len({table.name for table in manifest.tables}) < len(manifest.tables):
            _not_as_written(MANIFEST)
    return manifest


# What zipfile, zlib and json raise for bytes that are not as they were written: a flipped bit may as well
# claim another compression, a password, or an offset before the beginning.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    MemoryError,
    ValidationError,
)


@contextmanager
def _damage_is_told(member: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN:
        _not_as_written(member)


def _not_as_written(member: str) -> NoReturn:
    raise BackupDamaged(member=member) from None
