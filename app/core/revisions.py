"""One number per family of public data, grown by the same transaction as the data.

A table says which family its rows show in: ``info={"family": "places"}`` in its ``__table_args__``.
A reader that has seen the number of a family knows whether anything in it has changed since.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from app.core import clock

PRIVATE = "private"
SECONDS_SINCE = datetime(2020, 1, 1, tzinfo=UTC)


class Revision(SQLModel, table=True):
    """How many writing transactions a family of data has seen, and since a restore, from where it was lifted to."""

    __tablename__ = "revision"
    __table_args__ = {"info": {"family": PRIVATE}}

    family: str = Field(primary_key=True)
    number: int = Field(nullable=False)


def family_of(table: Table) -> str:
    """The family that a table states. Raises KeyError where none is stated."""
    family: str = table.info["family"]
    return family


def grow(connection: Connection, families: Iterable[str]) -> None:
    """Add one to each family: the last statement of a write. Sorted, so that no two writes deadlock."""
    insert = upsert_for(connection.dialect.name)
    revision = Revision.__table__  # type: ignore[attr-defined]
    for family in sorted(set(families) - {PRIVATE}):
        first = insert(revision).values(family=family, number=1)
        connection.execute(
            first.on_conflict_do_update(index_elements=["family"], set_={"number": revision.c.number + 1})
        )


def upsert_for(dialect: str) -> Any:
    """The ``insert`` of a dialect that knows ON CONFLICT."""
    return sqlite.insert if dialect == "sqlite" else postgresql.insert


def numbers(connection: Connection) -> dict[str, int]:
    """The number of each family that has been written to, by family."""
    revision = Revision.__table__  # type: ignore[attr-defined]
    return dict(connection.execute(select(revision.c.family, revision.c.number).order_by(revision.c.family)).all())


def lift(connection: Connection, before: Mapping[str, int]) -> None:
    """Set each number above all that it may ever have been: after rows have come or gone past the session.

    A server that runs, or a client that was away, has seen numbers that this database may know nothing of: of a
    database that was dropped, or of before a backup was brought back. None of them may come to stand for other data.
    ``before`` are the numbers that the database had. The seconds since 2020 are more than any, as long as people
    write less than once a second, day and night.
    """
    revision = Revision.__table__  # type: ignore[attr-defined]
    now = numbers(connection)
    known = {family_of(table) for table in SQLModel.metadata.tables.values()} - {PRIVATE}
    least = int((clock.now() - SECONDS_SINCE).total_seconds())
    for family in sorted({*now, *before, *known}):
        number = max(least, now.get(family, 0), before.get(family, 0)) + 1
        lifted = upsert_for(connection.dialect.name)(revision).values(family=family, number=number)
        connection.execute(lifted.on_conflict_do_update(index_elements=["family"], set_={"number": number}))
