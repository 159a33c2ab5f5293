"""Content encodings: which one a client takes, and bodies in it."""

import gzip

import brotli

OFFERED = ("br", "gzip")  # the better one first
SMALLEST = 1_000  # below, a compressed body saves no packet
_TEXTUAL = ("application/json", "application/problem+json", "image/svg+xml")


def chosen(accepted: str) -> str:
    """The encoding that an ``Accept-Encoding`` header ranks first among those offered; empty for none of them.

    Quality values are honoured, and ``*`` stands for those that are not named.
    """
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, quality = part.strip().partition(";")
        try:
            weights[name.strip()] = float(quality.strip().removeprefix("q=") or "1")
        except ValueError:
            continue
    others = weights.get("*", 0.0)
    best = max(OFFERED, key=lambda name: weights.get(name, others))
    weight = weights.get(best, others)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else ""


def is_worth_it(body: bytes, media_type: str) -> bool:
    """Whether a body gets smaller, and by enough."""
    kind = media_type.partition(";")[0]
    return len(body) >= SMALLEST and (kind in _TEXTUAL or kind.startswith("text/") or kind.endswith("+json"))


def encoded(body: bytes, encoding: str) -> bytes:
    """A body in one of the offered encodings: the same bytes each time."""
    if encoding == "br":
        packed: bytes = brotli.compress(body, quality=5)
        return packed
    return gzip.compress(body, 6, mtime=0)
