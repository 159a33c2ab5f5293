"""A plan is loaded once, and followed from edition to edition; what people did to its goals stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from app.core import clock, rows
from app.core.database import Command, Database
from app.core.deletions import Deletion
from app.plan.models import FocusArea, Goal, GoalProgress, GoalStatus, Measure, Plan, PlanRevision, PlanRule
from app.plan.queries import FOCUS, GOAL, GOAL_FOCUS, MEASURE, REVISION, RULE
from tests.transfer.plans import GONE, GOOD, changed, load

SECOND = [("/plan/revision", 2), ("/plan/valid_from", "2027-01-01")]
THIRD = [("/plan/revision", 3), ("/plan/valid_from", "2028-01-01")]
RULES = GOOD["plan"]["rules"]


def plan_of(session: Session) -> Plan:
    return rows.find(session, Plan, "county-90-plan")


def goals_of(session: Session) -> dict[str, Goal]:
    query = select(Goal).where(GOAL.plan_id == plan_of(session).id).order_by(GOAL.position)
    return {goal.code: goal for goal in session.scalars(query)}


def rules_of(session: Session, code: str) -> list[tuple[str | None, str | None, dict[str, Any]]]:
    query = select(PlanRule).where(RULE.plan_id == plan_of(session).id, RULE.code == code).order_by(RULE.id)

    def day(when: date | None) -> str | None:
        return when and str(when)

    return [(day(r.valid_from), day(r.valid_to), r.parameters) for r in session.scalars(query)]


def changes_of(session: Session, number: int) -> set[tuple[str, str, str]]:
    query = select(PlanRevision).where(REVISION.plan_id == plan_of(session).id, REVISION.number == number)
    found = session.scalars(query).one().changes
    told = [(change["kind"], change["code"], change["action"]) for change in found]
    assert len(told) == len(set(told))
    return set(told)


def test_the_first_edition_has_all_as_added(database: Database) -> None:
    load(database)

    with database.snapshot() as session:
        assert plan_of(session).revision == 1
        assert [(goal.code, goal.position) for goal in goals_of(session).values()] == [("4.1", 0), ("5.1", 1)]
        assert changes_of(session, 1) == {
            *(("focus_area", code, "added") for code in ("f1", "f2")),
            *(("goal", code, "added") for code in ("4.1", "5.1")),
            *(("measure", code, "added") for code in ("4.1/a", "4.1/b")),
            *(("rule", rule["code"], "added") for rule in RULES),
        }
        assert [time[:2] for time in rules_of(session, "r5-places")] == [(None, "2027-01-01"), ("2027-01-01", None)]


def test_the_same_edition_again_brings_what_is_missing_and_changes_nothing_else(database: Database) -> None:
    load(database, changed(("/plan/goals/1", GONE), ("/plan/rules/0", GONE), ("/plan/goals/0/measures/1", GONE)))
    different = changed(
        ("/plan/title/fi", "Toinen"),
        ("/plan/goals/0/text/fi", "Toinen"),
        ("/plan/rules/1/parameters/at_least", 9),
        ("/plan/focus_areas/0/name/fi", "Toinen"),
    )

    made = load(database, different)

    assert {name: n for name, n in made.items() if n} == {"goals": 1, "rules": 1, "measures": 1}
    with database.snapshot() as session:
        assert plan_of(session).title.fi == GOOD["plan"]["title"]["fi"]
        assert plan_of(session).version == 1
        assert goals_of(session)["4.1"].text.fi == GOOD["plan"]["goals"][0]["text"]["fi"]
        assert rules_of(session, "r2-local")[0][2]["at_least"] == 1
        assert ("goal", "5.1", "added") not in changes_of(session, 1)
    assert set(load(database, different).values()) == {0}


def test_a_new_edition_is_followed_by_goals_and_measures(database: Database) -> None:
    load(database)
    new = {"code": "5.0", "plan_ref": "5", "text": {"fi": "Uusi."}, "measures": [{"code": "m", "text": {"fi": "M"}}]}
    file = changed(
        *SECOND,
        ("/plan/title/sv", "Plan"),
        ("/plan/goals/0/text/fi", "Toimijat sitoutuvat."),
        ("/plan/goals/0/plan_ref", "4.1"),
        ("/plan/goals/0/network", "rantala-group"),
        ("/plan/goals/0/focus_areas", ["f2"]),
        ("/plan/goals/0/measures", [{"code": "b", "text": {"fi": "Toisin."}}, {"code": "c", "text": {"fi": "C"}}]),
        ("/plan/goals/1", new),
    )

    made = load(database, file)

    assert {name: n for name, n in made.items() if n} == {"plan_revisions": 1, "goals": 1, "measures": 2}
    with database.snapshot() as session:
        assert changes_of(session, 2) == {
            *{("plan", "county-90-plan", "changed"), ("goal", "4.1", "changed"), ("goal", "5.1", "ended")},
            *{("goal", "5.0", "added"), ("measure", "5.0/m", "added"), ("measure", "4.1/c", "added")},
            *{("measure", "4.1/a", "ended"), ("measure", "4.1/b", "changed")},
        }
        goals = goals_of(session)
        assert (goals["4.1"].version, goals["4.1"].plan_ref, goals["5.1"].ended_in) == (2, "4.1", 2)
        measures = session.scalars(select(Measure).where(MEASURE.goal_id == goals["4.1"].id).order_by(MEASURE.code))
        assert [(m.code, m.ended_in) for m in measures] == [("a", 2), ("b", None), ("c", None)]
        plan = plan_of(session)
        assert (plan.revision, plan.version, plan.title.sv) == (2, 2, "Plan")


def test_what_carries_other_focus_areas_has_another_version(database: Database) -> None:
    load(database)

    load(database, changed(*SECOND, ("/plan/goals/0/focus_areas", ["f1"])))

    with database.snapshot() as session:
        goals = goals_of(session)
        assert (goals["4.1"].version, goals["5.1"].version) == (2, 1)
        assert changes_of(session, 2) == {("goal", "4.1", "changed")}


def test_a_goal_that_only_moved_is_not_told_as_changed(database: Database) -> None:
    load(database)
    file = changed(*SECOND)
    file["plan"]["goals"].reverse()

    load(database, file)

    with database.snapshot() as session:
        assert changes_of(session, 2) == set()
        assert list(goals_of(session)) == ["5.1", "4.1"]


def test_a_focus_area_that_is_left_out_is_gone(database: Database) -> None:
    load(database)

    load(
        database,
        changed(*SECOND, ("/plan/focus_areas/0", GONE), ("/plan/goals/0/focus_areas", ["f2"])),
    )

    with database.snapshot() as session:
        assert [f.code for f in session.scalars(select(FocusArea).where(FOCUS.plan_id == plan_of(session).id))] == [
            "f2"
        ]
        assert changes_of(session, 2) == {("focus_area", "f1", "ended"), ("goal", "4.1", "changed")}
        assert session.scalars(select(Deletion).where(Deletion.kind == "focus_area")).all()  # type: ignore[arg-type]
        assert len(session.execute(select(GOAL_FOCUS.goal_id)).all()) >= 2


def test_a_goal_that_comes_back_is_the_same_goal(database: Database) -> None:
    load(database)
    load(database, changed(*SECOND, ("/plan/goals/0", GONE)))
    with database.snapshot() as session:
        before = goals_of(session)["4.1"]
        assert before.ended_in == 2

    load(database, changed(*THIRD))

    with database.snapshot() as session:
        after = goals_of(session)["4.1"]
        assert (after.id, after.ended_in) == (before.id, None)
        assert changes_of(session, 3) == {
            ("goal", "4.1", "added"),
            *(("measure", f"4.1/{code}", "added") for code in "ab"),
        }


def test_what_people_noted_stays(database: Database) -> None:
    load(database)
    with database.writing(Command("test")) as session:
        goal = goals_of(session)["4.1"]
        rows.apply(goal, {"status": GoalStatus.ongoing})
        session.add(GoalProgress(goal_id=goal.id, noted_on=date(2026, 5, 1), text="Hyvin.", status="ongoing"))

    load(database, changed(*SECOND, ("/plan/goals/0/text/fi", "Toisin.")))

    with database.snapshot() as session:
        goal = goals_of(session)["4.1"]
        assert (goal.status, goal.text.fi, goal.version) == ("ongoing", "Toisin.", 3)
        assert [note.text for note in session.scalars(select(GoalProgress))] == ["Hyvin."]


R1, R2 = "/plan/rules/0", "/plan/rules/1"


@pytest.mark.parametrize(
    ("changes", "times", "told"),
    [
        ([], [(None, None, 4)], None),
        ([(f"{R1}/parameters/times", 6)], [(None, "2027-01-01", 4), ("2027-01-01", None, 6)], "changed"),
        ([(f"{R1}/parameters/per", "year")], [(None, None, 4)], None),  # what it was by default
        ([(f"{R1}/is_soft", True)], [(None, "2027-01-01", 4), ("2027-01-01", None, 4)], "changed"),
        (
            [(f"{R1}/parameters/times", 6), (f"{R1}/valid_from", "2027-08-01")],
            [(None, "2027-08-01", 4), ("2027-08-01", None, 6)],
            "changed",
        ),
        (
            [(f"{R1}/parameters/times", 6), (f"{R1}/valid_to", "2027-08-01")],
            [(None, "2027-01-01", 4), ("2027-01-01", "2027-08-01", 6)],
            "changed",
        ),
        ([(f"{R1}/valid_to", "2027-08-01")], [(None, "2027-08-01", 4)], "changed"),
        ([(f"{R1}/valid_to", "2026-08-01")], [(None, "2027-01-01", 4)], "ended"),
        ([(f"{R1}/parameters/times", 6), (f"{R1}/valid_to", "2026-08-01")], [(None, "2027-01-01", 4)], "ended"),
        ([(R1, GONE)], [(None, "2027-01-01", 4)], "ended"),
    ],
)  # fmt: skip
def test_a_rule_ends_when_the_edition_begins_and_the_next_goes_on(
    database: Database, changes: list[tuple[str, Any]], times: list[Any], told: str | None
) -> None:
    load(database)
    load(database, changed(*SECOND, *changes))

    with database.snapshot() as session:
        assert [(first, last, p["times"]) for first, last, p in rules_of(session, "r1-county")] == times
        assert changes_of(session, 2) == ({("rule", "r1-county", told)} if told else set())
    assert set(load(database, changed(*SECOND, *changes)).values()) == {0}


def test_a_rule_that_never_held_leaves_no_trace(database: Database) -> None:
    load(database, changed((f"{R1}/valid_from", "2028-06-01")))

    load(database, changed(*SECOND, (f"{R1}/valid_from", "2027-06-01"), (f"{R1}/parameters/times", 6)))

    with database.snapshot() as session:
        assert [(first, last, p["times"]) for first, last, p in rules_of(session, "r1-county")] == [
            ("2027-06-01", None, 6)
        ]


def test_a_rule_that_is_to_come_may_come_at_another_time(database: Database) -> None:
    load(database, changed((f"{R1}/valid_from", "2028-06-01")))

    load(database, changed(*SECOND, (f"{R1}/valid_from", "2027-06-01")))

    with database.snapshot() as session:
        assert [time[:2] for time in rules_of(session, "r1-county")] == [("2027-06-01", None)]
        assert changes_of(session, 2) == {("rule", "r1-county", "changed")}


def test_a_rule_that_was_left_out_comes_back(database: Database) -> None:
    load(database)
    load(database, changed(*SECOND, (R1, GONE)))
    load(database, changed(*THIRD))

    with database.snapshot() as session:
        assert [time[:2] for time in rules_of(session, "r1-county")] == [(None, "2027-01-01"), ("2028-01-01", None)]
        assert changes_of(session, 3) == {("rule", "r1-county", "added")}


def test_a_rule_that_a_later_edition_brings_begins_with_it(database: Database) -> None:
    load(database, changed((R1, GONE)))
    load(database, changed(*SECOND))

    with database.snapshot() as session:
        assert [time[:2] for time in rules_of(session, "r1-county")] == [("2027-01-01", None)]


def test_editions_may_be_skipped_but_not_gone_back_on(database: Database) -> None:
    load(database)

    assert load(database, changed(("/plan/revision", 7), ("/plan/valid_from", "2027-01-01")))["plan_revisions"] == 1


def test_a_rule_of_several_times_holds_as_the_edition_says_from_its_first_day(database: Database) -> None:
    load(database)
    first = GOOD["plan"]["rules"][0]
    later = [
        {
            **first,
            "parameters": {**first["parameters"], "times": 5},
            "valid_from": "2027-01-01",
            "valid_to": "2028-01-01",
        },
        {**first, "parameters": {**first["parameters"], "times": 6}, "valid_from": "2028-01-01"},
    ]
    load(database, changed(*SECOND, ("/plan/rules/0", later[0]), ("/plan/rules/-", later[1])))

    with database.snapshot() as session:
        assert [(begins, ends, p["times"]) for begins, ends, p in rules_of(session, first["code"])] == [
            (None, "2027-01-01", 4),
            ("2027-01-01", "2028-01-01", 5),
            ("2028-01-01", None, 6),
        ]


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        ([], date(2026, 11, 30)),
        ([("/plan/recorded_from", "2025-01-01")], date(2025, 1, 1)),
        ([("/plan/recorded_from", "2027-01-01")], date(2027, 1, 1)),
        ([("/plan/recorded_from", None)], None),
    ],
    ids=str,
)
def test_a_plan_is_recorded_from_the_day_that_its_file_says_or_from_when_it_is_first_loaded(
    database: Database, monkeypatch: pytest.MonkeyPatch, changes: list[Any], since: date | None
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 29, 22, 30, tzinfo=UTC))  # past midnight in Finland
    load(database, changed(*changes))

    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 1, 12, tzinfo=UTC))
    for later in ([], SECOND, [*THIRD, ("/plan/recorded_from", "2024-01-01")]):
        load(database, changed(*later))
        with database.snapshot() as session:
            assert plan_of(session).recorded_from == since


def test_a_rule_that_is_older_than_a_parameter_is_not_changed_by_an_edition(database: Database) -> None:
    rule = {"code": "r6", "rule": "R6", "type": "alternation", "subject": {"kind": "meeting_places"}, "plan_ref": "7"}
    kinds = {"kinds": ["peer", "self"], "anchor_year": 2026}
    added = ("/plan/rules/-", rule | {"parameters": kinds})
    load(database, changed(added))
    with database.writing(Command("test")) as session:
        for row in session.scalars(select(PlanRule).where(RULE.code.in_(["r6", "r5-places"]))):
            row.parameters = {name: value for name, value in row.parameters.items() if name != "place_kind"}

    load(database, changed(*SECOND, added))

    with database.snapshot() as session:
        assert changes_of(session, 2) == set()
        assert rules_of(session, "r6") == [(None, None, kinds)]
        assert [time[:2] for time in rules_of(session, "r5-places")] == [(None, "2027-01-01"), ("2027-01-01", None)]
    youth = ("/plan/rules/-", rule | {"parameters": {**kinds, "place_kind": "youth_facility"}})
    load(database, changed(*THIRD, youth))
    with database.snapshot() as session:
        assert changes_of(session, 3) == {("rule", "r6", "changed")}
