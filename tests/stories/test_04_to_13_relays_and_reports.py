"""Plan 4.9, 7.16 and 9.18: members carry home what was agreed; 10.1, 13.1 and 14.5: who steers hears how things are."""

from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from app.core import clock
from app.core.database import Database
from tests.conftest import PASSWORD
from tests.meetings import networks

TODAY = clock.today()
YESTERDAY = TODAY - timedelta(days=1)
INNER = "Kouluttajilta puuttuu työpareja kolmessa kunnassa"


def signed_in(client: TestClient) -> dict[str, str]:
    signed = client.post("/v1/auth/token", data={"username": "coordinator@example.org", "password": PASSWORD}).json()
    return {"Authorization": f"Bearer {signed['access_token']}"}


def test_members_carry_home_what_was_agreed(client: TestClient, database: Database) -> None:
    members = [{"role": "member", "organisation": slug} for slug in ("seurakunta", "jarjesto")]
    seats = networks.found(
        database,
        networks.network("tarinan-toimijat", "county-12", seats=[{"role": "chair", "organisation": "kaupunki"}]),
        networks.network("tarinan-verkosto", "county-12", seats=[networks.SEATS[0], *members]),
    )
    me = signed_in(client)
    body = {
        "network": "tarinan-verkosto",
        "mode": "remote",
        "duration_minutes": 90,
        "local_start": f"{YESTERDAY}T13:00",
    }
    meeting = client.post("/v1/meetings", json=body, headers=me).json()["id"]

    # 4.9: what is agreed on is to be told in each organisation.
    agreed = {"text": "Jokainen kertoo sähköisestä perhekeskuksesta", "to_be_carried": True, "is_public": True}
    decision = client.post(f"/v1/meetings/{meeting}/decisions", json=agreed, headers=me).json()
    assert decision["relays"] == {"open": 3, "carried": 0}

    # 7.16: who sits for an organisation needs no right but the seat, and sees what is theirs to carry.
    holder = networks.seat_somebody(database, seats["tarinan-verkosto"]["chair"])
    deputy = networks.seat_somebody(database, seats["tarinan-verkosto"]["chair"], as_deputy=True)
    stranger = networks.seat_somebody(database, seats["tarinan-toimijat"]["chair"])
    [mine] = client.get("/v1/relays", headers=holder).json()["items"]
    assert (mine["organisation"]["slug"], mine["decision"]["text"]) == ("kaupunki", agreed["text"])
    assert client.get("/v1/relays", headers=stranger).json()["items"] == []

    def carry(relay: Any, known: dict[str, str], **told: Any) -> Any:
        path = f"/v1/relays/{relay['id']}"
        tag = client.get(path, headers=known).headers.get("ETag", '"v1"')
        return client.post(f"{path}/carry", json=told, headers=known | {"If-Match": tag})

    assert carry(mine, stranger).status_code == 404
    done = carry(mine, holder, note="Työkokouksessa")
    assert (done.status_code, done.json()["carried_on"]) == (200, str(TODAY))
    assert carry(mine, deputy).json()["code"] == "relay-is-carried"

    # 9.18: the coordinator sees who has not, and may write down what she was told.
    still = client.get("/v1/relays?state=open&network=tarinan-verkosto", headers=me).json()["items"]
    assert sorted(relay["organisation"]["slug"] for relay in still) == ["jarjesto", "seurakunta"]
    for relay in still:
        assert carry(relay, me, carried_on=str(YESTERDAY)).status_code == 200
    assert client.get(f"/v1/decisions/{decision['id']}", headers=me).json()["relays"] == {"open": 0, "carried": 3}

    # Everybody who reads the decision sees how many have, and not who.
    [shown] = client.get(f"/v1/meetings/{meeting}").json()["decisions"]
    assert shown["relays"] == {"open": 0, "carried": 3}
    assert client.get("/v1/relays").status_code == 401


def test_who_steers_hears_how_things_are(client: TestClient, database: Database) -> None:
    networks.found(
        database,
        networks.network("tarinan-johtoryhma", "county-12"),
        networks.network("tarinan-kehittajat", "county-12", steered_by=["tarinan-johtoryhma"]),
        networks.network("tarinan-erotuki", "county-12", steered_by=["tarinan-johtoryhma"]),
    )
    me, leader = signed_in(client), networks.leader_of(database, "tarinan-johtoryhma")

    def tell(sender: str, text: str, **other: Any) -> Any:
        body = {"from_network": sender, "to_network": "tarinan-johtoryhma", "kind": "status", "period": str(TODAY.year)}
        made = client.post("/v1/status-reports", json=body | {"text": text} | other, headers=me)
        assert made.status_code == 201, made.text
        return made.json()

    def deliver(report: Any, known: dict[str, str]) -> Any:
        path = f"/v1/status-reports/{report['id']}"
        tag = client.get(path, headers=known).headers["ETag"]
        return client.post(f"{path}/deliver", json={}, headers=known | {"If-Match": tag})

    # 10.1: the developer network tells the leadership group at least once a year how the method is doing.
    report = tell("tarinan-kehittajat", INNER)
    assert client.get("/v1/status-reports").json()["items"] == []
    assert deliver(report, leader).json()["code"] == "out-of-reach"
    assert deliver(report, me).json()["delivered_on"] == str(TODAY)
    assert deliver(report, me).json()["code"] == "report-is-delivered"

    # 13.1 and 14.5: so does the separation network, and its highlights of the year are for everybody.
    highlight = tell("tarinan-erotuki", "Ensiapupiste tavoittaa etänäkin", kind="highlight", is_public=True)
    assert deliver(highlight, me).status_code == 200
    tell("tarinan-erotuki", "Luonnos", is_public=True)
    heard = client.get(f"/v1/status-reports?to_network=tarinan-johtoryhma&year={TODAY.year}", headers=leader).json()
    assert [(each["from_network"]["slug"], each["kind"]) for each in heard["items"] if each["delivered_on"]] == [
        ("tarinan-kehittajat", "status"),
        ("tarinan-erotuki", "highlight"),
    ]
    told = client.get("/v1/status-reports")
    assert [each["text"] for each in told.json()["items"]] == ["Ensiapupiste tavoittaa etänäkin"]
    assert INNER not in told.text
    assert client.get(f"/v1/status-reports/{report['id']}").status_code == 404

    # Nobody tells a network that does not steer them.
    astray = {"from_network": "tarinan-johtoryhma", "to_network": "tarinan-erotuki", "kind": "status", "period": "2026"}
    refused = client.post("/v1/status-reports", json=astray | {"text": "X"}, headers=me).json()
    assert refused["errors"][0]["code"] == "does-not-steer"
