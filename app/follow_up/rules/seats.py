"""How the seats are that a party asks for: filled, vacant, soon at their end, silent. Plan 3-7. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.follow_up.rules.facts import Facts, Network, Rule, Seat
from app.follow_up.rules.parties import Part, ends_soon, is_unfilled, parts
from app.follow_up.rules.verdicts import Named

LOOKED_BACK = timedelta(days=365)
FEWEST, MOST = 2, 3  # meetings that tell whether a seat is silent


class SeatState(StrEnum):
    """How a seat is. The worst comes first."""

    vacant = "vacant"
    expiring = "expiring"
    silent = "silent"
    filled = "filled"


@dataclass(frozen=True)
class Line:
    """One seat that a party asks for; without ``seat`` there is none. ``of``: for which of several it is."""

    state: SeatState
    seat: Seat | None
    of: Named | None


def lines(facts: Facts, rule: Rule, network: Network, on: date, came: Mapping[UUID, Sequence[bool]]) -> list[Line]:
    """The seats that a rule asks for in a network on a day.

    ``came``: for each seat whether it or its deputy was at the meetings of the last year, the last one first.
    """
    found = parts(facts, rule.parameters, network, on)
    ends = _unfilled_later(facts, rule, network, on)
    made: list[Line] = []
    for part in found:
        made += [Line(_state(seat, part, ends, on, came), seat, part.of) for seat in part.fitting]
        if not part.fitting:
            made.append(Line(SeatState.vacant, None, part.of))
    return made


def is_silent(came: Sequence[bool]) -> bool:
    """Whether nobody came for a seat lately, as far as that was recorded."""
    return len(came) >= FEWEST and not any(came[:MOST])


def worst(states: Collection[SeatState], *, is_enough: bool) -> SeatState:
    """How a party is as a whole: vacant, if too few seats are held; else as the worst of those that are."""
    if not is_enough:
        return SeatState.vacant
    return next((state for state in SeatState if state in states and state != SeatState.vacant), SeatState.filled)


def _state(
    seat: Seat, part: Part, ends: Collection[tuple[date, UUID | None]], on: date, came: Mapping[UUID, Sequence[bool]]
) -> SeatState:
    if not seat.is_held:
        return SeatState.vacant
    if seat.valid_to is not None and (seat.valid_to, part.of.id if part.of else None) in ends:
        return SeatState.expiring
    return SeatState.silent if is_silent(came.get(seat.id, ())) else SeatState.filled


def _unfilled_later(facts: Facts, rule: Rule, network: Network, on: date) -> set[tuple[date, UUID | None]]:
    """The days soon to come on which seats end and leave a part without anybody, and which part."""
    return {
        (day, part.of.id if part.of else None)
        for day in ends_soon(facts, network, on)
        for part in parts(facts, rule.parameters, network, day)
        if is_unfilled(part, rule.parameters)
    }
