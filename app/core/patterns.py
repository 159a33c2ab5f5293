"""Patterns of texts, each with words: refusals say these, not the pattern."""

from app.core.language import Words

_WORDS: dict[str, Words] = {}


def worded(pattern: str, fi: str, en: str) -> str:
    """The pattern; whoever sends something else is told these words: what belongs there, with an example."""
    _WORDS[pattern] = Words(fi, en)
    return pattern


def words_of(pattern: str) -> Words | None:
    """What whoever sends something else is told; None for a pattern that was not ``worded``."""
    return _WORDS.get(pattern)


CODE = worded(
    r"^[a-z0-9]+([_.-][a-z0-9]+)*$",
    "Tähän kuuluu pieniä kirjaimia a-z, numeroita ja välissä _ . tai -, esimerkiksi kevat_2026.",
    "This takes small letters a-z, digits, and _ . or - between them, such as kevat_2026.",
)
SLUG = worded(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "Tähän kuuluu pieniä kirjaimia a-z, numeroita ja välissä väliviivoja, esimerkiksi talo-2.",
    "This takes small letters a-z, digits, and hyphens between them, such as talo-2.",
)
WEB_ADDRESS = worded(
    r"^https?://[^\s<>\"]+$",
    "Tähän kuuluu verkko-osoite, esimerkiksi https://example.org/sivu.",
    "This must be a web address, such as https://example.org/page.",
)
