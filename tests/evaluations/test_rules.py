"""The rules of evaluations, without a database."""

import uuid
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from app.evaluations import rules
from app.evaluations.models import EvaluationKind
from app.evaluations.schemas import Scale

TODAY = date(2026, 11, 20)
CODES = ("a", "b", "c")


@pytest.mark.parametrize(("year", "is_wrong"), [(1989, True), (1990, False), (2027, False), (2028, True)])
def test_a_year_is_none_of_long_ago_and_none_after_the_next(year: int, is_wrong: bool) -> None:
    assert [fault.code for fault in rules.faults_of_year(year, TODAY)] == ["wrong-year"] * is_wrong


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (None, []),
        (date(2026, 11, 20), []),
        (date(2026, 1, 1), []),
        (date(2026, 11, 21), ["in-the-future"]),
        (date(2025, 12, 31), ["not-in-that-year"]),
        (date(2027, 1, 1), ["not-in-that-year"]),
    ],
)
def test_a_visit_was_in_its_year_and_is_not_still_to_come(day: date | None, codes: list[str]) -> None:
    assert [fault.code for fault in rules.faults_of_day(day, 2026, TODAY)] == codes


def test_peers_are_named_in_a_peer_evaluation_and_only_there() -> None:
    def codes(kind: EvaluationKind, are_named: bool) -> list[str]:
        return [fault.code for fault in rules.faults_of_peers(kind, are_named=are_named)]

    assert codes(EvaluationKind.peer, True) == codes(EvaluationKind.self, False) == []
    assert codes(EvaluationKind.peer, False) == ["missing"]
    assert codes(EvaluationKind.self, True) == ["not-for-self"]


def test_scores_are_of_the_set_once_each_and_on_the_scale() -> None:
    scores = [("a", 0), ("a", 10), ("x", 1), ("b", None), ("c", -1), ("b", 11)]

    faults = rules.faults_of_scores(scores, CODES, (0, 10), "set")

    assert [(fault.code, fault.pointer) for fault in faults] == [
        ("scored-twice", "/scores/1/criterion"),
        ("not-in-the-set", "/scores/2/criterion"),
        ("off-the-scale", "/scores/4/value"),
        ("scored-twice", "/scores/5/criterion"),
        ("off-the-scale", "/scores/5/value"),
    ]
    assert "0 to 10" in faults[2].detail.en
    assert "0-10" in faults[2].detail.fi


def test_a_finding_is_about_a_criterion_of_the_set_or_about_none() -> None:
    faults = rules.faults_of_findings(["a", None, "x"], CODES, "set")

    assert [(fault.code, fault.pointer) for fault in faults] == [("not-in-the-set", "/findings/2/criterion")]


def test_an_end_names_the_criteria_without_a_score_in_order() -> None:
    assert rules.faults_of_end([("c", 1), ("a", None), ("b", 2)], CODES) == []
    [fault] = rules.faults_of_end([("b", None)], CODES)
    assert (fault.code, fault.pointer) == ("not-scored", "/state")
    assert fault.detail.en.endswith("Missing: a, c.")


def test_a_judge_who_speaks_for_the_host_is_unusual() -> None:
    host, other = uuid.uuid4(), uuid.uuid4()

    warnings = rules.warnings_of_evaluators([other, host], {host})

    assert [(warning.code, warning.pointer) for warning in warnings] == [("same-as-host", "/evaluators/1/organisation")]
    assert rules.warnings_of_evaluators([other, host], ()) == []


@pytest.mark.parametrize(
    "scale",
    [
        {"min": 4, "max": 1},
        {"min": 1, "max": 1},
        {"min": 1, "max": 4, "labels": {"5": {"fi": "Yli"}}},
        {"min": 1, "max": 4, "labels": {"0": {"fi": "Ali"}}},
        {"min": 1, "max": 4, "labels": {"01": {"fi": "Miten vain"}}},
    ],
)
def test_a_scale_grows_and_labels_its_own_numbers(scale: Any) -> None:
    with pytest.raises(ValidationError):
        Scale.model_validate(scale)


def test_a_scale_may_go_below_zero() -> None:
    assert Scale.model_validate({"min": -2, "max": 2, "labels": {"-2": {"fi": "Ei"}}}).min == -2
