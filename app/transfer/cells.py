"""What people write in spreadsheets, read tolerantly. Pure."""

import re
from datetime import date, timedelta

from app.core.language import Words

_SPACES = re.compile("[ \u00a0\u202f\u2009']")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_FINNISH_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_SERIAL_FROM = date(1899, 12, 30)  # day 0 of Excel's 1900 calendar, as far as dates after February 1900 go
UNKNOWN = ("", "..", "...", "-", "–")

NOT_A_NUMBER = Words("Tähän kuuluu luku, esimerkiksi 12 tai 1,75.", "This must be a number, such as 12 or 1.75.")
NOT_WHOLE = Words("Tähän kuuluu kokonaisluku.", "This must be a whole number.")
NOT_A_DATE = Words(
    "Tähän kuuluu päivä, esimerkiksi 12.3.2026 tai 2026-03-12.", "This must be a date, such as 12.3.2026 or 2026-03-12."
)


class Unreadable(ValueError):
    """A cell that can't be read as what its column holds."""

    def __init__(self, code: str, words: Words) -> None:
        super().__init__(words.en)
        self.code, self.words = code, words


def number(text: str) -> float | None:
    """The number in a cell: ``1,75``, ``1.75``, ``1 234``; None where it is blank or unknown (``..``).

    >>> number("1 234,5"), number(" .. "), number("0")
    (1234.5, None, 0.0)
    """
    compact = _SPACES.sub("", text.strip())
    if compact in UNKNOWN:
        return None
    if not _NUMBER.fullmatch(compact):
        raise Unreadable("not-a-number", NOT_A_NUMBER)
    return float(compact.replace(",", "."))


def whole(text: str) -> int | None:
    """The whole number in a cell, ``12,0`` included; None where it is blank or unknown."""
    value = number(text)
    if value is None:
        return None
    if not value.is_integer() or abs(value) >= 2**53:
        raise Unreadable("not-a-whole-number", NOT_WHOLE)
    return int(value)


def day(text: str) -> date:
    """The date in a cell: ``12.3.2026``, ``12.03.2026``, ``2026-03-12``, or Excel's number of a day.

    >>> day("12.3.2026") == day("2026-03-12") == day("46093")
    True
    """
    compact = text.strip()
    try:
        if matched := _FINNISH_DATE.fullmatch(compact):
            d, m, y = map(int, matched.groups())
            return date(y, m, d)
        if matched := _ISO_DATE.fullmatch(compact):
            y, m, d = map(int, matched.groups())
            return date(y, m, d)
        if compact.isascii() and compact.isdecimal() and 36526 <= int(compact) <= 73050:  # 2000-01-01 to 2099-12-31
            return _SERIAL_FROM + timedelta(days=int(compact))
    except ValueError:
        pass
    raise Unreadable("not-a-date", NOT_A_DATE)
