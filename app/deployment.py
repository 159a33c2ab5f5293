"""What the server and the command line make of the settings: the database and the secret."""

import os
import secrets
from pathlib import Path

from app.accounts.tokens import must_be_fit
from app.audit.service import write_entry
from app.core.database import Database, normal_url
from app.settings import Settings


class SecretMissing(ValueError):
    """There is no secret, and no place of its own to keep one."""


def database(settings: Settings) -> Database:
    """The database of the settings, with what happens at each commit."""
    return Database(settings.database_url, (write_entry,), settings.database_connections)


def secret(settings: Settings) -> str:
    """The secret that signs tokens; made and kept beside an SQLite database where none is set.

    Raises SecretMissing, UnfitSecret.
    """
    if settings.secret_key is not None:
        must_be_fit(settings.secret_key)
        return settings.secret_key
    file = secret_file(settings)
    if file is None:
        raise SecretMissing(
            "Set PERHEKESKUS_SECRET_KEY to random text of 32 bytes or more. `openssl rand -hex 32` makes one."
        )
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
                new.write(secrets.token_hex(32))
        except FileExistsError:
            pass  # another worker made it first
    found = file.read_text().strip()
    must_be_fit(found)
    return found


def secret_file(settings: Settings) -> Path | None:
    """Where the secret is kept when it is not set: beside the SQLite file; None on PostgreSQL."""
    url = normal_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).with_suffix(".secret")
