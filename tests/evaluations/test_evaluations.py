"""Evaluations are recorded by those who judge, made final, and changed by few."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.service.grants import OPERATOR
from app.core import clock
from app.core.revisions import numbers
from app.evaluations.models import Evaluator, Finding, Score
from app.evaluations.schemas import EvaluationWrite
from app.evaluations.service import evaluations
from tests.conftest import trail_of
from tests.evaluations import people
from tests.evaluations.conftest import LAST_YEAR, Room, scored

FINDINGS = [
    {"kind": "strength", "text": "Ovi on aina auki.", "criterion": "door"},
    {"kind": "development", "text": "Kahvi loppuu kesken.", "criterion": None},
]
WHOLE: dict[str, Any] = {
    "visited_on": f"{LAST_YEAR}-05-06",
    "scores": [
        {"criterion": "prams", "value": None, "comment": None},
        {"criterion": "door", "value": 4, "comment": "Hyvä kynnys"},
        {"criterion": "coffee", "value": 1, "comment": None},
    ],
    "findings": FINDINGS,
    "evaluators": [{"organisation": "kaupunki"}, {"organisation": "seurakunta"}],
    "is_shared": True,
    "state": "final",
}


def test_an_evaluation_is_recorded_and_read_whole(room: Room) -> None:
    made = room.post(room.peer(**WHOLE | {"is_shared": False}), room.known["tikantanssi"])

    assert made.status_code == 201, made.text
    found = made.json()
    assert made.headers["Location"] == f"/v1/evaluations/{found['id']}"
    assert room.get(f"/{found['id']}").json() == found
    assert [score["criterion"] for score in found["scores"]] == [*people.CODES]
    assert [score["value"] for score in found["scores"]] == [4, 1, None]
    assert found["findings"] == FINDINGS
    assert [(who["organisation"]["slug"], who["person"]) for who in found["evaluators"]] == [
        ("kaupunki", None),
        ("seurakunta", None),
    ]
    assert (found["place"]["slug"], found["peer_place"]["slug"]) == ("koppa", "tikantanssi")
    assert (found["round_id"], found["version"], found["state"]) == (None, 1, "final")
    assert (found["scale"]["min"], found["scale"]["max"]) == (1, 4)


def test_another_scale_is_kept_with_the_evaluation(room: Room) -> None:
    scale = {"min": 0, "max": 10, "labels": {"0": {"fi": "Pimeää"}}}

    made = room.record(room.own(scale=scale, scores=scored(0, 10, 5)))

    assert (made["scale"]["min"], made["scale"]["max"]) == (0, 10)
    assert made["scale"]["labels"]["0"]["fi"] == "Pimeää"
    assert room.faults(room.own(year=LAST_YEAR - 1, scores=scored(0, 10, 5))) == [
        ("off-the-scale", "/scores/0/value"),
        ("off-the-scale", "/scores/1/value"),
        ("off-the-scale", "/scores/2/value"),
    ]
    narrower = room.patch(made["id"], {"scale": None})
    assert [fault["code"] for fault in narrower.json()["errors"]] == ["off-the-scale"] * 3
    assert "1 to 4" in narrower.json()["errors"][0]["detail"] or "1-4" in narrower.json()["errors"][0]["detail"]
    back = room.patch(made["id"], {"scale": None, "scores": scored(1, 4)}).json()
    assert (back["scale"]["min"], back["scale"]["max"], back["version"]) == (1, 4, 2)


FAULTY = {
    "an unknown place": ({"place": "nowhere"}, ("unknown-place", "/place")),
    "an unknown set": ({"criteria_set": "nothing"}, ("unknown-criteria-set", "/criteria_set")),
    "a set that is not of places": ({"criteria_set": "regional"}, ("not-of-places", "/criteria_set")),
    "a year long ago": ({"year": 1989}, ("wrong-year", "/year")),
    "a year to come": ({"year": clock.today().year + 2}, ("wrong-year", "/year")),
    "peers in a self evaluation": ({"peer_place": "juva"}, ("not-for-self", "/peer_place")),
    "no peers": ({"kind": "peer"}, ("missing", "/peer_place")),
    "its own peers": ({"kind": "peer", "peer_place": "koppa"}, ("own-place-as-peer", "/peer_place")),
    "peers of another county": (
        {"kind": "peer", "peer_place": "beside-place"},
        ("of-another-county", "/peer_place"),
    ),
    "a day of another year": ({"visited_on": "2001-01-01"}, ("not-in-that-year", "/visited_on")),
    "a day to come": (
        {
            "visited_on": str(clock.today() + timedelta(days=1)),
            "year": (clock.today() + timedelta(days=1)).year,
        },
        ("in-the-future", "/visited_on"),
    ),
    "a score off the scale": ({"scores": scored(5)}, ("off-the-scale", "/scores/0/value")),
    "a score of nothing": (
        {"scores": [{"criterion": "x", "value": 1}]},
        ("not-in-the-set", "/scores/0/criterion"),
    ),
    "a score without a value": ({"scores": [{"criterion": "door"}]}, ("missing", "/scores/0/value")),
    "two scores of one": ({"scores": scored(1) * 2}, ("scored-twice", "/scores/1/criterion")),
    "a finding about nothing": (
        {"findings": [{**FINDINGS[0], "criterion": "x"}]},
        ("not-in-the-set", "/findings/0/criterion"),
    ),
    "an end too early": ({"state": "final", "scores": scored(1)}, ("not-scored", "/state")),
    "an unknown organisation": (
        {"evaluators": [{"organisation": "nobody"}]},
        ("unknown-organisation", "/evaluators/0/organisation"),
    ),
    "an organisation of another county": (
        {"evaluators": [{"organisation": "kaupunki-beside"}]},
        ("unknown-organisation", "/evaluators/0/organisation"),
    ),
    "an unknown person": (
        {"evaluators": [{"organisation": "kaupunki", "person": "01a20ed2-9a10-7c39-95a1-7a070ff41442"}]},
        ("unknown-person", "/evaluators/0/person"),
    ),
    "an organisation twice": (
        {"evaluators": [{"organisation": "kaupunki"}] * 2},
        ("named-twice", "/evaluators/1"),
    ),
    "a scale that ends first": ({"scale": {"min": 4, "max": 1}}, ("not-a-scale", "/scale/max")),
    "a scale that begins with a text": ({"scale": {"min": "1", "max": 4}}, ("not-a-whole-number", "/scale/min")),
    "a scale that ends with yes": ({"scale": {"min": 0, "max": True}}, ("not-a-whole-number", "/scale/max")),
}


@pytest.mark.parametrize(("other", "fault"), FAULTY.values(), ids=FAULTY)
def test_what_is_wrong_is_named_by_its_place(room: Room, other: dict[str, Any], fault: tuple[str, str]) -> None:
    assert room.faults(room.own(**other)) == [fault]


def test_who_speaks_for_the_host_is_pointed_out_among_its_peers(room: Room) -> None:
    both = [{"organisation": "savonlinnan-kaupunki"}, {"organisation": "mikkelin-kaupunki"}]
    this_year = clock.today().year

    made = room.record(room.peer(year=this_year, evaluators=both))

    slugs = [who["organisation"]["slug"] for who in made["evaluators"]]
    assert slugs == ["mikkelin-kaupunki", "savonlinnan-kaupunki"]
    [warning] = made["warnings"]
    assert (warning["code"], warning["pointer"]) == ("same-as-host", "/evaluators/0/organisation")
    finnish = room.client.get(f"/v1/evaluations/{made['id']}?lang=fi", headers=room.county).json()
    assert finnish["warnings"][0]["detail"].startswith("Tämä organisaatio")
    left = room.patch(made["id"], {"evaluators": both[:1]}).json()
    assert left["warnings"] == []
    assert room.record(room.own(year=this_year, evaluators=both))["warnings"] == []


def test_an_end_lists_what_is_missing(room: Room) -> None:
    answer = room.post(room.own(state="final", scores=scored(1)))

    assert "coffee, prams" in answer.json()["errors"][0]["detail"]


def test_a_place_has_one_evaluation_of_a_year_a_kind_and_a_set(room: Room) -> None:
    room.record(room.own())

    again = room.post(room.own())
    assert (again.status_code, again.json()["code"]) == (409, "evaluated-already")
    for other in (
        room.own(year=LAST_YEAR - 1),
        room.own(criteria_set="national-topics"),
        room.own(place="juva"),
        room.peer(),
        room.peer(peer_place="juva"),  # nobody takes the place of other peers
    ):
        room.record(other)
    assert room.post(room.peer(peer_place="juva")).status_code == 409


def test_a_year_that_is_still_to_come_is_not_judged_yet(room: Room) -> None:
    ahead = room.own(**WHOLE | {"year": LAST_YEAR + 2, "visited_on": None})

    assert [fault["code"] for fault in room.post(ahead).json()["errors"]] == ["still-to-come"]
    assert room.post(ahead | {"state": "draft"}).status_code == 201


def test_lists_that_are_given_replace_the_whole_and_others_stay(room: Room) -> None:
    made = room.record(room.own(**WHOLE | {"state": "draft"}))

    changed = room.patch(made["id"], {"scores": scored(2)}).json()
    assert [(score["criterion"], score["value"]) for score in changed["scores"]] == [("door", 2)]
    assert (changed["findings"], changed["evaluators"]) == (made["findings"], made["evaluators"])
    assert changed["version"] == 2
    cleared = room.patch(made["id"], {"findings": [], "evaluators": [{"organisation": "seurakunta"}]}, 2).json()
    assert (cleared["findings"], len(cleared["evaluators"]), cleared["version"]) == ([], 1, 3)
    assert cleared["scores"] == changed["scores"]


def test_scores_alone_are_a_change_in_the_version_the_trail_and_the_family(room: Room) -> None:
    made = room.record(room.own(scores=scored(1)))

    def family() -> int:
        with room.database.engine.connect() as connection:
            return numbers(connection)["evaluations"]

    before = family()
    changed = room.patch(made["id"], {"scores": scored(2)}).json()

    assert changed["version"] == 2
    assert changed["updated_at"] > made["updated_at"]
    assert family() == before + 1
    with room.database.snapshot() as session:
        [(_, changes)] = trail_of(session, "changeEvaluation")
        [(_, creations)] = trail_of(session, "recordEvaluation")
    assert [(change.kind, change.action, change.fields) for change in changes] == [
        ("evaluation", "changed", ["scores"])
    ]
    assert str(changes[0].item_id) == made["id"]
    assert [(change.kind, change.action) for change in creations] == [("evaluation", "created")]


def test_the_same_content_again_changes_nothing(room: Room) -> None:
    made = room.record(room.own(**WHOLE | {"state": "draft"}))

    again = room.patch(made["id"], {name: WHOLE[name] for name in ("scores", "findings", "evaluators", "is_shared")})

    assert again.json() == made


def test_a_peer_place_can_be_changed_and_not_taken_away(room: Room) -> None:
    made = room.record(room.peer())

    assert room.patch(made["id"], {"peer_place": None}).json()["errors"][0]["code"] == "missing"
    assert room.patch(made["id"], {"peer_place": "koppa"}).json()["errors"][0]["code"] == "own-place-as-peer"
    assert room.patch(made["id"], {"peer_place": "juva"}).json()["peer_place"]["slug"] == "juva"
    by_juva = room.patch(made["id"], {"peer_place": "tikantanssi"}, 2, room.known["juva"])
    assert (by_juva.status_code, by_juva.json()["code"]) == (403, "out-of-reach")
    for fixed in ("place", "year", "kind", "criteria_set"):
        assert room.patch(made["id"], {fixed: "x"}, 2).json()["errors"][0]["code"] == "unknown-field"


def test_what_is_final_is_changed_by_the_county_alone(room: Room) -> None:
    made = room.record(room.own(scores=scored(1, 2, 3), state="final"), room.known["koppa"])

    for who in ("koppa", "mikkeli"):
        refused = room.patch(made["id"], {"is_shared": True}, 1, room.known[who])
        assert (refused.status_code, refused.json()["code"]) == (409, "evaluation-is-final")
    assert room.delete(made["id"]).json()["code"] == "evaluation-is-final"
    assert room.patch(made["id"], {"scores": scored(1)}).json()["errors"][0]["code"] == "not-scored"
    assert room.patch(made["id"], {"state": "draft"}).status_code == 200
    assert room.patch(made["id"], {"scores": scored(1)}, 2, room.known["koppa"]).status_code == 200


def test_a_draft_is_taken_away_with_all_that_it_holds(room: Room) -> None:
    made = room.record(room.own(**WHOLE | {"state": "draft"}))

    assert room.client.delete(f"/v1/evaluations/{made['id']}", headers=room.county).status_code == 428
    assert room.delete(made["id"], 7).status_code == 412
    assert room.delete(made["id"]).status_code == 204
    assert room.get(f"/{made['id']}").status_code == 404
    with room.database.snapshot() as session:
        left = [session.scalar(select(func.count()).select_from(table)) for table in (Score, Finding, Evaluator)]
    assert left == [0, 0, 0]


def test_evaluations_are_listed_the_newest_first_and_filtered(room: Room) -> None:
    own, old = room.record(room.own()), room.record(room.own(year=LAST_YEAR - 1))
    peer = room.record(room.peer(scores=scored(1, 2, 3), state="final"))
    far = room.record(room.own(place="tikantanssi", criteria_set="national-topics"))
    last_year = {own["id"], peer["id"], far["id"]}

    assert room.ids()[-1] == old["id"]
    assert set(room.ids(f"&year={LAST_YEAR}")) == last_year
    assert set(room.ids("&place=koppa")) == {own["id"], peer["id"], old["id"]}
    assert room.ids("&area=740") == [far["id"]]
    assert room.ids("&kind=peer") == room.ids("&state=final") == [peer["id"]]
    assert room.ids("&criteria_set=national-topics") == room.ids(f"&criteria_set={far['criteria_set']['id']}")
    assert room.ids("&criteria_set=national-topics") == [far["id"]]
    assert room.ids("&criteria_set=nothing") == []
    assert "scores" not in room.get("").json()["items"][0]
    first = room.get("?limit=2").json()
    following = room.get(f"?limit=2&cursor={first['next']}").json()
    assert [one["id"] for one in first["items"] + following["items"]] == room.ids()
    for wrong in ("place=nowhere", "area=nowhere"):
        assert room.get(f"?{wrong}").status_code == 422


def test_the_operator_records_evaluations_too(room: Room) -> None:
    with room.database.writing(people.TEST) as session:
        write = EvaluationWrite.model_validate(room.peer(**WHOLE))
        made = evaluations.record(session, write, OPERATOR)
        shown = evaluations.shown(session, made, OPERATOR)

    assert shown["visited_on"] == date(LAST_YEAR, 5, 6)
    assert room.ids() == [str(made.id)]
