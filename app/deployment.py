"""What the server and the command line make of the settings: the database and the secret."""

import os
import secrets

from app.accounts.tokens import must_be_fit
from app.audit.service import write_entry
from app.core.database import Database
from app.settings import Settings, secret_file


def database(settings: Settings) -> Database:
    """The database of the settings, with what happens at each commit."""
    return Database(settings.database_url, (write_entry,), settings.database_connections)


def secret(settings: Settings) -> str:
    """The secret that signs tokens; where none is set, one is made and kept in ``secret_file``.

    Raises UnfitSecret.
    """
    if settings.secret_key is not None:
        must_be_fit(settings.secret_key)
        return settings.secret_key
    file = secret_file(settings)
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
