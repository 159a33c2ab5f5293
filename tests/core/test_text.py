"""Text as it is stored, and Finnish order."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.core.text import composed, folded, has_control_characters, slugged, sort_name

IN_ORDER = ["aalto", "Aamu", "Erä", "Esa", "Vaari", "Väinö", "Wau", "Zoo", "Åbo", "Äiti", "Öljy"]


def test_names_are_in_finnish_order_when_keys_are_compared_byte_by_byte() -> None:
    assert sorted({*IN_ORDER}, key=lambda name: sort_name(name).encode()) == IN_ORDER


def test_each_name_comes_before_the_next() -> None:
    assert all(sort_name(a).encode() < sort_name(b).encode() for a, b in pairwise(IN_ORDER))


def test_equal_letters_in_other_cases_have_different_keys() -> None:
    assert sort_name("Tupa") != sort_name("TUPA")


@given(st.text(max_size=30))
def test_a_slug_is_a_slug(name: str) -> None:
    slug = slugged(name)

    assert slug == slugged(slug)
    assert all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in slug)
    assert not slug.startswith("-")
    assert "--" not in slug


@given(st.text(max_size=30))
def test_composing_twice_is_composing_once(text: str) -> None:
    assert composed(composed(text)) == composed(text)


def test_people_compare_names_without_case_accents_and_spaces() -> None:
    assert folded("  PÄIVÄ\u00a0 koti ") == folded("päivä koti") == "paiva koti"


def test_line_breaks_and_tabs_are_text_and_other_controls_are_not() -> None:
    assert not has_control_characters("a\nb\tc")
    assert all(has_control_characters(c) for c in "\0\x07\x1b\x7f\x85\u2028")
