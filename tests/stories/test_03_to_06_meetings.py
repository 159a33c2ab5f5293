"""Plan 3.1-6.3: networks meet as often as the plan says, live or not; what they keep to themselves stays there.

The leadership group, the family-centre actors, the group of a municipality and the body of student welfare.
"""

from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from app.core import clock
from app.core.database import Database
from tests.conftest import PASSWORD
from tests.meetings import networks

YESTERDAY, TOMORROW = clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)
SECRET = "Sopimuskausi on kesken, ei vielä tiedotettavaksi"


def test_networks_meet_through_a_year(client: TestClient, database: Database) -> None:
    seats = networks.found(
        database,
        networks.network("tarinan-johtoryhma", "county-12"),
        networks.network("tarinan-toimijat", "county-12", steered_by=["tarinan-johtoryhma"]),
        networks.network("kuntaryhma", "593", steered_by=["tarinan-johtoryhma"]),
        networks.network("tarinan-opiskeluhuolto", "county-12"),
    )
    signed = client.post("/v1/auth/token", data={"username": "coordinator@example.org", "password": PASSWORD}).json()
    me = {"Authorization": f"Bearer {signed['access_token']}"}

    def plan(network: str, day: Any, mode: str = "remote", **other: Any) -> dict[str, Any]:
        body = {"network": network, "mode": mode, "local_start": f"{day}T13:00", "duration_minutes": 120}
        made = client.post("/v1/meetings", json=body | other, headers=me)
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    def act(meeting: dict[str, Any], verb: str, body: Any = None) -> Any:
        tag = {"If-Match": client.get(f"/v1/meetings/{meeting['id']}", headers=me).headers["ETag"]}
        return client.post(f"/v1/meetings/{meeting['id']}/{verb}", json=body, headers=me | tag)

    def days(path: str) -> list[tuple[str, str, str]]:
        found = client.get(path).json()["items"]
        return [(m["local_start"][:10], m["mode"], m["status"]) for m in found]

    # 4.7: the actors meet four times a year, once live; 6.3: student welfare three times.
    for day, mode in (
        ("2027-02-10", "remote"),
        ("2027-05-12", "live"),
        ("2027-09-15", "remote"),
        ("2027-11-24", "remote"),
    ):
        plan("tarinan-toimijat", day, mode)
    for day in ("2027-02-03", "2027-05-05", "2027-10-06"):
        plan("tarinan-opiskeluhuolto", day)
    assert [mode for _, mode, _ in days("/v1/networks/tarinan-toimijat/meetings?from=2027-01-01&to=2027-12-31")] == [
        *("remote", "live", "remote", "remote"),
    ]
    assert len(days("/v1/meetings?network=tarinan-opiskeluhuolto&from=2027-01-01&to=2027-12-31")) == 3

    # 3.11: coordinator and chair prepare the meeting of the leadership group; the remote room is for its members.
    agenda = [
        {"title": "Toimintasuunnitelman seuranta", "is_public": True, "themes": ["follow-up"]},
        {"title": "Yhteistyösopimus", "text": SECRET},
    ]
    board = plan(
        "tarinan-johtoryhma", YESTERDAY, "hybrid", remote_url="https://kokous.example.org/huone", agenda=agenda
    )
    added = client.post(
        f"/v1/meetings/{board['id']}/agenda-items",
        json={"title": "Avaus", "position": 1, "is_public": True},
        headers=me,
    )
    assert added.json()["position"] == 1

    # It is held; who was there is told by seats, and the family's own place too.
    assert act(board, "hold").json()["status"] == "held"
    table = seats["tarinan-johtoryhma"]
    states = {"chair": "present", "member": "excused", "family": "deputy"}
    told = client.put(
        f"/v1/meetings/{board['id']}/attendances",
        json={"attendances": [{"seat": table[role], "state": state} for role, state in states.items()]},
        headers=me,
    )
    assert {a["role"]: a["state"] for a in told.json()["attendances"]} == states

    # 3.3: it sets lines, and keeps some of them for itself.
    item = board["agenda"][1]["id"]
    for text, other in (
        ("Verkostot tuottavat sisältöä Omaperheeseen", {"is_public": True}),
        ("Sopimus valmistellaan", {"agenda_item": item, "due_on": str(TOMORROW)}),
    ):
        decided = client.post(f"/v1/meetings/{board['id']}/decisions", json={"text": text, **other}, headers=me)
        assert decided.status_code == 201, decided.text
    found = client.get("/v1/decisions?network=tarinan-johtoryhma&q=OMAPERHE", headers=me).json()["items"]
    assert [decision["meeting"]["id"] for decision in found] == [board["id"]]

    # 5.8: the chair of a municipality convenes; a meeting falls through, another day is found.
    failed = plan("kuntaryhma", TOMORROW, "live", location="Kirjasto")
    assert act(failed, "hold").json()["code"] == "meeting-is-ahead"
    assert act(failed, "cancel", {"reason": "Puheenjohtaja on sairas."}).json()["sequence"] == 1
    plan("kuntaryhma", TOMORROW + timedelta(days=7), "live")
    assert [status for *_, status in days("/v1/meetings?area=593")] == ["cancelled", "planned"]

    # Whoever has no token reads when and where networks meet, and of the rest what is public.
    seen = client.get(f"/v1/meetings/{board['id']}")
    assert [i["title"] for i in seen.json()["agenda"]] == ["Avaus", "Toimintasuunnitelman seuranta"]
    assert [d["text"] for d in seen.json()["decisions"]] == ["Verkostot tuottavat sisältöä Omaperheeseen"]
    everything = seen.text + client.get("/v1/meetings?limit=200").text
    assert SECRET not in everything
    assert "kokous.example.org" not in everything
    assert client.get(f"/v1/meetings/{board['id']}/attendances").status_code == 401
    assert client.get("/v1/decisions").status_code == 401
