"""Things that a row names: a query selects their parts under a prefix, and an answer shows each as one thing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Label
from sqlalchemy.sql.base import ReadOnlyColumnCollection

PARTS = ("id", "slug", "name")


def columns(table: ReadOnlyColumnCollection[str, Any], prefix: str, parts: tuple[str, ...] = PARTS) -> list[Label[Any]]:
    """The parts of a table's columns (``table.c``) under a prefix, to be selected."""
    return [table[part].label(f"{prefix}_{part}") for part in parts]


def shown(found: Mapping[str, Any], prefix: str, parts: tuple[str, ...] = PARTS) -> dict[str, Any] | None:
    """The thing of which a row holds the parts; None where it names none, so that its first part is null."""
    thing = {part: found[f"{prefix}_{part}"] for part in parts}
    return None if thing[parts[0]] is None else thing
