"""Bodies are I-JSON, or they are refused."""

import pytest

from app.core import i_json
from app.core.errors import NotIJson


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": 5.0}', {"a": 5}),
        (b'{"a": 5.5}', {"a": 5.5}),
        (b'"a\xcc\x88"', "ä"),
        (b"9007199254740991", 9007199254740991),
        (b'["\\ud83d\\ude00"]', ["😀"]),
        (b"null", None),
    ],
)
def test_what_a_double_and_utf_8_can_hold_is_read(raw: bytes, value: object) -> None:
    assert i_json.loads(raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 2}',
        b'{"b": {"a": 1, "a": 2}}',
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9007199254740992",
        b"1" * 5000,
        b'"\\u0000"',
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b"\xff\xfe{\x00}\x00",
        b'"\xff"',
        b'{"a": ',
        b"[" * 200_000,
        b"[" * 70 + b"]" * 70,
        b"",
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda raw: raw[:20].decode("latin-1"),
)
def test_what_is_not_i_json_is_refused(raw: bytes) -> None:
    with pytest.raises(NotIJson):
        i_json.loads(raw)
