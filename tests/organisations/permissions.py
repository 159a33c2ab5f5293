"""What the permission walk asks of organisations: its things, its requests, and what each of these takes."""

from typing import Any

from app.core.database import Work

TAKES: dict[str, tuple[str, ...]] = {}
REQUESTS: dict[str, Any] = {}  # operation -> (world, caller) -> (method, path, options)
CHECKS: dict[str, Any] = {}  # sentence -> ((world) -> what it is, what it should be)


def settle(world: Any, session: Work) -> None:
    """Make what the requests act on, and tell ``world.ids`` of it."""
