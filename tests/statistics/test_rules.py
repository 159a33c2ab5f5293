"""What a day may say, and what days add up to."""

from datetime import date
from typing import Any

import pytest

from app.core.localized import Localized
from app.statistics.rules import FormField, Part, faults_of_counts, summed, warnings_of_counts


def field(code: str, **other: Any) -> FormField:
    return FormField(code=code, name=Localized(fi=code), unit="visit", hard_max=other.pop("hard_max", 300), **other)


FORM = [
    field("adults", counts_as_visit=True, soft_max=80),
    field("children", counts_as_visit=True),
    field("families", at_most=["adults", "children"]),
    field("first_time_families", at_most=["families"]),
    field("children_0_2", part_of="children"),
    field("children_3_6", part_of="children"),
]


def codes(counts: dict[str, Any], status: str = "open") -> list[tuple[str, str | None]]:
    return [(fault.code, fault.pointer) for fault in faults_of_counts(FORM, status, counts)]


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"adults": 0},
        {"adults": None, "children": 7},
        {"adults": 5, "children": 7, "families": 12, "first_time_families": 12},
        {"families": 9},
        {"children": 7, "children_0_2": 3, "children_3_6": 4},
        {"children": 7, "children_0_2": 3},
        {"children_0_2": 3, "children_3_6": 4},
    ],
    ids=str,
)
def test_a_day_may_leave_things_uncounted_but_not_contradict_itself(counts: dict[str, Any]) -> None:
    assert codes(counts) == []


@pytest.mark.parametrize(
    ("counts", "fault"),
    [
        ({"dogs": 1}, ("unknown-field", "")),
        ({"adults": "5"}, ("not-a-whole-number", "/adults")),
        ({"adults": True}, ("not-a-whole-number", "/adults")),
        ({"adults": 5.5}, ("not-a-whole-number", "/adults")),
        ({"adults": -1}, ("negative", "/adults")),
        ({"adults": 301}, ("too-large", "/adults")),
        ({"adults": 5, "children": 7, "families": 13}, ("more-than-the-whole", "/families")),
        ({"families": 2, "first_time_families": 3}, ("more-than-the-whole", "/first_time_families")),
        ({"children": 7, "children_0_2": 3, "children_3_6": 3}, ("parts-do-not-add-up", "/children")),
        ({"children": 7, "children_0_2": 8}, ("parts-do-not-add-up", "/children")),
    ],
    ids=str,
)
def test_a_contradiction_is_named_at_its_field(counts: dict[str, Any], fault: tuple[str, str]) -> None:
    assert codes(counts) == [fault]


def test_a_closed_day_has_no_counts_but_zeros() -> None:
    assert codes({"adults": 0, "children": None}, "closed") == []
    assert codes({"adults": 1}, "closed") == [("counts-on-a-closed-day", "/adults")]
    assert codes({"adults": 1}, "not_collected") == [("counts-on-a-closed-day", "/adults")]


def test_much_is_unusual_though_possible() -> None:
    assert [w.pointer for w in warnings_of_counts(FORM, {"adults": 81, "children": 299})] == ["/adults"]


def test_a_day_of_two_parts_is_one_open_day() -> None:
    day = date(2026, 3, 12)

    sums = summed([Part(day, "open", 120, {"adults": 3}), Part(day, "open", 60, {"adults": 2, "children": 1})])

    assert (sums.open_days, sums.counted_days, sums.open_minutes) == (1, 1, 180)
    assert sums.totals == {"adults": (5, 1), "children": (1, 1)}


def test_open_closed_uncollected_and_uncounted_days_are_kept_apart() -> None:
    days = [
        Part(date(2026, 3, 2), "open", 180, {"adults": 0}),
        Part(date(2026, 3, 3), "open", 180, {}),
        Part(date(2026, 3, 4), "closed", None, {}),
        Part(date(2026, 3, 5), "not_collected", None, {}),
        Part(date(2026, 3, 6), "closed", None, {}),
        Part(date(2026, 3, 6), "open", 60, {"adults": 4}),
    ]

    sums = summed(days)

    assert (sums.open_days, sums.counted_days, sums.closed_days, sums.not_collected_days) == (3, 2, 1, 1)
    assert sums.totals == {"adults": (4, 2)}
