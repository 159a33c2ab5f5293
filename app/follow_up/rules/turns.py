"""Whose turn it is, where a duty goes round. Pure."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

Who = TypeVar("Who")


def next_after(order: Sequence[Who], turns: Iterable[Who | None]) -> Who | None:
    """Who has the next turn: whoever follows the last one of ``turns`` that is in the order; at first, the first.

    ``turns`` are those that were had, the oldest first. None where nobody takes turns.

    >>> next_after(["a", "b", "c"], ["c", "a", "somebody who has left", None])
    'b'
    """
    last = next((who for who in reversed(list(turns)) if who in order), None)
    if not order:
        return None
    return order[0] if last is None else order[(order.index(last) + 1) % len(order)]
