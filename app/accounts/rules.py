"""Who may do what, where and when, and how guessing is slowed. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from app.accounts.roles import EVERYTHING
from app.core import validity
from app.core.text import composed

_EMAIL = re.compile(r"""[^@\s<>()\[\]",:;\\]{1,64}@[^@\s<>()\[\]",:;\\/]+\.[^@\s.<>()\[\]",:;\\/]{2,}""")
Thing = tuple[str, UUID]
Chain = Sequence[Thing]  # a thing and all that it lies in, upwards; empty: nothing smaller than everything


@dataclass(frozen=True)
class Held:
    """Scopes on a thing and all below it, from ``valid_from`` until the day before ``valid_to``; null is open."""

    scopes: frozenset[str]
    kind: str
    id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, chain: Chain) -> bool:
        """Whether the thing at the start of ``chain`` is the thing held, or lies in it."""
        return self.kind == EVERYTHING or any(thing == (self.kind, self.id) for thing in chain)

    def spans(self, valid_from: date | None, valid_to: date | None) -> bool:
        """Whether it is held all through another validity."""
        begins = self.valid_from is None or (valid_from is not None and self.valid_from <= valid_from)
        return begins and (self.valid_to is None or (valid_to is not None and valid_to <= self.valid_to))


@dataclass(frozen=True)
class Caller:
    """Someone who has shown who they are, as they are known at this moment.

    ``rights`` are layers, and all of them must allow a thing: a person has one layer, a machine's
    token its own and that of whoever made it.
    """

    id: UUID
    kind: Literal["user", "token"]
    name: str
    rights: tuple[tuple[Held, ...], ...]
    session_id: UUID | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """What the caller may do somewhere."""
        return frozenset.intersection(*(frozenset().union(*(h.scopes for h in layer)) for layer in self.rights))

    def may(self, scope: str, chain: Chain = ()) -> bool:
        """Whether the caller may do this to the thing at the start of ``chain``; to everything if it is empty."""
        return all(any(scope in h.scopes and h.covers(chain) for h in layer) for layer in self.rights)

    def reach(self, scope: str) -> list[frozenset[Thing]]:
        """Where the caller may do this: things, each with all below it, one set for each layer that is bounded."""
        bounds = []
        for layer in self.rights:
            held = [h for h in layer if scope in h.scopes]
            if not any(h.kind == EVERYTHING for h in held):
                bounds.append(frozenset((h.kind, h.id) for h in held if h.id is not None))
        return bounds

    def could_give(self, scopes: Iterable[str], chain: Chain, valid_from: date | None, valid_to: date | None) -> bool:
        """Whether the caller has each of these scopes on the thing themselves, at least for that time."""
        return all(
            any(scope in h.scopes and h.covers(chain) and h.spans(valid_from, valid_to) for h in layer)
            for scope in scopes
            for layer in self.rights
        )


def overlap(one: Held, other: Held) -> bool:
    """Whether two things held have a day in common."""
    return validity.overlap((one.valid_from, one.valid_to), (other.valid_from, other.valid_to))


@dataclass(frozen=True)
class Brake:
    """``burst`` tries at once, then one for each ``interval``; a bucket that leaks (GCRA)."""

    burst: int
    interval: timedelta

    def taken(self, due_at: datetime | None, now: datetime) -> datetime:
        """When the bucket is empty again after one more try."""
        return max(due_at or now, now) + self.interval

    def wait(self, due_at: datetime | None, now: datetime) -> timedelta:
        """How long until one more try is let through; zero or less: at once."""
        return max(due_at or now, now) - now - self.interval * (self.burst - 1)


def address_of(email: str) -> str:
    """An e-mail address as it is stored and compared, however it was typed."""
    return composed(email.strip()).lower()


def is_address(address: str) -> bool:
    """Whether a text, as ``address_of`` gives it, is an e-mail address."""
    return len(address) <= 254 and address.isprintable() and _EMAIL.fullmatch(address) is not None


# An account that is tried from addresses where nobody has signed in to it: 20 wrong passwords in an hour at most.
STRANGE = Brake(5, timedelta(minutes=4))
# Its own brake for an address from which the account was signed in to: strangers can't lock its people out.
FAMILIAR = Brake(5, timedelta(minutes=4))
# All tries from one address, behind which a whole office may sit.
ADDRESS = Brake(30, timedelta(seconds=20))
FAMILIAR_FOR = timedelta(days=90)
