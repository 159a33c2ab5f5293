"""What pydantic finds wrong, in the product's own words, without a word of what was sent."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from app.core import patterns
from app.core.errors import Fault
from app.core.language import Words

_MISSING = Words("Pakollinen tieto puuttuu.", "This is required.")
_UNKNOWN_FIELD = Words("Tuntematon kenttä.", "Unknown field.")
_KNOWN_FIELDS = Words("Tuntematon kenttä. Tunnetut: {known}.", "Unknown field. Known here: {known}.")
_WHOLE = Words("Tähän kuuluu kokonaisluku, ei tekstiä eikä desimaaleja.", "This must be a whole number, not text.")
_NUMBER = Words("Tähän kuuluu luku, ei tekstiä.", "This must be a number, not text.")
_BOOLEAN = Words("Tähän kuuluu true tai false.", "This must be true or false.")
_TEXT = Words("Tähän kuuluu teksti.", "This must be text.")
_DATE = Words("Tähän kuuluu päivä muodossa 2026-03-12.", "This must be a date such as 2026-03-12.")
_MOMENT = Words(
    "Tähän kuuluu hetki muodossa 2026-03-12T10:00:00Z.", "This must be a moment such as 2026-03-12T10:00:00Z."
)
_UUID = Words("Tähän kuuluu UUID-tunniste.", "This must be a UUID.")
_OBJECT = Words("Tähän kuuluu JSON-olio.", "This must be a JSON object.")
_LIST = Words("Tähän kuuluu luettelo.", "This must be a list.")
_WRONG = Words("Arvo ei kelpaa.", "This value can't be accepted.")

# pydantic's error type -> our code and message; {…} are taken from the error's own context.
_SAID: dict[str, tuple[str, Words]] = {
    "missing": ("missing", _MISSING),
    "extra_forbidden": ("unknown-field", _UNKNOWN_FIELD),
    "none_required": ("not-null", Words("Tähän kuuluu null.", "This must be null.")),
    "string_type": ("not-text", _TEXT),
    "string_too_short": ("too-short", Words("Vähintään {min_length} merkkiä.", "At least {min_length} characters.")),
    "string_too_long": ("too-long", Words("Enintään {max_length} merkkiä.", "At most {max_length} characters.")),
    "string_pattern_mismatch": (
        "wrong-form",
        Words("Muoto ei ole {pattern}.", "This does not have the form {pattern}."),
    ),
    "enum": ("not-one-of", Words("Tähän kuuluu jokin näistä: {expected}.", "This must be one of {expected}.")),
    "literal_error": ("not-one-of", Words("Tähän kuuluu jokin näistä: {expected}.", "This must be one of {expected}.")),
    "greater_than_equal": ("too-small", Words("Vähintään {ge}.", "At least {ge}.")),
    "greater_than": ("too-small", Words("Suurempi kuin {gt}.", "More than {gt}.")),
    "less_than_equal": ("too-large", Words("Enintään {le}.", "At most {le}.")),
    "less_than": ("too-large", Words("Pienempi kuin {lt}.", "Less than {lt}.")),
    "multiple_of": ("not-a-multiple", Words("Luvun {multiple_of} monikerta.", "A multiple of {multiple_of}.")),
    "too_short": ("too-few", Words("Vähintään {min_length} kohtaa.", "At least {min_length} items.")),
    "too_long": ("too-many", Words("Enintään {max_length} kohtaa.", "At most {max_length} items.")),
    "repeated": ("repeated", Words("Anna tämä vain kerran.", "Give this once.")),
    "unknown_parameter": (
        "unknown-parameter",
        Words("Tuntematon parametri. Tunnetut: {known}.", "Unknown parameter. Known here: {known}."),
    ),
    "control_character": (
        "control-character",
        Words("Tekstissä on ohjausmerkki. Poista se.", "The text has a control character. Remove it."),
    ),
}
_BY_START: tuple[tuple[str, str, Words], ...] = (
    ("int_", "not-a-whole-number", _WHOLE),
    ("float_", "not-a-number", _NUMBER),
    ("decimal_", "not-a-number", _NUMBER),
    ("finite_", "not-a-number", _NUMBER),
    ("bool_", "not-a-boolean", _BOOLEAN),
    ("datetime_", "not-a-moment", _MOMENT),
    ("date_", "not-a-date", _DATE),
    ("uuid_", "not-a-uuid", _UUID),
    ("model_", "not-an-object", _OBJECT),
    ("dict_", "not-an-object", _OBJECT),
    ("list_", "not-a-list", _LIST),
    ("tuple_", "not-a-list", _LIST),
)
CONTROL_CHARACTER = _SAID["control_character"][1]


class FaultFound(ValueError):
    """A rule across fields is broken: raised by validators of shapes, carried as it is to the answer."""

    def __init__(self, code: str, detail: Words, pointer: str | None = None) -> None:
        super().__init__(detail.en)
        self.fault = Fault(code, detail, pointer=pointer)


def faults_of(errors: Iterable[Mapping[str, Any]], declared: Collection[str] | None = None) -> list[Fault]:
    """The faults of a validation, placed by JSON pointer or parameter.

    ``declared`` are the names that the body may have at any depth: a name outside them was sent, so
    it is not repeated in a pointer (``*`` stands for it). None: all names are ours.
    """
    return [_fault(error, declared) for error in errors]


def _fault(error: Mapping[str, Any], declared: Collection[str] | None) -> Fault:
    code, detail = _said(error)
    loc = list(error.get("loc", ()))
    if loc and loc[0] in ("query", "path", "header", "cookie"):
        name = str(loc[1]) if len(loc) > 1 and loc[1] != "" else None  # an item of a list: the list
        return Fault(code, detail, parameter=None if error["type"] == "unknown_parameter" else name)
    if loc and loc[0] == "body":
        loc = loc[1:]
    if error["type"] == "extra_forbidden":
        loc = loc[:-1]  # the unknown name is input too
        if declared and not loc:
            detail = _KNOWN_FIELDS.about(known=", ".join(sorted(declared)))
    found = error.get("ctx", {}).get("error")
    pointer = pointer_to(p if isinstance(p, int) or declared is None or p in declared else "*" for p in loc)
    if isinstance(found, FaultFound):
        return found.fault.at(pointer=pointer + (found.fault.pointer or ""))
    return Fault(code, detail, pointer=pointer)


def _said(error: Mapping[str, Any]) -> tuple[str, Words]:
    kind: str = error["type"]
    context = error.get("ctx", {})
    if kind == "value_error" and isinstance(context.get("error"), FaultFound):
        return context["error"].fault.code, context["error"].fault.detail
    if kind in _SAID:
        code, words = _SAID[kind]
        words = patterns.words_of(str(context.get("pattern"))) or words
        return code, words.about(**{**context, "expected": str(context.get("expected", "")).replace(" or ", ", ")})
    for start, code, words in _BY_START:
        if kind.startswith(start):
            return code, words
    return "not-accepted", _WRONG


def pointer_to(path: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901) to a path of names and indexes."""
    return "".join("/" + re.sub("[~/]", lambda m: "~0" if m[0] == "~" else "~1", str(part)) for part in path)
