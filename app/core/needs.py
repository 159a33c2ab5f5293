"""The need of an endpoint: who may call it. Stated once, in its signature; read by all who must know.

``accounts`` makes needs (``Needs(scope)``, ``Public(family)``); here is only how they are found, so
that the house's route class can refuse an endpoint that states none.
"""

from dataclasses import dataclass
from typing import Literal

from fastapi.dependencies.models import Dependant


@dataclass(frozen=True)
class Need:
    """What an endpoint asks of its caller.

    ``public``: anyone; the answer shows data of ``families`` and browsers may keep it for ``max_age_s``. It
    ``changes_with`` the day in Helsinki, or with the minute. Without families it is made anew each time.
    ``scope``: a caller with that scope: on the thing that the path parameter ``at`` names, on everything
    where that is ``everything``, or somewhere, and then the endpoint itself keeps to where that is.
    ``self``: any caller. ``entry``: the way in, or a page for people.
    """

    kind: Literal["public", "scope", "self", "entry"]
    scope: str | None = None
    at: str | None = None
    families: tuple[str, ...] = ()
    max_age_s: int = 0
    changes_with: Literal["day", "minute"] = "day"


def need_of(dependant: Dependant, endpoint: str) -> Need:
    """The one need that a signature states. Raises TypeError where there is none, or more than one."""
    needs = [need for d in dependant.dependencies if (need := getattr(d.call, "need", None)) is not None]
    if len(needs) != 1:
        raise TypeError(f"{endpoint} states {len(needs)} needs. State one: Needs(scope) or Public(family).")
    stated: Need = needs[0]
    return stated
