"""Who steers whom, and who holds what when. Pure."""

from collections.abc import Iterable, Mapping
from uuid import UUID


def reached(above: Mapping[UUID, Iterable[UUID]], start: UUID) -> set[UUID]:
    """A network and all that steer it, at any height."""
    found: set[UUID] = set()
    waiting = [start]
    while waiting:
        network = waiting.pop()
        if network not in found:
            found.add(network)
            waiting.extend(above.get(network, ()))
    return found
