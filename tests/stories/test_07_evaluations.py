"""Plan 7.3, 7.9, 7.10: one year a place judges itself, the next year it is judged by the people of another place.

Everything over HTTP; who gives which rights, too.
"""

from typing import Any

from starlette.testclient import TestClient

from tests.conftest import PASSWORD

Headers = dict[str, str]
NEW_PASSWORD = "kahvia ja pullaa 2026"


def signed_in(client: TestClient, email: str, password: str = PASSWORD) -> Headers:
    token = client.post("/v1/auth/token", data={"username": email, "password": password}).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def invited(client: TestClient, by: Headers, name: str, role: str, kind: str, slug: str) -> Headers:
    """Somebody is invited, sets a password, and signs in."""
    email = f"{name}@kunta.example.org"
    grant = {"role": role, "on": {"kind": kind, "id": slug}}
    made = client.post("/v1/users", json={"email": email, "grants": [grant]}, headers=by)
    assert made.status_code == 201, made.text
    token = made.json()["link"]["token"]
    accepted = client.post("/v1/auth/accept", json={"token": token, "password": NEW_PASSWORD})
    assert accepted.is_success, accepted.text
    return signed_in(client, email, NEW_PASSWORD)


def test_a_place_judges_itself_and_others_judge_it_the_next_year(client: TestClient) -> None:
    coordinator = signed_in(client, "coordinator@example.org")
    koppa = invited(client, coordinator, "koppa", "place_contact", "meeting_place", "koppa")
    tikantanssi = invited(client, coordinator, "tikantanssi", "place_contact", "meeting_place", "tikantanssi")
    juva = invited(client, coordinator, "juva", "place_contact", "meeting_place", "juva")

    def record(by: Headers, **body: Any) -> Any:
        return client.post("/v1/evaluations", json=body, headers=by)

    def status(by: Headers, evaluation: Any) -> int:
        return client.get(f"/v1/evaluations/{evaluation['id']}", headers=by).status_code

    # 7.3: the criteria are there for everybody to read.
    [criteria] = client.get("/v1/criteria-sets?code=meeting-place").json()["items"]
    codes = [c["code"] for c in client.get(f"/v1/criteria-sets/{criteria['id']}").json()["criteria"]]
    assert len(codes) == 21

    # 7.10: in 2025 Koppa judges itself: first a draft, then what is missing, then it is final.
    draft = record(
        koppa,
        place="koppa",
        year=2025,
        kind="self",
        criteria_set="meeting-place",
        visited_on="2025-11-04",
        scores=[{"criterion": code, "value": 3} for code in codes[:20]],
        evaluators=[{"organisation": "mikkelin-kaupunki"}],
    )
    assert draft.status_code == 201, draft.text
    own = draft.json()
    tag = {"If-Match": draft.headers["ETag"]}
    early = client.patch(f"/v1/evaluations/{own['id']}", json={"state": "final"}, headers=koppa | tag)
    assert "c6" in early.json()["errors"][0]["detail"]
    scores = [{"criterion": code, "value": 3} for code in codes[:20]] + [{"criterion": "c6", "value": None}]
    ended = client.patch(f"/v1/evaluations/{own['id']}", json={"state": "final", "scores": scores}, headers=koppa | tag)
    assert (ended.status_code, ended.json()["version"]) == (200, 2)

    # In 2026 the people of Tikantanssi come to visit; those of Koppa can't write in their name.
    visit: dict[str, Any] = {
        "place": "koppa",
        "year": 2026,
        "kind": "peer",
        "peer_place": "tikantanssi",
        "criteria_set": "meeting-place",
        "visited_on": "2026-05-06",
        "scores": [{"criterion": code, "value": 4 if code.startswith("a") else 2} for code in codes],
        "findings": [
            {"kind": "strength", "text": "Monen toimijan viikko-ohjelma toimii.", "criterion": "a1"},
            {"kind": "development", "text": "Tiloihin on vaikea löytää."},
        ],
        "evaluators": [{"organisation": "savonlinnan-kaupunki"}],
        "state": "final",
    }
    assert record(koppa, **visit).json()["code"] == "out-of-reach"
    found = record(tikantanssi, **visit)
    assert found.status_code == 201, found.text
    peer = found.json()

    # Hosts and peers read it; Juva and the world do not, until the county shares it.
    assert [status(who, peer) for who in (koppa, tikantanssi, coordinator, juva)] == [200, 200, 200, 404]
    assert [status(who, own) for who in (koppa, tikantanssi, coordinator, juva)] == [200, 404, 200, 404]
    assert client.get(f"/v1/evaluations/{peer['id']}").status_code == 401
    first = {"If-Match": '"v1"'}
    share = {"is_shared": True}
    locked = client.patch(f"/v1/evaluations/{peer['id']}", json=share, headers=tikantanssi | first)
    assert locked.json()["code"] == "evaluation-is-final"
    assert client.patch(f"/v1/evaluations/{peer['id']}", json=share, headers=coordinator | first).status_code == 200
    seen = client.get("/v1/evaluations?place=koppa", headers=juva).json()["items"]
    assert [evaluation["id"] for evaluation in seen] == [peer["id"]]

    # 7.9: year by year, by turns.
    history = client.get("/v1/evaluations?place=koppa", headers=koppa).json()["items"]
    assert [(evaluation["year"], evaluation["kind"]) for evaluation in history] == [(2026, "peer"), (2025, "self")]

    # Juva tries a scale of its own: what is off it is refused with its name.
    own_scale = {"min": 0, "max": 10, "labels": {"0": {"fi": "Ei lainkaan"}, "10": {"fi": "Täysin"}}}
    trial: dict[str, Any] = {"place": "juva", "year": 2025, "kind": "self", "criteria_set": "national-topics"}
    off = record(juva, **trial, scale=own_scale, scores=[{"criterion": "c1", "value": 11}])
    assert [(fault["code"], fault["pointer"]) for fault in off.json()["errors"]] == [
        ("off-the-scale", "/scores/0/value")
    ]
    assert "0" in off.json()["errors"][0]["detail"]
    assert "10" in off.json()["errors"][0]["detail"]
    kept = record(juva, **trial, scale=own_scale, scores=[{"criterion": "c1", "value": 10}]).json()
    assert (kept["scale"]["min"], kept["scale"]["max"]) == (0, 10)
