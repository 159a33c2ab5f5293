"""What is known of a county when its plan is judged: plain values, read at one moment. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.areas.rules import Scheme
from app.core.localized import Localized
from app.core.validity import is_valid

ThingKey = tuple[str, str | None]  # what a rule names as its subject: kind, and code or slug


@dataclass(frozen=True)
class Evidence:
    """Where something that a verdict counts can be read; ``is_public``: without a token."""

    path: str
    is_public: bool = True


@dataclass(frozen=True)
class Area:
    """A municipality that there was or is."""

    id: UUID
    slug: str
    name: Localized
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Network:
    """A network of the county."""

    id: UUID
    slug: str
    name: Localized
    kind: str
    area_id: UUID
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Gathering:
    """A meeting that was not cancelled, or a workshop.

    ``window``: the window of a year clock that it is marked for. ``turns``: who has each duty that may go round;
    ``swapped``: those that were taken over with a reason.
    """

    day: date
    mode: str
    is_held: bool
    evidence: Evidence
    window: str | None = None
    turns: Mapping[str, UUID | None] = field(default_factory=dict)
    swapped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seat:
    """A seat of a network, on behalf of an organisation or a place. Seats of a network are in the order of turns."""

    id: UUID
    role: str
    is_held: bool
    names_person: bool
    valid_from: date
    valid_to: date | None = None
    organisation: str | None = None
    organisation_kind: str | None = None
    municipality_id: UUID | None = None
    place_id: UUID | None = None


@dataclass(frozen=True)
class Place:
    """A meeting place of the county."""

    id: UUID
    slug: str
    name: Localized
    kind: str
    municipality_id: UUID
    opened_on: date | None = None
    closed_on: date | None = None

    def is_open(self, day: date) -> bool:
        """Whether a day lies between its first and its last one, both included."""
        return (self.opened_on is None or self.opened_on <= day) and not self.is_closed(day)

    def is_closed(self, day: date) -> bool:
        """Whether its last day is over."""
        return self.closed_on is not None and self.closed_on < day


@dataclass(frozen=True)
class Evaluated:
    """An evaluation of a place in a year."""

    year: int
    kind: str
    criteria_set: str
    is_final: bool
    visited_on: date | None
    evidence: Evidence


@dataclass(frozen=True)
class Done:
    """Something that is done again and again: in a month or a year (``2026-02``, ``2024``), known from ``first`` on."""

    first: date
    period: str
    evidence: Evidence


@dataclass(frozen=True)
class Thing:
    """What a rule names beside networks, places and the county: a document, workshops; and when it was done."""

    id: UUID | None
    slug: str
    name: Localized
    done: Sequence[Done] = ()


@dataclass(frozen=True)
class Window:
    """A window of a year clock: first and last month, both included."""

    code: str
    name: Localized
    kind: str
    first_month: int
    last_month: int
    mode: str | None = None


@dataclass(frozen=True)
class Term:
    """A term of an agreement, and the steps of its beginning: (``role`` or ``review``, code) and the day of each."""

    starts_on: date
    ends_on: date | None
    steps: Mapping[tuple[str, str], date]
    evidence: Evidence


@dataclass(frozen=True)
class Carried:
    """What one organisation has to carry home of what a meeting decided; ``carried_on`` is null until it has."""

    decided_on: date
    carried_on: date | None
    evidence: Evidence


@dataclass(frozen=True)
class Rule:
    """A rule of a plan for a time; ``parameters`` are those of its type."""

    code: str
    rule: str
    type: str
    subject: ThingKey
    parameters: Any
    plan_ref: str
    is_soft: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Facts:
    """A county as it is known at one moment of the day ``today``.

    ``recorded`` names the kinds of things whose facts somebody records here: (type of rule, kind of subject). Facts of
    a kind that is not among them are unknown, not missing. Seats are by network, evaluations by place, terms and what
    is carried home by slug of the network, windows by slug of the year clock.
    """

    county: Area
    recorded_from: date
    today: date
    scheme: Scheme
    municipalities: Sequence[Area] = ()
    networks: Sequence[Network] = ()
    gatherings: Mapping[ThingKey, Sequence[Gathering]] = field(default_factory=dict)
    seats: Mapping[UUID, Sequence[Seat]] = field(default_factory=dict)
    places: Sequence[Place] = ()
    evaluations: Mapping[UUID, Sequence[Evaluated]] = field(default_factory=dict)
    things: Mapping[ThingKey, Thing] = field(default_factory=dict)
    windows: Mapping[str, Sequence[Window]] = field(default_factory=dict)
    terms: Mapping[str, Sequence[Term]] = field(default_factory=dict)
    step_names: Mapping[tuple[str, str], Localized] = field(default_factory=dict)
    carried: Mapping[str, Sequence[Carried]] = field(default_factory=dict)
    recorded: frozenset[tuple[str, str]] = frozenset()

    def within(self, area_id: UUID, day: date) -> list[Area]:
        """The municipalities valid on a day that lie in an area, or are it."""
        return [
            area
            for area in self.municipalities
            if is_valid(area.valid_from, area.valid_to, day) and area_id in self.scheme.chain(area.id, day)
        ]
