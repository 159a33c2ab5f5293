"""Interim."""

import asyncio
import sqlite3
from collections.abc import Mapping
from typing import Protocol

from app.core.database import Database


class CheckFailed(Exception):
    """x"""


class RevisionCheck(Protocol):
    async def __call__(self) -> Mapping[str, int]: ...

    async def close(self) -> None: ...


class _Sqlite:
    def __init__(self, database: Database) -> None:
        self._file = database.engine.url.database
        self._c: sqlite3.Connection | None = None
        self._seen, self._known = -1, dict[str, int]()
        self._fresh = False

    async def __call__(self) -> Mapping[str, int]:
        if self._c is None:
            self._c = sqlite3.connect(
                f"file:{self._file}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
            )
        if self._fresh:
            return self._known
        self._fresh = True
        asyncio.get_running_loop().call_soon(self._reset)
        (version,) = self._c.execute("pragma data_version").fetchone()
        if version != self._seen:
            self._known, self._seen = dict(self._c.execute("select family, number from revision").fetchall()), version
        return self._known

    def _reset(self) -> None:
        self._fresh = False

    async def close(self) -> None:
        if self._c:
            self._c.close()


class _None:
    async def __call__(self) -> Mapping[str, int]:
        raise CheckFailed

    async def close(self) -> None: ...


def revision_check(database: Database) -> RevisionCheck:
    return _Sqlite(database) if database.is_sqlite else _None()
