"""Who judges, who sees it, and who of those who judged is named to whom."""

from typing import Any

import pytest

from app.accounts.roles import Role
from tests.evaluations import people
from tests.evaluations.conftest import Room

BODY: dict[str, Any] = {"patch": {"json": {}}, "delete": {}}
EVERYBODY = ("koppa", "tikantanssi", "juva", "mikkeli", "savonlinna", "beside", "parish", "lead")


def test_a_place_judges_itself_and_peers_judge_others(room: Room) -> None:
    def answers(body: object) -> dict[str, int]:
        found = {}
        for who in (*EVERYBODY, "recorder"):
            answer = room.post(body, room.known[who])
            found[who] = answer.status_code
            if answer.status_code == 201:
                assert room.delete(answer.json()["id"]).status_code == 204
        return found

    nobody = dict.fromkeys((*EVERYBODY, "recorder"), 403)
    assert answers(room.own()) == nobody | {"koppa": 201, "mikkeli": 201}
    assert answers(room.peer()) == nobody | {"tikantanssi": 201, "savonlinna": 201}


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_those_who_judge_change_it_and_hosts_do_not(room: Room, method: str) -> None:
    made = room.record(room.peer())

    def status(who: str) -> int:
        known = room.known[who]
        answer = room.delete(made["id"], 1, known) if method == "delete" else room.patch(made["id"], {}, 1, known)
        return int(answer.status_code)

    unversioned = room.client.request(
        method, f"/v1/evaluations/{made['id']}", headers=room.known["koppa"], **BODY[method]
    )
    assert unversioned.status_code == 403  # before anything is said of versions
    assert {who: status(who) for who in ("koppa", "mikkeli")} == {"koppa": 403, "mikkeli": 403}
    assert {who: status(who) for who in ("juva", "beside")} == {"juva": 404, "beside": 404}
    assert status("savonlinna") in (200, 204)


def test_hosts_and_peers_see_it_and_others_when_it_is_shared(room: Room) -> None:
    hidden = room.record(room.peer())
    shared = room.record(room.own(is_shared=True))
    own = room.record(room.own(place="juva"))

    def seen(who: str) -> list[str]:
        found = room.ids("", room.known[who])
        for evaluation in (hidden, shared, own):
            answer = room.get(f"/{evaluation['id']}", room.known[who])
            assert answer.status_code == (200 if evaluation["id"] in found else 404), (who, evaluation)
        names = {hidden["id"]: "hidden", shared["id"]: "shared", own["id"]: "own"}
        return sorted(names[id] for id in found)

    assert {who: seen(who) for who in EVERYBODY} == {
        "koppa": ["hidden", "shared"],
        "tikantanssi": ["hidden", "shared"],
        "juva": ["own", "shared"],
        "mikkeli": ["hidden", "shared"],
        "savonlinna": ["hidden", "shared"],
        "beside": [],
        "parish": ["shared"],
        "lead": ["shared"],
    }
    assert room.get("", room.known["recorder"]).status_code == 403
    assert room.client.get("/v1/evaluations").status_code == 401


def test_who_sees_what_is_shared_may_not_change_it(room: Room) -> None:
    shared = room.record(room.own(is_shared=True))

    assert room.patch(shared["id"], {}, 1, room.known["juva"]).status_code == 403


def test_a_person_is_named_by_who_knows_them_and_to_who_does(room: Room) -> None:
    with room.database.writing(people.TEST) as session:
        known = str(people.person(session, "Aino Esimerkki").id)
        people.person(session, "Outo Vieras", "kaupunki-beside")
    of_city = people.somebody(room.database, "of-city", Role.reader, "organisation", "kaupunki")
    body = room.own(evaluators=[{"organisation": "kaupunki", "person": known}], is_shared=True)

    refused = room.post(body, room.known["koppa"])
    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [("unknown-person", "/evaluators/0/person")]
    made = room.record(body)
    assert made["evaluators"][0]["person"] == {"id": known, "name": "Aino Esimerkki"}
    for who in (room.known["koppa"], room.known["juva"], of_city):
        answer = room.get(f"/{made['id']}", who)
        assert answer.json()["evaluators"] == [{"organisation": made["evaluators"][0]["organisation"], "person": None}]
        assert "Aino" not in answer.text

    # Who was named stays, whoever writes the list again; nobody else comes in by that.
    again = {"evaluators": [*body["evaluators"], {"organisation": "seurakunta"}]}
    changed = room.patch(made["id"], again, 1, room.known["koppa"])
    assert [who["person"] for who in changed.json()["evaluators"]] == [None, None]
    assert room.get(f"/{made['id']}").json()["evaluators"][0]["person"]["id"] == known


def test_a_person_of_another_county_is_not_named(room: Room) -> None:
    with room.database.writing(people.TEST) as session:
        stranger = str(people.person(session, "Outo Vieras", "kaupunki-beside").id)
    admin = people.somebody(room.database, "all", Role.admin, "area", "finland")

    answer = room.post(room.own(evaluators=[{"organisation": "kaupunki", "person": stranger}]), admin)

    assert [fault["code"] for fault in answer.json()["errors"]] == ["unknown-person"]


def test_a_person_whose_name_is_erased_leaves_the_organisation(room: Room) -> None:
    with room.database.writing(people.TEST) as session:
        known = people.person(session, "Aino Esimerkki")
    made = room.record(room.own(evaluators=[{"organisation": "kaupunki", "person": str(known.id)}]))

    with room.database.writing(people.TEST) as session:
        session.delete(known)

    [left] = room.get(f"/{made['id']}").json()["evaluators"]
    assert (left["organisation"]["slug"], left["person"]) == ("kaupunki", None)
