"""Bodies are I-JSON (RFC 7493): UTF-8, no key twice, no lone surrogate, no NUL, numbers a double can hold."""

import json
import math
from collections.abc import Iterator
from typing import Any

from app.core.errors import NotIJson
from app.core.language import Words
from app.core.text import composed

SAFE = 2**53 - 1
DEEPEST = 64

_NOT_UTF8 = Words("se ei ole UTF-8-tekstiä", "it is not UTF-8 text")
_NOT_JSON = Words("JSON katkeaa tai on rikki", "the JSON is cut short or broken")
_KEY_TWICE = Words("jokin avain on kahdesti samassa oliossa", "an object has a key twice")
_NOT_A_NUMBER = Words("NaN ja Infinity eivät ole JSON-lukuja", "NaN and Infinity are not JSON numbers")
_TOO_LARGE = Words("jokin luku on liian suuri", "a number is too large")
_NOT_TEXT = Words("tekstissä on NUL tai puolikas merkkipari", "a text has a NUL or half a surrogate pair")
_TOO_DEEP = Words("sisäkkäisiä tasoja on liikaa", "it is nested too deep")

Place = tuple[str | int, ...]


def loads(raw: bytes) -> Any:
    """The value of an I-JSON text: strings in NFC, ``5.0`` as 5. Raises NotIJson."""
    try:
        text = raw.decode("utf-8")  # json.loads(bytes) would guess UTF-16 and UTF-32
    except UnicodeDecodeError:
        raise NotIJson(why=_NOT_UTF8) from None
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant
        )
        return _checked(value)
    except RecursionError:
        raise NotIJson(why=_TOO_DEEP) from None
    except json.JSONDecodeError:
        raise NotIJson(why=_NOT_JSON) from None


def texts(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text of a JSON value with its place, keys of objects included."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield place, key
            yield from texts(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, (*place, index))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        raise NotIJson(why=_KEY_TWICE)
    return whole


def _float(digits: str) -> float | int:
    number = float(digits)
    if not math.isfinite(number):
        raise NotIJson(why=_TOO_LARGE)
    return int(number) if number.is_integer() and abs(number) <= SAFE else number


def _int(digits: str) -> int:
    if len(digits) > 17 or abs(number := int(digits)) > SAFE:
        raise NotIJson(why=_TOO_LARGE)
    return number


def _constant(name: str) -> None:
    raise NotIJson(why=_NOT_A_NUMBER)


def _checked(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise NotIJson(why=_TOO_DEEP)
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value)):
            raise NotIJson(why=_NOT_TEXT)
        return composed(value)
    if isinstance(value, dict):
        return {_checked(key, depth): _checked(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_checked(item, depth + 1) for item in value]
    return value
