"""Text as it is stored: composed (NFC), trimmed, without control characters; and Finnish alphabetical order."""

import re
import unicodedata

from sqlalchemy import Text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_SPACES = re.compile(r"\s+")
# After z come å, ä, ö. Source: the Finnish collation of Unicode CLDR (standard).
_LETTERS = {
    "å": "{",
    "ä": "|",
    "æ": "|",
    "ö": "}",
    "ø": "}",
    "õ": "o",
    "ü": "y",
    "ð": "d",
    "þ": "th",
    "ß": "ss",
    "đ": "d",
    "ł": "l",
}


SortKey = Text().with_variant(Text(collation="C"), "postgresql")  # compared byte by byte on every database


def composed(text: str) -> str:
    """The same text in NFC, with line breaks as ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def has_control_characters(text: str) -> bool:
    """Whether ``text`` has control characters other than line break and tab."""
    return _CONTROL.search(text) is not None


def sort_name(name: str) -> str:
    """A key that puts names in Finnish order when compared byte by byte, on every database.

    >>> sorted(["Öljy", "Zoo", "Åbo", "Äiti", "apu", "Wau", "vau"], key=sort_name)
    ['apu', 'vau', 'Wau', 'Zoo', 'Åbo', 'Äiti', 'Öljy']
    """
    letters = "".join(_LETTERS.get(c) or _base(c) for c in unicodedata.normalize("NFC", name).casefold())
    return _SPACES.sub(" ", letters).strip() + "\x1f" + unicodedata.normalize("NFC", name)


def _base(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))


def folded(name: str) -> str:
    """``name`` without case, accents or runs of spaces: how people's headings and names are compared.

    >>> folded("  Päivä ") == folded("paiva")
    True
    """
    return _SPACES.sub(" ", "".join(_base(c) for c in name.casefold())).strip()


def slugged(name: str) -> str:
    """``name`` as a slug: lower case ASCII letters, digits and single hyphens; may be empty.

    >>> slugged("Äijälän Tupa!")
    'aijalan-tupa'
    """
    return re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:80].rstrip("-")
