"""Slugs, codes and references: how things are named in addresses and in files."""

from typing import Annotated

from pydantic import StringConstraints

from app.core import patterns
from app.core.errors import Conflict
from app.core.language import Words

Slug = Annotated[str, StringConstraints(pattern=patterns.SLUG, min_length=2, max_length=80)]
# Of kinds, roles and tags: chosen once, never shown to families.
Code = Annotated[str, StringConstraints(pattern=patterns.CODE, min_length=1, max_length=40)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=80)]  # an id or a slug

LIKE_AN_ID = Words("Tunnus näyttää id:ltä. Valitse sana.", "This slug looks like an id. Choose a word.")


class SlugTaken(Conflict):
    """Something else of this kind has this slug."""

    title = Words("Tunnus on käytössä", "Slug taken")
    detail = Words("Toisella on jo tämä tunnus (slug). Valitse toinen.", "Another has this slug. Choose another.")
    cure = Words("Lähetä toinen slug tai jätä se pois.", "Send another slug, or leave it out.")


def free(base: str, used: set[str]) -> str:
    """``base``, or with the first number that nobody uses."""
    return next(s for s in (base, *(f"{base[:76]}-{n}" for n in range(2, len(used) + 3))) if s not in used)
