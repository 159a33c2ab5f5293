"""What can be wrong with a deployment, looked for, each with its cure."""

import difflib
import math
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError

from app.accounts.tokens import UnfitSecret, must_be_fit
from app.core import clock
from app.core.engines import normal_url
from app.settings import Settings, secret_file
from app.transfer import database_findings
from app.transfer.findings import Finding, bad, good, warning

LEAST_FREE_MIB = 200
LEAST_SECRET_BITS = 80  # of 128 and more: how characters are spread in one short sample tells less than there is
PREFIX = "PERHEKESKUS_"
OF_THE_COMMAND_LINE = ("PERHEKESKUS_LANG", "PERHEKESKUS_TOKEN")
MAKE_ONE = "Make a random one: `openssl rand -hex 32`."
WORDS = ("changeme", "change-me", "change_me", "secret", "password", "salasana", "perhekeskus", "example", "qwerty")
_ORIGIN = re.compile(r"https?://[^/\s?#]+")


def examine() -> list[Finding]:
    """Everything that can be looked at from here, settings first. Changes nothing, and makes no file."""
    settings, wrong, found = _settings()
    size = 0
    if "database_url" not in wrong:
        examined = database_findings.examine(settings)
        found, size = [*found, *examined.findings], examined.size
    found.append(_time_zone())
    if "database_url" not in wrong or settings.secret_key is not None:
        found.append(_secret(settings))
    if "database_url" not in wrong:
        found.append(_disk(settings, size))
    return found


def _settings() -> tuple[Settings, set[str], list[Finding]]:
    """The settings, with defaults for what can't be read; the names of that; and what to say of it."""
    wrong, found = set(), []
    try:
        settings = Settings()
    except ValidationError as unread:
        for fault in unread.errors():
            name = str(fault["loc"][0])
            wrong.add(name)
            found.append(_wrong(name, fault["msg"]))
        settings = Settings(**{name: Settings.model_fields[name].default for name in wrong})
    try:
        normal_url(settings.database_url)
    except (ArgumentError, ValueError):
        wrong.add("database_url")
        found.append(_wrong("database_url", "can't be read as an address"))
    if any(not _ORIGIN.fullmatch(origin) for origin in settings.origins):
        found.append(_wrong("cors_origins", "an origin is https:// and a host, without a path or a slash at the end"))
    found += _unknown(os.environ)
    return settings, wrong, found or [good("settings", "all can be read, and none is unknown")]


def _wrong(name: str, said: str) -> Finding:
    told = Settings.model_fields[name].description or ""
    return bad("settings", f"{PREFIX}{name.upper()}: {said}", f"Mend it, or leave it out. {told}")


def _unknown(names: Iterable[str]) -> list[Finding]:
    """A name that is almost known is a setting that does not do what somebody thinks; others may have no need of us."""
    known = [PREFIX + name.upper() for name in Settings.model_fields] + list(OF_THE_COMMAND_LINE)
    found = []
    for name in sorted(name for name in names if name.upper().startswith(PREFIX) and name.upper() not in known):
        near = difflib.get_close_matches(name.upper(), known, 1, 0.8)
        if near:
            found.append(bad("settings", f"{name} is not known and does nothing", f"Did you mean {near[0]}?"))
        else:
            found.append(warning("settings", f"{name} is not known and does nothing", "Leave it out."))
    return found


def _time_zone() -> Finding:
    offsets = [datetime(2026, month, 15, tzinfo=UTC).astimezone(clock.HELSINKI).utcoffset() for month in (1, 7)]
    if offsets != [timedelta(hours=2), timedelta(hours=3)]:
        return bad("time zone", "Europe/Helsinki has no summer time here", "Install the time zone data: `tzdata`.")
    return good("time zone", f"Europe/Helsinki, {clock.now().astimezone(clock.HELSINKI):UTC%z}")


def _secret(settings: Settings) -> Finding:
    if settings.secret_key is not None:
        return _fitness(settings.secret_key, MAKE_ONE, f"{len(settings.secret_key.encode())} bytes")
    file = secret_file(settings)
    several = "Set PERHEKESKUS_SECRET_KEY where several machines serve."
    try:
        if not file.exists():
            return good("secret", f"none yet: the first start makes one in {file}. {several}")
        found, mode = file.read_text().strip(), file.stat().st_mode
    except (OSError, UnicodeDecodeError) as broken:
        cure = "Let the user who runs the server own the file."
        return bad("secret", f"{file} can't be read: {type(broken).__name__}", cure)
    if mode & 0o077 and os.name == "posix":
        return bad("secret", f"others on this machine may read {file}, and sign tokens with it", f"chmod 600 {file}")
    cure = f"Remove {file} and start the server: it makes another. People sign in again then."
    return _fitness(found, cure, f"kept in {file}. {several}")


def _fitness(secret: str, cure: str, said: str) -> Finding:
    try:
        must_be_fit(secret)
    except UnfitSecret:
        return bad("secret", "unfit: shorter than 32 bytes, or a key of another kind", cure)
    if is_guessable(secret):
        return bad("secret", "guessable", cure)
    return good("secret", said)


def is_guessable(secret: str) -> bool:
    """Whether a secret has words, repeats itself, runs along the alphabet, or has few characters often."""
    plain = secret.casefold()
    repeats = (secret + secret).find(secret, 1) < len(secret)
    runs = sum(abs(ord(b) - ord(a)) <= 1 for a, b in pairwise(plain)) > len(plain) / 2
    shares = [n / len(secret) for n in Counter(secret).values()]
    bits = -len(secret) * sum(share * math.log2(share) for share in shares)
    return repeats or runs or bits < LEAST_SECRET_BITS or any(word in plain for word in WORDS)


def _disk(settings: Settings, size: int) -> Finding:
    folder = secret_file(settings).absolute().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"{free >> 20} MiB free in {folder}"
    if free >> 20 < LEAST_FREE_MIB:
        return bad("disk", said, f"Free some: {LEAST_FREE_MIB} MiB or more.")
    if free < size:
        cure = "Free some, or write backups to another disk."
        return warning("disk", f"{said}, and the database has {size >> 20} MiB: a backup may not fit", cure)
    return good("disk", said)
