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
    "Tähän kuuluu pieniä kirjaimia a-z, numeroita ja välissä _ . tai -, esimerkiksi early-support.",
    "This takes small letters a-z, digits, and _ . or - between them, such as early-support.",
)
SLUG = form(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "Tähän kuuluu pieniä kirjaimia a-z, numeroita ja välissä väliviivoja, esimerkiksi lape-tiimi.",
    "This takes small letters a-z, digits, and hyphens between them, such as lape-tiimi.",
)
WEB_ADDRESS = form(
    r"^https?://[^\s<>\"]+$",
    "Tähän kuuluu verkko-osoite, esimerkiksi https://example.org/sivu.",
    "This must be a web address, such as https://example.org/page.",
)
MONTH = form(
    r"^[12][0-9]{3}-(0[1-9]|1[0-2])$",
    "Tähän kuuluu kuukausi, esimerkiksi 2026-03.",
    "This must be a month, such as 2026-03.",
)
YEAR_OR_MONTH = form(
    r"^[12][0-9]{3}(-(0[1-9]|1[0-2]))?$",
    "Tähän kuuluu vuosi tai kuukausi, esimerkiksi 2026 tai 2026-03.",
    "This must be a year or a month, such as 2026 or 2026-03.",
)
REPORT_PERIOD = form(
    r"^20[0-9]{2}(-(Q[1-4]|0[1-9]|1[0-2]))?$",
    "Tähän kuuluu vuosi, neljännes tai kuukausi, esimerkiksi 2026, 2026-Q1 tai 2026-03.",
    "This must be a year, a quarter or a month, such as 2026, 2026-Q1 or 2026-03.",
)
DAY_OF_YEAR = form(
    r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    "Tähän kuuluu kuukausi ja päivä, esimerkiksi 04-15.",
    "This must be a month and a day, such as 04-15.",
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
RULE = form(r"^[A-Z][0-9]{1,3}$", "Tähän kuuluu säännön tunnus, esimerkiksi R3.", "This must name a rule, such as R3.")
SECTION = form(
    r"^[0-9]+(\.[0-9]+)?$",
    "Tähän kuuluu suunnitelman kohta, esimerkiksi 7 tai 7.10.",
    "This must be a section of the plan, such as 7 or 7.10.",
)
KIND = form(
    r"^[a-z]+(_[a-z]+)*$",
    "Tähän kuuluu pieniä kirjaimia a-z ja välissä alaviivoja, esimerkiksi meeting_place.",
    "This takes small letters a-z, with _ between them, such as meeting_place.",
)
MEASURE = form(
    r"^[a-z][a-z0-9_]*$",
    "Tähän kuuluu pieniä kirjaimia a-z, numeroita ja alaviivoja, esimerkiksi visitors_adults.",
    "This takes small letters a-z, digits and _, such as visitors_adults.",
)
POINT = form(
    r"^-?[0-9]{1,3}$",
    "Tähän kuuluu asteikon luku, esimerkiksi 3.",
    "This must be a number of the scale, such as 3.",
)
LINE = form(  # one line, no marks that turn or hide it
    "^[^\\n\\t\u200b-\u200f\u202a-\u202e\u2066-\u2069]+$",
    "Tähän kuuluu yksi rivi tekstiä, ilman sarkaimia ja näkymättömiä merkkejä.",
    "This must be one line of text, without tabs and marks that can't be seen.",
)
