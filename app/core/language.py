"""The languages in which the product speaks to people, and which one a request asks for."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, get_args
from urllib.parse import parse_qs

Language = Literal["fi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
ASKABLE = (*LANGUAGES, "sv")  # Swedish readers get Finnish until the messages are in Swedish


class Words(NamedTuple):
    """One message in every language of the product. ``{name}`` stands for a fact."""

    fi: str
    en: str

    def about(self, **facts: Any) -> "Words":
        """The same message with its facts filled in."""
        return Words(self.fi.format(**facts), self.en.format(**facts))

    def to(self, language: Language) -> str:
        """The message for a reader of ``language``."""
        return self.fi if language == "fi" else self.en


def preferred(accepted: str | None) -> Language:
    """The first language of an ``Accept-Language`` header that the product speaks; Finnish if none.

    Quality values are honoured: ``sv, en;q=0.8, fi;q=0.9`` asks for Finnish.
    """
    ranked = sorted(_ranked(accepted or ""), key=lambda pair: -pair[1])
    return next((known for tag, _ in ranked for known in LANGUAGES if tag == known), "fi")


def _ranked(accepted: str) -> Iterable[tuple[str, float]]:
    for part in accepted.split(","):
        tag, _, quality = part.strip().lower().partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or "1")
        except ValueError:
            continue
        if weight > 0:
            yield tag[:2], weight


def asked(scope: Mapping[str, Any]) -> Language:
    """The language of a request: ``lang=`` wins over ``Accept-Language``."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    chosen = query.get("lang", [""])[0].lower()
    for known in LANGUAGES:
        if chosen == known:
            return known
    headers = dict(scope.get("headers", ()))
    return preferred(headers.get(b"accept-language", b"").decode("latin-1"))
