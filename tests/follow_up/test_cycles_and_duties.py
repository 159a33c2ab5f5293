"""What comes again, terms, turns, what is carried home, places: R5 to R7 and R9 to R11, judged."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.localized import Localized
from app.core.periods import Period
from app.follow_up.rules import plan
from app.follow_up.rules.facts import Carried, Done, Evaluated, Evidence, Facts, Gathering, Place, Term, Thing
from app.follow_up.rules.verdicts import Status
from tests.follow_up.world import NETWORK, TOWN, VILLAGE, YEARS, entry, facts, met, of_network, rule, verdict

HERE = Evidence("/x")
GUIDE = ("document", "guide")
YEARLY, OTHER_YEAR = (rule("review", GUIDE, every_months=months) for months in (12, 24))
NOVEMBER = rule("review", GUIDE, every_months=12, from_month=11, to_month=12)
LEADERS = [replace(NETWORK, id=uuid.uuid4(), slug=slug) for slug in ("a", "b", "c")]
A, B, C = (network.id for network in LEADERS)
TURNS = rule("rotation", duty="lead", among=["a", "b", "c"])
HOME = rule("relay", within_days=90)
TERM = rule("agreement_term", choose_roles=["chair"], review=["goals"], within_days=120)
PLACE = Place(uuid.uuid4(), "tupa", Localized(fi="Tupa"), "family", TOWN.id)
BY_TURNS = rule("alternation", ("meeting_places", None), kinds=["self", "peer"], anchor_year=2025, criteria_set="q")


def reviewed(*periods: str, since: str = "2025-01-01") -> Facts:
    done = [Done(Period.read(period).first.first, period, HERE) for period in periods]
    thing = Thing(uuid.uuid4(), "guide", Localized(fi="Opas"), done)
    return facts(things={GUIDE: thing}, recorded_from=date.fromisoformat(since))


def test_a_document_of_2024_is_due_in_2026() -> None:
    known = reviewed("2024")

    assert verdict(known, OTHER_YEAR, "2025-06-01") == "not_due:not-due-yet"
    assert verdict(known, OTHER_YEAR, "2026-01-01") == "at_risk:due"
    assert verdict(known, OTHER_YEAR, "2026-12-31") == "at_risk:due"
    assert verdict(known, OTHER_YEAR, "2027-01-01") == "breached:overdue"
    assert verdict(reviewed("2024", "2026-11"), OTHER_YEAR, "2026-10-31") == "on_track:enough-planned"
    assert verdict(reviewed("2024", "2026-11"), OTHER_YEAR, "2026-11-01") == "met:done-in-period"


def test_what_comes_each_year_is_due_in_the_month_of_the_last_one() -> None:
    known = reviewed("2026-02")

    assert verdict(known, YEARLY, "2026-12-31") == "met:done-in-period"
    assert verdict(known, YEARLY, "2027-01-01") == "at_risk:due"
    assert verdict(known, YEARLY, "2027-02-28") == "at_risk:due"
    assert verdict(known, YEARLY, "2027-03-01") == "breached:overdue"


def test_with_a_window_it_is_due_in_the_window() -> None:
    known = reviewed("2025-12")

    assert verdict(known, NOVEMBER, "2026-10-31") == "not_due:not-due-yet"
    assert verdict(known, NOVEMBER, "2026-11-01") == "at_risk:due"
    assert verdict(known, NOVEMBER, "2026-12-31") == "at_risk:due"
    assert verdict(known, NOVEMBER, "2027-01-01") == "breached:overdue"


def test_what_was_never_done_is_due_from_when_it_is_recorded_on() -> None:
    assert verdict(reviewed(since="2025-03-10"), YEARLY, "2025-12-31") == "not_due:not-due-yet"
    assert verdict(reviewed(since="2025-03-10"), YEARLY, "2026-03-31") == "at_risk:due"
    assert verdict(reviewed(since="2025-03-10"), YEARLY, "2026-04-01") == "breached:never-done"
    assert verdict(reviewed(since="2025-03-10"), NOVEMBER, "2025-12-31") == "at_risk:due"
    assert verdict(reviewed(since="2025-03-10"), NOVEMBER, "2026-01-01") == "breached:never-done"


@given(st.dates(date(2026, 1, 1), date(2039, 12, 31)), st.integers(1, 48), st.integers(0, 2000))
def test_a_review_is_broken_on_the_day_after_it_is_due_and_not_before(last: date, months: int, later: int) -> None:
    asked = rule("review", GUIDE, every_months=months)
    known = reviewed(f"{last:%Y-%m}")
    on = min(last + timedelta(days=later), date(2040, 12, 31))
    found = entry(known, asked, on).verdict

    assert found.next_deadline_on is not None
    assert (found.status == Status.breached) == (on > found.next_deadline_on)
    due = Period.read(f"{last:%Y-%m}").first.plus(months).last
    assert found.next_deadline_on == due


def test_of_a_year_and_a_month_in_it_the_one_that_ends_later_is_the_last_review() -> None:
    of_months = rule("review", GUIDE, every_months=24)

    assert str(entry(reviewed("2026-11", "2026"), of_months, "2027-01-01").verdict.next_deadline_on) == "2028-12-31"
    assert str(entry(reviewed("2026-12", "2026"), of_months, "2027-01-01").verdict.next_deadline_on) == "2028-12-31"


def test_a_report_is_owed_as_long_as_its_network_goes_on() -> None:
    asked = rule("review", ("report", "ryhma"), every_months=12)
    begins, ends = date(2026, 3, 1), date(2027, 6, 1)
    known = facts(
        networks=[replace(NETWORK, valid_from=begins, valid_to=ends)],
        things={("report", "ryhma"): Thing(NETWORK.id, "ryhma", NETWORK.name)},
        recorded=frozenset({("review", "report")}),
    )

    assert [verdict(known, asked, on) for on in ("2026-02-28", "2026-12-31", "2027-04-01", "2027-06-01")] == [
        "not_due:recorded-later",
        "not_due:not-due-yet",
        "breached:never-done",
        "not_due:ended",
    ]


def test_steps_that_were_done_too_late_are_missing_until_they_are_done() -> None:
    steps = {("role", "chair"): date(2026, 2, 1), ("review", "goals"): date(2026, 6, 10)}
    known = facts(terms={"ryhma": [Term(date(2026, 1, 1), None, steps, HERE)]})
    found = entry(known, TERM, "2026-06-01").verdict

    assert (found.status, [each.slug for each in found.missing]) == (Status.breached, ["goals"])


def test_a_term_begins_with_its_steps() -> None:
    def at(on: str, steps: Mapping[tuple[str, str], date]) -> str:
        return verdict(facts(terms={"ryhma": [Term(date(2026, 1, 1), date(2029, 12, 31), steps, HERE)]}), TERM, on)

    chair, goals = {("role", "chair"): date(2026, 2, 1)}, {("review", "goals"): date(2026, 4, 1)}

    assert at("2026-05-01", chair) == "at_risk:steps-open"
    assert at("2026-05-02", chair) == "breached:steps-late"
    assert at("2026-03-31", chair | goals) == "on_track:enough-planned"
    assert at("2026-04-01", chair | goals) == "met"
    assert at("2030-01-01", chair | goals) == "not_due:no-term"


def test_a_term_that_only_the_rule_tells_of_has_no_steps_yet() -> None:
    told = rule("agreement_term", choose_roles=["chair"], review=[], starts_on=["2026-01-01", "2029-01-01"])

    assert [verdict(facts(), told, on) for on in ("2025-12-31", "2026-05-01", "2026-05-02", "2029-01-01")] == [
        "not_due:no-term",
        "at_risk:steps-open",
        "breached:steps-late",
        "at_risk:steps-open",
    ]


def led(*leads: tuple[str, uuid.UUID | None], is_swapped: bool = False, **other: bool) -> Facts:
    swapped = frozenset({"lead"}) if is_swapped else frozenset()
    known = [met(day, turns={"lead": lead}, swapped=swapped, **other)[0] for day, lead in leads]
    return facts(networks=[NETWORK, *LEADERS], gatherings=of_network(*known))


def test_networks_lead_by_turns_and_go_on_from_year_to_year() -> None:
    before = [("2025-04-01", A), ("2025-10-01", B)]

    assert verdict(led(*before, ("2026-04-01", C)), TURNS, "2026-06-01") == "met"
    assert verdict(led(*before, ("2026-04-01", A)), TURNS, "2026-06-01") == "breached:out-of-turn"
    assert verdict(led(*before, ("2026-04-01", A), is_swapped=True), TURNS, "2026-06-01") == "met"
    assert verdict(led(*before, ("2026-04-01", None)), TURNS, "2026-06-01") == "at_risk:turn-not-named"
    assert entry(led(*before, ("2026-04-01", None)), TURNS, "2027-01-01").previous == Status.breached
    assert verdict(led(*before, ("2026-04-01", C), ("2026-10-01", A)), TURNS, "2026-06-01") == "on_track:enough-planned"
    assert verdict(led(*before, ("2026-04-01", C), ("2026-10-01", B)), TURNS, "2026-06-01") == "at_risk:out-of-turn"
    assert verdict(led(*before), TURNS, "2026-06-01") == "not_due:no-meeting"


def test_a_network_that_ended_takes_no_more_turns() -> None:
    known = led(("2026-04-01", A), ("2026-10-01", C))
    ended = [replace(each, valid_to=date(2026, 6, 1)) if each.id == B else each for each in known.networks]

    assert verdict(known, TURNS, "2026-12-01") == "breached:out-of-turn"
    assert verdict(replace(known, networks=ended), TURNS, "2026-12-01") == "met"


@given(st.lists(st.dates(date(2026, 1, 1), date(2040, 12, 31)), max_size=40, unique=True), st.integers(0, 2))
def test_whoever_begins_a_rotation_that_goes_on_in_order_is_kept(days: list[date], begins: int) -> None:
    order = [A, B, C]
    known = led(*((str(day), order[(begins + n) % 3]) for n, day in enumerate(sorted(days))))

    for year in range(2026, 2041):
        found = entry(known, TURNS, date(year, 12, 31)).verdict
        held = sum(day.year == year for day in days)
        assert (found.status, found.actual or 0) == ((Status.met, held) if held else (Status.not_due, 0))


def carried(*done: str | None, decided: str = "2026-03-01") -> Facts:
    made = [Carried(date.fromisoformat(decided), date.fromisoformat(day) if day else None, HERE) for day in done]
    return facts(carried={"ryhma": made})


def test_matters_are_carried_home_within_ninety_days() -> None:
    assert verdict(facts(), HOME, "2026-05-30") == "not_due:nothing-to-carry"
    assert verdict(carried("2026-03-05", None), HOME, "2026-05-30") == "on_track:relays-open"
    assert verdict(carried("2026-03-05", None), HOME, "2026-05-31") == "breached:relays-late"
    assert verdict(carried("2026-03-05", "2026-06-20"), HOME, "2026-06-19") == "breached:relays-late"
    assert verdict(carried("2026-03-05", "2026-06-20"), HOME, "2026-06-20") == "met"
    assert verdict(carried("2025-12-31", decided="2025-12-01"), HOME, "2026-06-20") == "not_due:nothing-to-carry"


def test_municipalities_are_covered_by_places_that_are_open() -> None:
    asked = rule("coverage", ("county", None), municipalities=2)
    other = replace(PLACE, id=uuid.uuid4(), municipality_id=VILLAGE.id, opened_on=date(2026, 3, 1))

    def at(on: str, *places: Place) -> str:
        return verdict(facts(places=places), asked, on)

    assert at("2026-02-28", PLACE, other) == "breached:too-few-municipalities"
    assert at("2026-03-01", PLACE, other) == "met"
    assert at("2026-03-01", PLACE, replace(other, kind="youth_facility")) == "breached:too-few-municipalities"
    assert at("2026-05-01", PLACE, replace(other, closed_on=date(2026, 4, 30))) == "breached:too-few-municipalities"
    assert at("2026-04-30", PLACE, replace(other, closed_on=date(2026, 4, 30))) == "met"


@pytest.mark.parametrize(("year", "kind", "is_final", "day", "told"), [
    (2026, "peer", True, "2026-05-01", "met"),
    (2026, "peer", True, "2026-06-02", "on_track:evaluation-planned"),
    (2026, "peer", False, "2026-05-01", "on_track:evaluation-planned"),
    (2026, "self", True, "2026-05-01", "at_risk:wrong-kind"),
    (2025, "peer", True, "2025-05-01", "at_risk:not-evaluated-yet"),
])  # fmt: skip
def test_a_place_is_evaluated_in_the_way_whose_turn_it_is(
    year: int, kind: str, is_final: bool, day: str, told: str
) -> None:
    made = Evaluated(year, kind, "q", is_final, date.fromisoformat(day), HERE)
    known = facts(places=[PLACE], evaluations={PLACE.id: [made]})

    assert verdict(known, BY_TURNS, "2026-06-01") == told


def test_an_evaluation_by_other_criteria_does_not_count() -> None:
    made = Evaluated(2026, "peer", "other", True, None, HERE)

    assert verdict(facts(places=[PLACE], evaluations={PLACE.id: [made]}), BY_TURNS, "2026-06-01") == (
        "at_risk:not-evaluated-yet"
    )


def test_a_rule_that_holds_at_another_time_is_not_due_and_the_one_that_holds_is_shown() -> None:
    first = rule("coverage", ("county", None), municipalities=1, valid_to=date(2026, 1, 1))
    second = rule(
        "coverage", ("county", None), municipalities=2, valid_from=date(2026, 1, 1), valid_to=date(2028, 1, 1)
    )
    known = facts(places=[PLACE])

    def at(on: str) -> tuple[str, int | None, str]:
        (found,) = plan.judged(known, [first, second], YEARS, date.fromisoformat(on)).entries
        return f"{found.verdict.status}:{found.verdict.reason}", found.verdict.expected, str(found.previous)

    assert at("2025-12-31") == ("met:fulfilled", 1, "not_due")
    assert at("2026-01-01") == ("breached:too-few-municipalities", 2, "met")
    assert at("2028-01-01") == ("not_due:rule-not-valid", None, "breached")


def test_rules_without_facts_are_unknown_and_those_that_tables_keep_are_never_judged() -> None:
    unknown, kept = rule("cadence", ("workshop", None), times=4), rule("privacy", ("county", None), hide_below=5)

    found = plan.judged(facts(), [replace(unknown, code="w"), replace(kept, code="p")], YEARS, date(2026, 6, 1))

    assert ([r.code for r in found.unknown], [r.code for r in found.invariants], found.entries) == (["w"], ["p"], [])


def test_a_room_that_comes_later_plugs_in_by_its_facts() -> None:
    workshops: list[Gathering] = met("2026-02-05", "2026-05-07", "2026-09-03", "2026-11-05")
    key, named = ("workshop", None), Thing(None, "workshops", Localized(fi="Työpajat"))
    of_a_later_room = facts(
        gatherings={key: workshops}, things={key: named}, recorded=frozenset({("cadence", "workshop")})
    )
    asked = rule("cadence", ("workshop", None), times=4)

    (found,) = plan.judged(of_a_later_room, [asked], YEARS, date(2026, 12, 1)).entries

    assert (found.verdict.status, found.subject.slug) == (Status.met, "workshops")
