"""Forms of texts: each is a pattern for programs, and words for whoever sends something else."""

from app.core.language import Words

_TOLD: dict[str, Words] = {}


def form(pattern: str, fi: str, en: str) -> str:
    """The pattern, of which refusals say these words: what belongs there, with an example."""
    _TOLD[pattern] = Words(fi, en)
    return pattern


def told(pattern: str) -> Words | None:
    """The words for a pattern; None where it was made without ``form``."""
    return _TOLD.get(pattern)


CODE = form(
    r"^[a-z0-9]+([_.-][a-z0-9]+)*$",
    "Tähän kuuluu pieniä kirjaimia a-z, numeroita ja välissä _ . tai -, esimerkiksi kevat_2026.",
    "This takes small letters a-z, digits, and _ . or - between them, such as kevat_2026.",
)
SLUG = form(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "Tähän kuuluu pieniä kirjaimia a-z, numeroita ja välissä väliviivoja, esimerkiksi talo-2.",
    "This takes small letters a-z, digits, and hyphens between them, such as talo-2.",
)
WEB_ADDRESS = form(
    r"^https?://[^\s<>\"]+$",
    "Tähän kuuluu verkko-osoite, esimerkiksi https://example.org/sivu.",
    "This must be a web address, such as https://example.org/page.",
)
MONTH = form(
    r"^(1[89]|2[01])[0-9]{2}-(0[1-9]|1[0-2])$",
    "Tähän kuuluu kuukausi, esimerkiksi 2026-03.",
    "This must be a month, such as 2026-03.",
)
HOUR = form(
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "Tähän kuuluu kellonaika, esimerkiksi 13:30.",
    "This must be a time of day, such as 13:30.",
)
LANGUAGE = form(
    r"^[a-z]{2,3}$",
    "Tähän kuuluu kielen tunnus (ISO 639), esimerkiksi fi.",
    "This must be the code of a language (ISO 639), such as fi.",
)
LINE = form(  # one line, no marks that turn or hide it
    "^[^\\n\\t\u200b-\u200f\u202a-\u202e\u2066-\u2069]+$",
    "Tähän kuuluu yksi rivi tekstiä, ilman sarkaimia ja näkymättömiä merkkejä.",
    "This must be one line of text, without tabs and marks that can't be seen.",
)
