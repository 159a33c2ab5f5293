"""How often and how networks meet, judged: R1 to R3."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.localized import Localized
from app.follow_up.rules.facts import Gathering, Window
from app.follow_up.rules.verdicts import Status
from tests.follow_up.world import entry, facts, met, of_network, rule, verdict

FOUR = rule("cadence", times=4)
MONTHLY = rule("cadence", times=1, longest_gap_days=62, gap_pauses_in=[7])
DAYS = st.dates(date(2026, 1, 1), date(2040, 12, 31))
HELD = st.builds(lambda day, mode: met(str(day), mode=mode)[0], DAYS, st.sampled_from(["live", "remote", "hybrid"]))
PLANNED = st.builds(lambda day: met(str(day), is_held=False)[0], DAYS)
MEETINGS = st.lists(st.one_of(HELD, PLANNED), max_size=40)
WINDOWS = [
    Window("spring", Localized(fi="Kevät"), "group", 3, 4, "live"),
    Window("autumn", Localized(fi="Syksy"), "group", 10, 10),
]
CLOCK = rule("window", clock="clock")


def at(on: str, *gatherings: Gathering) -> str:
    return verdict(facts(gatherings=of_network(*gatherings)), FOUR, on)


def test_enough_meetings_are_held_or_planned_or_missing() -> None:
    held = met("2026-02-05", "2026-05-07", "2026-09-03")
    last = met("2026-11-05", is_held=False)

    assert at("2026-10-01", *held, *last) == "on_track:enough-planned"
    assert at("2026-10-01", *held) == "at_risk:too-few-planned"
    assert at("2026-10-01", *held, *met("2026-09-30")) == "met"


def test_a_meeting_counts_as_planned_until_its_day_is_over_and_then_only_if_it_is_marked_as_held() -> None:
    known = [*met("2026-02-05", "2026-05-07", "2026-09-03"), *met("2026-11-05", is_held=False)]

    assert at("2026-11-04", *known) == at("2026-11-05", *known) == "on_track:enough-planned"
    assert at("2026-11-06", *known) == "at_risk:past-meetings-not-marked"
    assert at("2026-11-05", *known[:3], *met("2026-11-05")) == "met"


def test_seen_from_a_day_ahead_what_is_planned_from_today_on_is_still_to_come() -> None:
    known = of_network(*met("2026-02-05", "2026-05-07", "2026-09-03"), *met("2026-11-05", is_held=False))

    def at(today: str, on: str) -> tuple[str, str]:
        of = facts(today=date.fromisoformat(today), gatherings=known)
        return verdict(of, FOUR, on), str(entry(of, FOUR, on).previous)

    assert at("2026-11-05", "2026-12-31") == ("on_track:enough-planned", "breached")
    assert at("2026-11-06", "2026-12-31") == ("at_risk:past-meetings-not-marked", "breached")
    assert at("2026-11-05", "2027-01-01") == ("at_risk:too-few-planned", "on_track")
    assert at("2027-01-01", "2027-01-01") == ("at_risk:too-few-planned", "breached")


def test_what_was_held_later_counts_as_planned_from_an_earlier_day() -> None:
    assert at("2026-06-01", *met("2026-02-05", "2026-05-07", "2026-09-03", "2026-11-05")) == "on_track:enough-planned"


def test_a_year_that_is_over_is_broken_and_is_told_as_the_one_before() -> None:
    known = facts(gatherings=of_network(*met("2025-02-05", "2025-05-07", "2025-12-31", "2026-01-01")))

    assert entry(known, FOUR, "2026-01-01").previous == Status.breached
    assert verdict(known, FOUR, "2025-12-31") == "at_risk:too-few-planned"


def test_nothing_is_due_in_a_year_that_began_before_anything_was_recorded_unless_it_is_fulfilled() -> None:
    since = date(2026, 3, 1)
    few, enough = met("2026-05-07"), met("2026-04-01", "2026-05-07", "2026-09-03", "2026-10-01")

    assert (
        verdict(facts(recorded_from=since, gatherings=of_network(*few)), FOUR, "2026-11-01") == "not_due:recorded-later"
    )
    assert verdict(facts(recorded_from=since, gatherings=of_network(*enough)), FOUR, "2026-11-01") == "met"
    assert verdict(facts(recorded_from=since), FOUR, "2026-02-28") == "not_due:recorded-later"
    assert verdict(facts(recorded_from=since), FOUR, "2027-01-01") == "at_risk:too-few-planned"


def test_advice_is_never_at_risk_or_broken() -> None:
    soft = rule("cadence", times=4, is_soft=True)

    assert verdict(facts(), soft, "2026-10-01") == "advisory:too-few-planned"
    assert entry(facts(), soft, "2026-10-01").previous == Status.advisory


@pytest.mark.parametrize(("per", "name", "last"), [
    ("week", "2026-W53", "2027-01-03"),
    ("month", "2026-12", "2026-12-31"),
    ("quarter", "2026-Q4", "2026-12-31"),
    ("year", "2026", "2026-12-31"),
])  # fmt: skip
def test_a_cadence_may_be_of_a_week_month_quarter_or_year(per: str, name: str, last: str) -> None:
    found = entry(facts(), rule("cadence", times=1, per=per), "2026-12-31")

    assert (found.period, str(found.verdict.next_deadline_on)) == (name, last)


def test_days_of_the_months_that_a_gap_may_span_do_not_count() -> None:
    # From 9 June: 21 days of June, none of July, 31 of August: 52. Ten days of September make it 62.
    known = facts(gatherings=of_network(*met("2026-01-13", "2026-03-10", "2026-05-05", "2026-06-09")))

    assert verdict(known, MONTHLY, "2026-09-10") == "at_risk:gap-ahead"
    assert str(entry(known, MONTHLY, "2026-09-10").verdict.next_deadline_on) == "2026-09-10"
    assert verdict(known, MONTHLY, "2026-09-11") == "breached:gap-too-long"


def test_of_a_mode_there_may_be_too_few_and_too_many() -> None:
    once = rule("mode", mode="live", at_least=1, at_most=1)

    def at(*gatherings: Gathering) -> str:
        return verdict(facts(gatherings=of_network(*gatherings)), once, "2026-06-01")

    assert at(*met("2026-04-01")) == "at_risk:mode-not-planned"
    assert at(*met("2026-04-01", mode="hybrid")) == "at_risk:mode-not-planned"
    assert at(*met("2026-10-01", mode="live", is_held=False)) == "on_track:enough-planned"
    assert at(*met("2026-04-01", mode="live")) == "met"
    assert at(*met("2026-04-01", "2026-10-01", mode="live")) == "at_risk:too-many-planned"
    assert at(*met("2026-04-01", "2026-05-01", mode="live")) == "breached:too-many-of-mode"


def test_hybrid_counts_as_live_where_the_county_says_so() -> None:
    known = facts(gatherings=of_network(*met("2026-04-01", mode="hybrid")))

    assert verdict(known, rule("mode", mode="live", at_least=1, hybrid_counts=True), "2026-06-01") == "met"


def windows(on: str, *gatherings: Gathering) -> str:
    return verdict(facts(windows={"clock": WINDOWS}, gatherings=of_network(*gatherings)), CLOCK, on)


def test_a_window_is_kept_by_a_meeting_of_its_mode_on_one_of_its_days() -> None:
    spring, autumn = met("2026-04-30", mode="live"), met("2026-10-01", is_held=False)

    assert windows("2026-02-28") == "not_due:next-window-not-begun"
    assert windows("2026-03-01") == "at_risk:window-open"
    assert windows("2026-04-30") == "at_risk:window-open"
    assert windows("2026-05-01") == "breached:window-missed"
    assert windows("2026-05-01", *met("2026-04-30")) == "breached:window-missed"  # remote
    assert windows("2026-05-01", *spring) == "not_due:next-window-not-begun"
    assert windows("2026-05-01", *spring, *autumn) == "on_track:enough-planned"
    assert windows("2026-10-01", *spring, *met("2026-10-01")) == "met"


def test_a_meeting_may_be_early_or_late_if_it_is_marked_for_the_window() -> None:
    late = met("2026-05-20", mode="live", window="spring")
    others = met("2026-04-15", mode="live", window="autumn")

    assert windows("2026-05-20", *late) == "not_due:next-window-not-begun"
    assert windows("2026-05-20", *others) == "breached:window-missed"


@given(MEETINGS, DAYS)
def test_as_a_year_goes_on_only_what_is_done_or_planned_counts(known: list[Gathering], on: date) -> None:
    found = entry(facts(gatherings=of_network(*known)), FOUR, on).verdict
    of_year = [each for each in known if each.day.year == on.year]

    assert found.actual == sum(each.is_held and each.day <= on for each in of_year)
    assert found.planned == sum(each.day > on or (each.day == on and not each.is_held) for each in of_year)
    enough = (found.actual or 0) + (found.planned or 0) >= 4
    assert (found.status in (Status.met, Status.on_track)) == enough
    assert (found.status == Status.met) == ((found.actual or 0) >= 4)


@given(MEETINGS, DAYS)
def test_the_verdict_before_is_that_of_the_last_day_once_it_is_over(known: list[Gathering], on: date) -> None:
    of = facts(gatherings=of_network(*known))
    last_day = date(on.year - 1, 12, 31)
    if last_day.year < 2026:
        return

    before, then = entry(of, FOUR, on).previous, entry(of, FOUR, last_day).verdict

    held = sum(each.is_held for each in known if each.day.year == last_day.year)
    assert before == (Status.met if held >= 4 else Status.breached)
    assert then.status != Status.met or before == Status.met


@given(MEETINGS, DAYS, DAYS)
def test_one_more_meeting_never_makes_a_cadence_worse(known: list[Gathering], day: date, on: date) -> None:
    order = [Status.breached, Status.at_risk, Status.on_track, Status.met]
    before = entry(facts(gatherings=of_network(*known)), FOUR, on).verdict.status
    after = entry(facts(gatherings=of_network(*known, *met(str(day)))), FOUR, on).verdict.status

    assert order.index(after) >= order.index(before)


@given(MEETINGS, DAYS)
def test_a_window_is_judged_by_its_own_days_in_every_year(known: list[Gathering], on: date) -> None:
    autumn = [Window("autumn", Localized(fi="Syksy"), "group", 10, 10)]
    found = entry(facts(windows={"clock": autumn}, gatherings=of_network(*known)), CLOCK, on).verdict
    first, last = date(on.year, 10, 1), date(on.year, 10, 31)
    inside = [each for each in known if first <= each.day <= last]

    if any(each.is_held and each.day <= on for each in inside):
        assert found.status == Status.met
    elif any(each.day > on or (each.day == on and not each.is_held) for each in inside):
        assert found.status == Status.on_track
    elif on < first:
        assert found.status == Status.not_due
    else:
        assert found.status == (Status.at_risk if on <= last else Status.breached)


@given(st.lists(DAYS, min_size=1, max_size=30, unique=True), DAYS)
def test_a_gap_is_told_before_it_is_too_long_and_broken_after(days: list[date], on: date) -> None:
    held = [day for day in sorted(days) if day <= on]
    plain = rule("cadence", times=1, per="year", longest_gap_days=62)
    found = entry(facts(gatherings=of_network(*met(*map(str, days)))), plain, on).verdict
    if found.reason not in ("gap-ahead", "gap-too-long"):
        return

    if found.status == Status.at_risk:
        assert found.next_deadline_on is not None
        assert found.next_deadline_on >= on
    else:
        gaps = [(b - a).days for a, b in zip(held, [*held[1:], on], strict=True) if b.year == on.year]
        assert max(gaps) > 62
        assert on - held[0] > timedelta(days=62)
