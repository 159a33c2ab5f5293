"""The kinds of things that rights reach. Each room states its own; ``main`` hands over the list."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import Session

from app.accounts.rules import Caller, Chain, Thing
from app.core.localized import Localized


@dataclass(frozen=True)
class Named:
    """What a thing is called."""

    slug: str | None
    name: Localized | None


@dataclass(frozen=True)
class Kind:
    """A kind of thing.

    ``name`` is that of its table, as grants and audit entries say it; ``parameter`` how paths call it.
    ``chain_of`` answers the thing with this id or slug and all that it lies in, or None if there is no
    such thing; ``inside`` the ids of this kind whose chains hold one of some things: the same, for lists.
    ``named`` answers what some are called; without it, nothing can be granted on the kind.
    ``is_somebody``: its things are people, so that other things do not point at them by kind and id.
    ``shows_to`` answers whether a caller may know that there is a thing with this chain; without it, everybody may.
    """

    name: str
    parameter: str | None
    chain_of: Callable[[Session, str], Chain | None]
    inside: Callable[[Session, Collection[Thing]], Select[Any]] | None = None
    named: Callable[[Session, Collection[UUID]], Mapping[UUID, Named]] | None = None
    shows_to: Callable[[Session, Caller, Chain], bool] | None = None
    is_somebody: bool = False

    def chain_for(self, session: Session, caller: Caller, reference: str) -> Chain | None:
        """The chain of a thing as a caller may know it: None where there is none, or none that shows to them."""
        chain = self.chain_of(session, reference)
        is_hidden = chain is not None and self.shows_to is not None and not self.shows_to(session, caller, chain)
        return None if is_hidden else chain


@dataclass(frozen=True)
class Kinds:
    """All of them, by name and by parameter."""

    all: Iterable[Kind]
    by_name: Mapping[str, Kind] = field(init=False)
    by_parameter: Mapping[str, Kind] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {kind.name: kind for kind in self.all})
        object.__setattr__(self, "by_parameter", {kind.parameter: kind for kind in self.all if kind.parameter})

    @property
    def grantable(self) -> dict[str, Kind]:
        """Those on which something can be granted."""
        return {name: kind for name, kind in self.by_name.items() if kind.named}
