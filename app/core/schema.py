"""The schema of the database, as Alembic knows it: what it is, what it should be, and how to get there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

VERSION_TABLE = "alembic_version"
ROOT = Path(__file__).resolve().parents[2]


def _config(engine: Engine | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    if engine is not None:
        config.attributes["engine"] = engine
    return config


def head() -> str:
    """The revision that this code needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None, "migrations/ has no revision"
    return found


def current(engine: Engine) -> str | None:
    """The revision at which the database is; None if it is empty."""
    with engine.connect() as connection:
        return seen(connection)


def seen(connection: Connection) -> str | None:
    """The revision that a connection sees, in its own transaction; None if the database is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str | None) -> bool:
    """Whether this code has a migration with that name; an unknown one comes from a newer version."""
    return revision is None or any(
        s.revision == revision for s in ScriptDirectory.from_config(_config()).walk_revisions()
    )


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to a revision. SQLite and PostgreSQL do each migration whole or not at all."""
    command.upgrade(_config(engine), to)


def bring(engine: Engine, to: str) -> None:
    """Bring the database up or down to a revision that this code knows."""
    before = current(engine)
    script = ScriptDirectory.from_config(_config())
    above = {s.revision for s in script.iterate_revisions(before, "base")} if before else set()
    if to in above:
        downgrade(engine, to)
    else:
        upgrade(engine, to)


def downgrade(engine: Engine, to: str) -> None:
    """Take the database back to a revision; ``base`` is empty."""
    command.downgrade(_config(engine), to)
