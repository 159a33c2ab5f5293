"""What a caller may do, and how guessing is slowed: plain functions on plain values."""

import re
import string
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import opaque
from app.accounts.rules import ADDRESS, STRANGE, Brake, Caller, Held, overlap

Time = tuple[date | None, date | None]
KOPPA, NEAR = ("meeting_place", UUID(int=1)), ("meeting_place", UUID(int=2))
MIKKELI, COUNTY, OTHER = ("area", UUID(int=3)), ("area", UUID(int=4)), ("area", UUID(int=5))
KOPPA_AND_ABOVE = [KOPPA, MIKKELI, COUNTY]
FIRST, MIDDLE, LAST = date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 31)
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def held(*scopes: str, on: tuple[str, UUID | None] = ("everything", None), **validity: Any) -> Held:
    return Held(frozenset(scopes), *on, **validity)


def caller(*layers: tuple[Held, ...]) -> Caller:
    return Caller(UUID(int=9), "user", "maija@example.org", layers)


# What is held where


@pytest.mark.parametrize("thing", [KOPPA, MIKKELI, COUNTY, ("everything", None)], ids=str)
def test_a_right_covers_its_thing_and_all_below_it(thing: tuple[str, UUID | None]) -> None:
    assert held("visits:read", on=thing).covers(KOPPA_AND_ABOVE)


@pytest.mark.parametrize("thing", [NEAR, OTHER, ("area", KOPPA[1])], ids=str)
def test_it_covers_nothing_beside_or_of_another_kind(thing: tuple[str, UUID]) -> None:
    assert not held("visits:read", on=thing).covers(KOPPA_AND_ABOVE)


def test_it_covers_nothing_above() -> None:
    assert not held("visits:read", on=KOPPA).covers([MIKKELI, COUNTY])


def test_everything_is_covered_by_everything_alone() -> None:
    assert held("visits:read").covers(())
    assert not held("visits:read", on=COUNTY).covers(())


def test_a_person_may_do_what_some_grant_allows_there() -> None:
    maija = caller((held("visits:read", on=COUNTY), held("visits:write", on=KOPPA)))

    assert maija.scopes == {"visits:read", "visits:write"}
    assert maija.may("visits:write", KOPPA_AND_ABOVE)
    assert maija.may("visits:read", [NEAR, MIKKELI, COUNTY])
    assert not maija.may("visits:write", [NEAR, MIKKELI, COUNTY])
    assert not maija.may("visits:read")


def test_scope_and_thing_must_come_from_one_grant() -> None:
    maija = caller((held("visits:read", on=COUNTY), held("visits:write", on=OTHER)))

    assert not maija.may("visits:write", KOPPA_AND_ABOVE)


def test_a_machine_may_do_what_both_it_and_its_maker_may() -> None:
    machine = caller((held("visits:read", "visits:write", on=MIKKELI),), (held("visits:read", on=COUNTY),))

    assert machine.scopes == {"visits:read"}
    assert machine.may("visits:read", KOPPA_AND_ABOVE)
    assert not machine.may("visits:read", [COUNTY])
    assert not machine.may("visits:write", KOPPA_AND_ABOVE)


def test_whoever_holds_nothing_may_nothing() -> None:
    nobody = caller(())
    machine_of_nobody = caller((held("visits:read"),), ())

    assert nobody.scopes == machine_of_nobody.scopes == frozenset()
    assert not nobody.may("visits:read", KOPPA_AND_ABOVE)
    assert not machine_of_nobody.may("visits:read", KOPPA_AND_ABOVE)


def test_reach_is_one_set_of_things_for_each_layer_that_is_bounded() -> None:
    maija = (held("visits:read", on=KOPPA), held("visits:read", on=OTHER), held("visits:write", on=COUNTY))

    assert caller(maija).reach("visits:read") == [{KOPPA, OTHER}]
    assert caller(maija).reach("users:read") == [frozenset()]
    assert caller((held("visits:read"),), maija).reach("visits:read") == [{KOPPA, OTHER}]
    assert caller((held("visits:read", on=MIKKELI),), maija).reach("visits:read") == [{MIKKELI}, {KOPPA, OTHER}]


def test_reach_of_everything_is_no_bound() -> None:
    assert caller((held("visits:read"), held("visits:read", on=KOPPA))).reach("visits:read") == []


def test_each_scope_that_is_given_is_had_on_the_thing_for_the_time() -> None:
    maija = caller((held("visits:read", on=COUNTY), held("visits:write", on=KOPPA, valid_to=MIDDLE)))

    assert maija.could_give(["visits:read", "visits:write"], KOPPA_AND_ABOVE, FIRST, MIDDLE)
    assert not maija.could_give(["visits:read", "visits:write"], KOPPA_AND_ABOVE, FIRST, LAST)
    assert not maija.could_give(["visits:read", "visits:write"], KOPPA_AND_ABOVE, FIRST, None)
    assert not maija.could_give(["visits:write"], [NEAR, MIKKELI, COUNTY], FIRST, MIDDLE)
    assert maija.could_give([], (), None, None)


def test_two_grants_one_after_the_other_are_not_one_long_grant() -> None:
    maija = caller((held("visits:read", valid_to=MIDDLE), held("visits:read", valid_from=MIDDLE)))

    assert not maija.could_give(["visits:read"], KOPPA_AND_ABOVE, FIRST, LAST)


def test_a_machine_gives_what_both_it_and_its_maker_could() -> None:
    machine = caller((held("visits:read", "visits:write"),), (held("visits:read", on=COUNTY, valid_to=MIDDLE),))

    assert machine.could_give(["visits:read"], KOPPA_AND_ABOVE, FIRST, MIDDLE)
    assert not machine.could_give(["visits:read"], KOPPA_AND_ABOVE, FIRST, LAST)
    assert not machine.could_give(["visits:write"], KOPPA_AND_ABOVE, FIRST, MIDDLE)
    assert not machine.could_give(["visits:read"], (), FIRST, MIDDLE)


# Time


@pytest.mark.parametrize(
    ("valid_from", "valid_to"),
    [(FIRST, LAST), (FIRST, MIDDLE), (MIDDLE, LAST), (MIDDLE, MIDDLE), (FIRST, FIRST)],
    ids=str,
)
def test_a_time_spans_itself_and_what_lies_in_it(valid_from: date, valid_to: date) -> None:
    assert held(valid_from=FIRST, valid_to=LAST).spans(valid_from, valid_to)


@pytest.mark.parametrize(
    ("valid_from", "valid_to"),
    [
        (FIRST - timedelta(days=1), LAST),
        (FIRST, LAST + timedelta(days=1)),
        (None, LAST),
        (FIRST, None),
        (None, None),
    ],
    ids=str,
)
def test_it_spans_not_a_day_more(valid_from: date | None, valid_to: date | None) -> None:
    assert not held(valid_from=FIRST, valid_to=LAST).spans(valid_from, valid_to)


def test_null_is_open() -> None:
    assert held().spans(None, None)
    assert held(valid_from=FIRST).spans(FIRST, None)
    assert not held(valid_from=FIRST).spans(None, None)
    assert held(valid_to=LAST).spans(None, LAST)
    assert not held(valid_to=LAST).spans(None, None)


@pytest.mark.parametrize(
    ("one", "other", "is_one_day_at_least"),
    [
        ((FIRST, MIDDLE), (MIDDLE, LAST), False),
        ((FIRST, MIDDLE + timedelta(days=1)), (MIDDLE, LAST), True),
        ((FIRST, LAST), (MIDDLE, MIDDLE + timedelta(days=1)), True),
        ((None, MIDDLE), (MIDDLE, None), False),
        ((None, MIDDLE), (None, FIRST), True),
        ((MIDDLE, MIDDLE), (FIRST, LAST), False),
        ((MIDDLE, MIDDLE), (None, None), False),
        ((MIDDLE, None), (LAST, None), True),
        ((None, None), (FIRST, LAST), True),
        ((None, None), (None, None), True),
    ],
    ids=str,
)
def test_times_overlap_when_they_have_a_day_in_common(one: Time, other: Time, is_one_day_at_least: bool) -> None:
    a, b = (held(valid_from=begin, valid_to=end) for begin, end in (one, other))

    assert overlap(a, b) is overlap(b, a) is is_one_day_at_least


days = st.none() | st.integers(0, 8).map(lambda n: FIRST + timedelta(days=n))
times: st.SearchStrategy[Time] = st.tuples(days, days).map(
    lambda t: t if None in t else (min(t), max(t))  # type: ignore[type-var]
)


def days_of(valid_from: date | None, valid_to: date | None) -> set[date]:
    calendar = [FIRST + timedelta(days=n) for n in range(-1, 10)]
    return {day for day in calendar if (valid_from or day) <= day and (valid_to is None or day < valid_to)}


@given(times, times)
def test_days_in_common_are_those_of_the_calendar(one: Time, other: Time) -> None:
    a, b = (held(valid_from=begin, valid_to=end) for begin, end in (one, other))

    assert overlap(a, b) == bool(days_of(*one) & days_of(*other))


@given(times, times)
def test_what_is_spanned_has_no_day_outside(one: Time, other: Time) -> None:
    if held(valid_from=one[0], valid_to=one[1]).spans(*other):
        assert days_of(*other) <= days_of(*one)
    elif days_of(*other):
        assert days_of(*other) - days_of(*one)


# Guessing


def passed(brake: Brake, tries: list[datetime]) -> list[datetime]:
    """Those of some wrong tries that get through to the password."""
    due_at: datetime | None = None
    through = []
    for now in tries:
        if brake.wait(due_at, now) <= timedelta(0):
            due_at = brake.taken(due_at, now)
            through.append(now)
    return through


def test_five_guesses_pass_at_once_and_then_one_in_four_minutes() -> None:
    every_minute = [NOON] * 6 + [NOON + timedelta(minutes=n) for n in range(1, 13)]

    assert passed(STRANGE, every_minute) == [NOON] * 5 + [NOON + timedelta(minutes=n) for n in (4, 8, 12)]


def test_an_account_takes_twenty_wrong_guesses_in_the_first_hour_and_fifteen_in_each_that_follows() -> None:
    every_second = [NOON + timedelta(seconds=n) for n in range(2 * 3600)]

    through = passed(STRANGE, every_second)

    assert sum(now < NOON + timedelta(hours=1) for now in through) == 19
    assert sum(now >= NOON + timedelta(hours=1) for now in through) == 15


def test_the_wait_is_told_to_the_second_and_passes() -> None:
    due_at = NOON + 5 * STRANGE.interval

    assert STRANGE.wait(due_at, NOON) == timedelta(minutes=4)
    assert STRANGE.wait(due_at, NOON + timedelta(minutes=3)) == timedelta(minutes=1)
    assert STRANGE.wait(due_at, NOON + timedelta(minutes=4)) == timedelta(0)


def test_a_long_rest_gives_the_burst_back_and_no_more() -> None:
    a_day_later = NOON + timedelta(days=1)

    assert len(passed(ADDRESS, [NOON] * 40)) == 30
    assert len(passed(ADDRESS, [NOON] * 40 + [a_day_later] * 40)) == 60


@given(
    st.integers(1, 6),
    st.integers(1, 300),
    st.lists(st.integers(0, 600), min_size=1, max_size=60),
)
def test_never_more_than_the_burst_and_one_for_each_interval_pass(burst: int, seconds: int, gaps: list[int]) -> None:
    brake = Brake(burst, timedelta(seconds=seconds))
    now = NOON
    tries = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        tries.append(now)

    through = passed(brake, tries)

    for i, begin in enumerate(through):
        for number, end in enumerate(through[i:], start=1):
            assert number <= burst + (end - begin) / brake.interval


# Secrets of machines

LETTERS = string.digits + string.ascii_letters
ANY_LETTER = st.one_of(st.sampled_from(LETTERS), st.characters())
tokens = st.builds(opaque.machine_token)


@given(tokens)
def test_a_machines_token_has_the_form_that_scanners_look_for(token: str) -> None:
    assert re.fullmatch("phk_[0-9A-Za-z]{38}", token)
    assert opaque.is_whole(token)
    assert len(token) == opaque.LENGTH == 42


@given(tokens, st.integers(0, 41), ANY_LETTER)
def test_a_token_with_another_letter_is_damaged(token: str, position: int, letter: str) -> None:
    mistyped = token[:position] + letter + token[position + 1 :]

    assert opaque.is_whole(mistyped) == (mistyped == token)


@given(tokens, st.integers(0, 41))
def test_a_token_that_was_cut_is_damaged(token: str, length: int) -> None:
    assert not opaque.is_whole(token[:length])
    assert not opaque.is_whole(token[42 - length :] if length else "")


@given(tokens, ANY_LETTER)
def test_a_token_with_more_behind_or_before_it_is_damaged(token: str, letter: str) -> None:
    assert not opaque.is_whole(token + letter)
    assert not opaque.is_whole(letter + token)


@given(tokens, st.integers(4, 40))
def test_a_token_with_two_letters_swapped_is_damaged(token: str, position: int) -> None:
    swapped = token[:position] + token[position + 1] + token[position] + token[position + 2 :]

    assert opaque.is_whole(swapped) == (swapped == token)


def test_no_two_secrets_are_alike_and_a_digest_tells_nothing() -> None:
    made = {opaque.made() for _ in range(100)} | {opaque.machine_token() for _ in range(100)}

    assert len(made) == 200
    assert opaque.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
