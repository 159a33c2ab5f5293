"""What people write in spreadsheets."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.spreadsheets import safe, unsafed
from app.transfer.cells import Unreadable, day, number, whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,75", 1.75),
        ("1.75", 1.75),
        ("1 234", 1234),
        ("1\u00a0234,5", 1234.5),
        ("1\u202f234", 1234),
        ("0", 0),
        ("-3", -3),
        ("", None),
        ("..", None),
        (" – ", None),
    ],
)
def test_a_number_is_read_as_finns_write_it(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["viisi", "1,2,3", "NaN", "inf", "0x10", "1e5", "٣", "12 kpl"])
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        number(text)


def test_a_count_is_whole() -> None:
    assert whole("12,0") == 12
    with pytest.raises(Unreadable):
        whole("12,5")


@pytest.mark.parametrize("text", ["12.3.2026", "12.03.2026", "2026-03-12", "2026-03-12 00:00:00", "46093"])
def test_a_date_is_read_in_every_form(text: str) -> None:
    assert day(text) == date(2026, 3, 12)


@pytest.mark.parametrize("text", ["", "3/12/2026", "31.2.2026", "2026-3-12", "12", "99999999", "eilen"])
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        day(text)


@given(st.text(max_size=20))
def test_a_note_comes_back_as_it_went(text: str) -> None:
    assert unsafed(safe(text)) == text
    assert safe(text)[:1] not in ("=", "+", "-", "@")
