"""What a look at a deployment found: good, a warning, or bad with its cure."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "warning", "bad"]


@dataclass(frozen=True)
class Finding:
    """Something looked at. ``cure`` says what to do where it is not good; only what is ``bad`` must be mended."""

    what: str
    is_good: bool
    said: str
    cure: str | None = None
    level: Level = "good"


def good(what: str, said: str) -> Finding:
    """Nothing to do."""
    return Finding(what, True, said)


def warning(what: str, said: str, cure: str) -> Finding:
    """It works, and should be better."""
    return Finding(what, False, said, cure, "warning")


def bad(what: str, said: str, cure: str) -> Finding:
    """It does not work, or not as one thinks that it does."""
    return Finding(what, False, said, cure, "bad")
