"""A duty goes round: whoever comes next in the order has the next turn, whatever becomes of those before."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.follow_up.rules.turns import next_after

YEARS = range(2026, 2041)
GROUPS = st.lists(st.integers(0, 9), min_size=1, max_size=6, unique=True)


@pytest.mark.parametrize(
    ("order", "turns", "following"),
    [
        ("abc", "", "a"),
        ("abc", "a", "b"),
        ("abc", "abc", "a"),
        ("abc", "acb", "c"),  # b took the turn of c: the order goes on from b
        ("abc", "abx", "c"),  # x has left
        ("abc", "x", "a"),
        ("abxc", "ab", "x"),  # x has come
        ("a", "a", "a"),
        ("", "ab", None),
    ],
)
def test_who_follows_the_last_in_the_order_is_next(order: str, turns: str, following: str | None) -> None:
    assert next_after(order, turns) == following


def test_a_meeting_at_which_nobody_had_the_turn_changes_nothing() -> None:
    assert next_after(["a", "b", "c"], ["a", None]) == "b"


@given(GROUPS, st.integers(1, 12))
def test_through_the_years_all_have_their_turns_alike(order: list[int], times_a_year: int) -> None:
    turns: list[int | None] = []
    for _ in YEARS:
        for _ in range(times_a_year):
            turns.append(next_after(order, turns))

    had = [turns.count(who) for who in order]
    assert max(had) - min(had) <= 1
    assert turns[: len(order)] == order[: len(turns)]
    assert len(order) == 1 or all(one != other for one, other in pairwise(turns))


@given(st.lists(GROUPS, min_size=len(YEARS), max_size=len(YEARS)), st.integers(1, 6))
def test_however_members_come_and_go_the_next_is_one_of_them(members: list[list[int]], times_a_year: int) -> None:
    turns: list[int | None] = []
    for order in members:
        for _ in range(times_a_year):
            following = next_after(order, turns)
            assert following in order
            assert len(order) == 1 or not turns or following != turns[-1]
            turns.append(following)
