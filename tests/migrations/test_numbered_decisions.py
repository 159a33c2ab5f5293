"""What was decided before decisions had numbers gets them."""

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from app.core import schema
from app.core.database import Database
from app.tables import METADATA

NUMBERED = "0006"


def test_decisions_are_numbered_by_network_and_year_in_order_of_meetings(database: Database) -> None:
    before = ScriptDirectory(str(schema.ROOT / "migrations")).get_revision(NUMBERED).down_revision
    schema.downgrade(database.engine, str(before))
    with database.engine.begin() as connection:
        networks = connection.execute(sa.text("SELECT id FROM network ORDER BY slug LIMIT 2")).scalars().all()
        for network, start, texts in (
            (0, "2026-05-20T13:00", ["C", "D"]),
            (0, "2026-01-01T00:30", ["B"]),
            (0, "2025-12-31T13:00", ["A"]),
            (1, "2026-05-20T13:00", ["E"]),
        ):
            _meet(connection, networks[network], start, texts)

    schema.upgrade(database.engine)

    with database.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT text, number, year FROM decision ORDER BY text")).all()
        counts = connection.execute(sa.text("SELECT year, last_number FROM decision_count ORDER BY 1, 2")).all()
        items = connection.execute(sa.text("SELECT outcome FROM agenda_item")).scalars().all()
    assert [tuple(row) for row in rows] == [
        *(("A", 1, 2025), ("B", 1, 2026), ("C", 2, 2026), ("D", 3, 2026), ("E", 1, 2026)),
    ]
    assert [tuple(count) for count in counts] == [(2025, 1), (2026, 1), (2026, 3)]
    assert set(items) == {"open"}


def _meet(connection: sa.Connection, network: Any, local_start: str, texts: list[str]) -> None:
    start = datetime.fromisoformat(local_start)
    meeting = {
        **_row(),
        "network_id": _id(network),
        "mode": "live",
        "status": "held",
        "local_start": start,
        "themes": [],
        "time_zone": "Europe/Helsinki",
        "duration_minutes": 60,
        "is_public": True,
        "sequence": 0,
        "starts_at": start.replace(tzinfo=UTC),
        "ends_at": start.replace(tzinfo=UTC),
    }
    _insert(connection, "meeting", meeting)
    own = {"meeting_id": meeting["id"], "is_public": True}
    _insert(connection, "agenda_item", {**_row(), **own, "position": 1, "title": "Asia", "themes": []})
    for position, text in reversed(list(enumerate(texts, 1))):
        told = {"position": position, "text": text, "search_text": text, "to_be_carried": False}
        _insert(connection, "decision", {**_row(), **own, **told})


def _row() -> dict[str, Any]:
    return {"id": uuid.uuid4(), "version": 1, "updated_at": datetime(2026, 1, 1, tzinfo=UTC)}


def _id(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def _insert(connection: sa.Connection, name: str, values: dict[str, Any]) -> None:
    """A row in a table as it was: of today's columns those that are named."""
    columns = METADATA.tables[name].columns
    table = sa.table(name, *(sa.column(column, columns[column].type) for column in values))
    connection.execute(sa.insert(table).values(values))
