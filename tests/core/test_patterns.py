"""Refusals of texts and days of the wrong form say what belongs there, and show no pattern."""

import ast
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.core import patterns
from app.core.dates import Day
from app.core.faults import faults_of
from app.core.idempotency import FORM
from app.core.schema import ROOT
from app.core.slugs import Code, Slug
from app.core.urls import WebAddress
from app.main import contract_text
from app.meetings.schemas.meetings import MeetingWrite

# Those whose refusals are worded where they are judged.
ELSEWHERE = {FORM, MeetingWrite.model_json_schema()["properties"]["local_start"]["pattern"]}


def patterns_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for part in node.values():
            yield from patterns_in(part)
    elif isinstance(node, list):
        for part in node:
            yield from patterns_in(part)


def test_every_pattern_of_the_contract_has_words() -> None:
    found = set(patterns_in(json.loads(contract_text())))

    assert len(found) > 10
    assert {pattern for pattern in found - ELSEWHERE if patterns.words_of(pattern) is None} == set()


def test_no_pattern_of_the_rooms_is_without_words() -> None:
    bare = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in sorted((ROOT / "app").glob("*/**/*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for argument in call.keywords
        if argument.arg == "pattern" and isinstance(argument.value, (ast.Constant, ast.JoinedStr))
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Slug, "Ei näin", "talo-2"),
        (WebAddress, "javascript:alert(1)", "https://example.org"),
        (Code, "A", "kevat_2026"),
    ],
)
def test_a_refusal_says_what_belongs_there(kind: Any, value: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)

    [fault] = faults_of(refused.value.errors())

    assert fault.code == "wrong-form"
    for words in (fault.detail.fi, fault.detail.en):
        assert said in words
        assert "^" not in words


@pytest.mark.parametrize(("day", "is_ours"), [
    ("0001-01-01", False), ("1799-12-31", False), ("1800-01-01", True), ("2199-12-31", True), ("2200-01-01", False),
    ("9999-12-31", True),
])  # fmt: skip
def test_days_that_are_recorded_lie_in_our_time(day: str, is_ours: bool) -> None:
    try:
        TypeAdapter(Day).validate_python(day)
    except ValidationError as refused:
        [fault] = faults_of(refused.errors())
        assert (fault.code, is_ours) == ("wrong-year", False)
    else:
        assert is_ours
