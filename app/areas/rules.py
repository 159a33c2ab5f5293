"""Which area lies in which, on a day. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.core.validity import is_valid


@dataclass(frozen=True)
class Lies:
    """``area`` lies in ``parent`` from ``valid_from`` (null: since ever) until the day before ``valid_to``."""

    area: UUID
    parent: UUID
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Ended:
    """``area`` ended on ``valid_to`` (the first day without it); ``successor`` goes on."""

    area: UUID
    valid_to: date
    successor: UUID


@dataclass(frozen=True)
class Scheme:
    """The links of one scheme and the areas that ended: enough to say what lies where on any day."""

    links: Iterable[Lies]
    ended: Iterable[Ended] = ()
    _by_area: Mapping[UUID, list[Lies]] = field(init=False)
    _ended: Mapping[UUID, Ended] = field(init=False)

    def __post_init__(self) -> None:
        by_area: dict[UUID, list[Lies]] = {}
        for link in self.links:
            by_area.setdefault(link.area, []).append(link)
        object.__setattr__(self, "_by_area", by_area)
        object.__setattr__(self, "_ended", {end.area: end for end in self.ended})

    def as_of(self, area: UUID, day: date) -> UUID:
        """The area itself, or the one that stands for it on ``day`` after mergers."""
        seen = set()
        while (end := self._ended.get(area)) is not None and end.valid_to <= day and area not in seen:
            seen.add(area)
            area = end.successor
        return area

    def parent_on(self, area: UUID, day: date) -> UUID | None:
        """The area in which ``area`` lies on ``day``; None at the top."""
        return next(
            (link.parent for link in self._by_area.get(area, ()) if is_valid(link.valid_from, link.valid_to, day)), None
        )

    def chain(self, area: UUID, day: date) -> list[UUID]:
        """The area (or what stands for it on ``day``) and all above it, upwards."""
        found: list[UUID] = []
        upper: UUID | None = self.as_of(area, day)
        while upper is not None and upper not in found:
            found.append(upper)
            upper = self.parent_on(upper, day)
        return found

    def below(self, roots: Collection[UUID], day: date) -> set[UUID]:
        """The areas whose chain holds one of some, and these themselves."""
        lying = self._by_area.keys() | self._ended.keys()
        return {*roots, *(area for area in lying if not set(roots).isdisjoint(self.chain(area, day)))}
