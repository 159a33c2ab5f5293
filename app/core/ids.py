"""Ids: UUIDv7 (RFC 9562), which grow with time."""

import re
import uuid

import uuid6

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def new() -> uuid.UUID:
    """A new UUIDv7. Later ids sort after earlier ones, to the millisecond."""
    return uuid.UUID(bytes=uuid6.uuid7().bytes)


def as_uuid(reference: str) -> uuid.UUID | None:
    """The UUID that a path names in its usual form (8-4-4-4-12), or None if it is a slug."""
    try:
        return uuid.UUID(reference) if len(reference) == 36 else None
    except ValueError:
        return None
