"""Who has to sit in networks, judged and told: R4."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from app.areas.rules import Ended, Lies, Scheme
from app.core.localized import Localized
from app.follow_up.rules.facts import Facts, Place, Seat
from app.follow_up.rules.seats import Line, is_silent, lines
from app.follow_up.rules.verdicts import Status
from tests.follow_up.world import COUNTY, NETWORK, TOWN, VILLAGE, entry, facts, rule, seat, verdict

PARTY = {"name": {"fi": "Osapuoli"}, "level": "must"}
CHAIR = rule("representation", party={"role": "chair"}, at_most=1, **PARTY)
EVERY = rule("representation", party={"organisation_kind": "municipality", "each": "municipality"}, **PARTY)
CONTACTS = rule("representation", party={"role": "contact", "each": "meeting_place", "place_kind": "family"}, **PARTY)
COTTAGE = Place(uuid.uuid4(), "tupa", Localized(fi="Tupa"), "family", TOWN.id, opened_on=date(2026, 2, 1))
YOUTH = replace(COTTAGE, id=uuid.uuid4(), slug="nuta", kind="youth_facility")


def seated(*seats: Seat, **other: object) -> Facts:
    return facts(seats={NETWORK.id: seats}, **other)


def of_town(**other: object) -> Seat:
    return seat(organisation_kind="municipality", **{"municipality_id": TOWN.id, **other})


def test_a_party_sits_there_or_not_or_too_often() -> None:
    assert verdict(seated(seat("chair")), CHAIR, "2026-06-01") == "met"
    assert verdict(seated(seat("member")), CHAIR, "2026-06-01") == "breached:seats-missing"
    assert verdict(seated(seat("chair", is_held=False)), CHAIR, "2026-06-01") == "breached:seats-missing"
    assert verdict(seated(seat("chair"), seat("chair")), CHAIR, "2026-06-01") == "breached:too-many-seats"


def test_a_seat_counts_from_its_first_day_to_the_one_before_its_end() -> None:
    known = seated(seat("chair", "2026-03-01", "2026-09-01"))

    assert [verdict(known, CHAIR, day) for day in ("2026-02-28", "2026-03-01", "2026-08-31", "2026-09-01")] == [
        "breached:seats-missing",
        "met",
        "at_risk:seat-ends-soon",
        "breached:seats-missing",
    ]


def test_an_end_is_told_sixty_days_before_unless_somebody_follows() -> None:
    known, followed = seated(seat("chair", "2025-01-01", "2026-09-01")), seat("chair", "2026-09-01")

    assert verdict(known, CHAIR, "2026-07-02") == "met"
    assert verdict(known, CHAIR, "2026-07-03") == "at_risk:seat-ends-soon"
    assert str(entry(known, CHAIR, "2026-07-03").verdict.next_deadline_on) == "2026-08-31"
    assert verdict(seated(*known.seats[NETWORK.id], followed), CHAIR, "2026-08-31") == "met"


@pytest.mark.parametrize(
    "advice",
    [
        rule("representation", party={"role": "chair"}, name={"fi": "x"}, level="should"),
        rule("representation", party={"role": "chair"}, is_soft=True, **PARTY),
    ],
)
def test_whoever_should_be_there_is_advice(advice: object) -> None:
    assert verdict(facts(), advice, "2026-06-01") == "advisory:seats-missing"  # type: ignore[arg-type]
    ending = seated(seat("chair", "2025-01-01", "2026-09-01"))
    assert verdict(ending, advice, "2026-08-31") == "met"  # type: ignore[arg-type]


def test_every_municipality_that_there_is_on_the_day_has_a_seat() -> None:
    both = seated(of_town(), of_town(municipality_id=VILLAGE.id))
    found = entry(seated(of_town()), EVERY, "2026-06-01").verdict

    assert verdict(both, EVERY, "2026-06-01") == "met"
    assert (found.status, found.expected, found.actual) == (Status.breached, 2, 1)
    assert [each.slug for each in found.missing] == ["village"]


def test_a_municipality_that_was_merged_is_asked_for_no_more() -> None:
    ends = date(2026, 6, 1)
    scheme = Scheme([Lies(TOWN.id, COUNTY.id), Lies(VILLAGE.id, COUNTY.id)], [Ended(VILLAGE.id, ends, TOWN.id)])
    known = seated(of_town(), municipalities=[TOWN, replace(VILLAGE, valid_to=ends)], scheme=scheme)

    assert verdict(known, EVERY, "2026-05-31") == "breached:seats-missing"
    assert verdict(known, EVERY, "2026-06-01") == "met"


def test_every_place_of_the_kind_that_is_open_has_a_contact_person() -> None:
    known = seated(seat("contact", place_id=COTTAGE.id), places=[COTTAGE, YOUTH])
    without = seated(places=[COTTAGE, YOUTH])

    assert verdict(known, CONTACTS, "2026-06-01") == "met"
    assert verdict(without, CONTACTS, "2026-01-31") == "met"  # not yet open
    assert verdict(without, CONTACTS, "2026-02-01") == "breached:seats-missing"


def found_lines(known: Facts, on: str, came: dict[uuid.UUID, list[bool]] | None = None) -> list[Line]:
    return lines(known, EVERY, NETWORK, date.fromisoformat(on), came or {})


def test_seats_are_told_one_by_one_with_what_is_wrong() -> None:
    ends, silent, empty = of_town(valid_to="2026-07-01"), of_town(municipality_id=VILLAGE.id), seat(is_held=False)
    known = seated(ends, silent, replace(empty, organisation_kind="municipality", municipality_id=VILLAGE.id))

    told = found_lines(known, "2026-06-01", {silent.id: [False, False, False, True]})

    assert [(line.of.slug if line.of else None, str(line.state)) for line in told] == [
        ("town", "expiring"),
        ("village", "silent"),
        ("village", "vacant"),
    ]


def test_of_two_whom_a_party_asks_for_the_one_that_ends_is_expiring_as_the_verdict_says() -> None:
    two = rule("representation", party={"role": "member"}, at_least=2, **PARTY)
    known = seated(seat(), seat(valid_to="2026-07-01"))

    told = lines(known, two, NETWORK, date(2026, 6, 1), {})

    assert verdict(known, two, "2026-06-01") == "at_risk:seat-ends-soon"
    assert sorted(str(line.state) for line in told) == ["expiring", "filled"]


def test_where_there_is_no_seat_one_is_vacant() -> None:
    assert [(line.seat, str(line.state)) for line in found_lines(facts(), "2026-06-01")] == [(None, "vacant")] * 2


@pytest.mark.parametrize(("came", "verdict"), [
    ([], False),
    ([False], False),
    ([False, False], True),
    ([False, False, False], True),
    ([False, False, False, True], True),
    ([False, False, True], False),
])  # fmt: skip
def test_a_seat_is_silent_when_nobody_came_to_the_last_three_meetings(came: list[bool], verdict: bool) -> None:
    assert is_silent(came) is verdict


def test_a_network_that_ended_owes_nothing() -> None:
    known = facts(networks=[replace(NETWORK, valid_to=date(2026, 6, 1))])

    assert verdict(known, CHAIR, "2026-05-31") == "breached:seats-missing"
    assert verdict(known, CHAIR, "2026-06-01") == "not_due:ended"
