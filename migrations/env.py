"""How Alembic meets the database: the engine it is given, or the one that the settings name."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection, DateTime, Engine
from sqlalchemy.types import TypeDecorator

from app.core.database import Database
from app.settings import Settings
from app.tables import METADATA


def plain(kind: str, thing: object, _: object) -> str | Literal[False]:
    """Column types as SQL knows them: a migration must not change when our classes do."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        options = "timezone=True" if isinstance(thing.impl, DateTime) else getattr(thing.impl, "length", None) or ""
        return f"sa.{type(thing.impl).__name__}({options})"
    return False


def run(connection: Connection) -> None:
    sqlite = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if sqlite:
        sqlite.execute("PRAGMA foreign_keys = OFF")  # batch changes copy tables; checked below
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
        render_item=plain,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        broken = sqlite.execute("PRAGMA foreign_key_check").fetchall()
        sqlite.execute("PRAGMA foreign_keys = ON")
        if broken:
            raise RuntimeError(f"The migration left {len(broken)} rows that point nowhere.")


given: Engine | None = context.config.attributes.get("engine")
engine = given or Database(Settings().database_url).engine
with engine.execution_options(begin="BEGIN IMMEDIATE").connect() as connection:
    run(connection)
