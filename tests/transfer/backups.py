"""Backups as tests make and compare them."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select, text

from app.core import schema
from app.core.database import Database
from app.tables import METADATA
from app.transfer import backup
from app.transfer.backup_file import Manifest
from app.transfer.restore import COUNTERS

Empty = Callable[[str], Database]


def written(database: Database, file: Path, **options: Any) -> Path:
    backup.write(database, METADATA, file, **options)
    database.engine.dispose()
    return file


def every_row(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, but for the numbers of the families: a restore lifts these."""
    with database.reading() as session:
        return {
            t.name: sorted(map(tuple, session.execute(select(t)).all()), key=repr)
            for t in METADATA.tables.values()
            if t.name != COUNTERS
        }


def contents(manifest: Manifest) -> dict[str, tuple[int, str]]:
    return {table.name: (table.rows, table.sha256) for table in manifest.tables if table.name != COUNTERS}


def rows_in(database: Database) -> int:
    with database.engine.connect() as connection:
        names = [n for n in inspect(connection).get_table_names() if n not in (schema.VERSION_TABLE, COUNTERS)]
        return sum(connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names)


def rows_of(manifest: Manifest) -> int:
    return sum(rows for rows, _ in contents(manifest).values())


def changed(file: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The same backup with another manifest."""
    result = file.with_suffix(".changed")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest).encode()
            new.writestr(name, content)
    return result
