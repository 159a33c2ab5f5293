"""The product, which says on standard error whether each answer that was kept went out at once."""

import sys
from typing import Any

from app import main
from app.core.at_once import AtOnce


def from_environment() -> main.Application:
    """The application that ``perhekeskus serve`` runs, with that."""
    sent = AtOnce.sent

    def telling(self: AtOnce, *answer: Any) -> bool:
        is_sent = sent(self, *answer)
        print(f"at once: {is_sent}", file=sys.stderr, flush=True)
        return is_sent

    AtOnce.sent = telling  # type: ignore[method-assign]
    return main.from_environment()
