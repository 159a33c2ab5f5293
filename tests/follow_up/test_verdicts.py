"""The plan is judged as the table says that was written by hand, on five days of the demo."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from app.core import clock, rows
from app.core.database import Database
from app.follow_up.service import compliance
from app.plan.models import Plan

TABLE = Path(__file__).parent / "verdicts.csv"
PLAN = "toimintasuunnitelma-2026-2029"
Key = tuple[str, str]  # code of the rule, slug of the subject


def written() -> Iterator[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


ROWS = list(written())
DAYS = [name for name in ROWS[0] if name[:2] == "20"]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is of its last day: planned meetings before that are over."""
    monkeypatch.setattr(clock, "today", lambda: date.fromisoformat(DAYS[-1]))


def verdicts(session: Session, on: str) -> dict[Key, str]:
    """Every verdict on a day, as the table writes it: with its reason, if that is not plain."""
    plan = rows.find(session, Plan, PLAN)
    answer = compliance.of_plan(session, plan, date.fromisoformat(on), hides=True)
    plain = ("met:fulfilled", "on_track:enough-planned")
    told = {(entry["code"], entry["subject"].slug): f"{entry['status']}:{entry['reason']}" for entry in answer["rules"]}
    assert len(told) == len(answer["rules"])
    return {key: found.split(":", maxsplit=1)[0] if found in plain else found for key, found in told.items()}


def plain(cell: str) -> str:
    return "on_track" if cell == "on_track:enough-planned" else cell


@pytest.mark.parametrize("on", DAYS)
def test_every_verdict_is_the_one_that_was_worked_out_by_hand(demo_database: Database, on: str) -> None:
    expected = {(row["code"], row["subject"]): plain(row[on]) for row in ROWS}

    with demo_database.snapshot() as session:
        found = verdicts(session, on)

    assert found == expected


def test_the_table_has_every_rule_of_the_plan_that_is_judged(demo_database: Database) -> None:
    with demo_database.snapshot() as session:
        plan = rows.find(session, Plan, PLAN)
        answer = compliance.of_plan(session, plan, date.fromisoformat(DAYS[-1]), hides=True)
        rules = {rule.code for rule in compliance.rules_of(session, plan)}

    judged = {row["code"] for row in ROWS}
    unjudged = {rule["code"] for rule in (*answer["not_evaluated"], *answer["invariants"])}
    assert judged | unjudged == rules
    assert judged & unjudged == set()
