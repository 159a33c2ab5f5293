"""Slugs, codes and references: how things are named in addresses and in files."""

from typing import Annotated

from pydantic import StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=2, max_length=80)]
# Of kinds, roles and tags: chosen once, never shown to families.
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_.-][a-z0-9]+)*$", min_length=1, max_length=40)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=80)]  # an id or a slug


def free(base: str, used: set[str]) -> str:
    """``base``, or with the first number that nobody uses."""
    return next(s for s in (base, *(f"{base[:76]}-{n}" for n in range(2, len(used) + 3))) if s not in used)
