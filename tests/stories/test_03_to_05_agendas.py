"""Plan 3.11, 4.8, 5.4 and 5.9: meetings are prepared together, members have a say, matters go up and answers come back.

The leadership group steers the family-centre actors; a coordinator without a seat there is invited.
"""

from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from app.core import clock
from app.core.database import Database
from tests.conftest import PASSWORD
from tests.meetings import networks

YESTERDAY, SOON = clock.today() - timedelta(days=1), clock.today() + timedelta(days=14)
ACTORS, BOARD = "tarinan-toimijat", "tarinan-johtoryhma"
SECRET = "Avustuksesta ollaan kahta mieltä"


def test_a_matter_goes_from_a_member_to_the_leadership_and_back(client: TestClient, database: Database) -> None:
    seats = networks.found(
        database,
        networks.network(BOARD, "county-12"),
        networks.network(ACTORS, "county-12", steered_by=[BOARD]),
    )
    member = networks.seat_somebody(database, seats[ACTORS]["member"], "seurakunta@example.org")
    signed = client.post("/v1/auth/token", data={"username": "coordinator@example.org", "password": PASSWORD}).json()
    me = {"Authorization": f"Bearer {signed['access_token']}"}

    def send(method: str, path: str, body: Any = None, headers: Any = me, version: int | None = None) -> Any:
        tag = {"If-Match": f'"v{version}"'} if version else {}
        told = client.request(method, path, json=body, headers=headers | tag)
        assert told.is_success, told.text
        return told.json()

    def plan(network: str, day: Any, *agenda: Any) -> Any:
        body = {"network": network, "mode": "remote", "local_start": f"{day}T13:00", "duration_minutes": 120}
        return send("POST", "/v1/meetings", body | {"agenda": agenda})

    # 3.11: coordinator and chair prepare: what comes up each time stands on every agenda.
    send("POST", f"/v1/networks/{ACTORS}/standing-items", {"title": "Kuntien kuulumiset", "minutes": 30})
    past, following = plan(ACTORS, YESTERDAY, {"title": "Tilat"}), plan(ACTORS, SOON)
    assert [item["title"] for item in past["agenda"]] == ["Tilat", "Kuntien kuulumiset"]

    # 4.8: a member, who has a seat and no other right, proposes a topic, and it is taken.
    topics = f"/v1/networks/{ACTORS}/topic-proposals"
    topic = send("POST", topics, {"title": "Isien ryhmien avustus"}, member)
    assert [p["title"] for p in send("GET", f"{topics}?state=proposed")["items"]] == ["Isien ryhmien avustus"]
    taken = send("POST", f"/v1/topic-proposals/{topic['id']}/take", {"meeting": past["id"], "position": 1}, version=1)
    item = f"/v1/agenda-items/{taken['agenda_item']}"
    assert send("GET", item)["owner"] == seats[ACTORS]["member"]

    # 5.9: an office that has no seat is invited; the member answers for the own seat.
    office = {"organisation": "kaupunki", "office": {"fi": "Verkostokoordinaattori"}}
    send("PUT", f"/v1/meetings/{following['id']}/guests", {"guests": [office]})
    coming = {"answers": [{"seat": seats[ACTORS]["member"], "answer": "coming"}]}
    send("PUT", f"/v1/meetings/{following['id']}/answers", coming, member)
    invited = send("GET", f"/v1/meetings/{following['id']}/invitees")["items"]
    assert [(i["role"], i["organisation"] and i["organisation"]["slug"], i["answer"]) for i in invited] == [
        *(("chair", "kaupunki", None), ("member", "seurakunta", "coming"), ("family", None, None)),
        (None, "kaupunki", None),
    ]

    # What there was no time for is carried over; the grant is taken up to those who steer.
    later = send("POST", f"/v1/agenda-items/{past['agenda'][0]['id']}/carry-over", {}, version=2)
    assert (later["meeting_id"], later["carried_from"]) == (following["id"], past["agenda"][0]["id"])
    board = plan(BOARD, SOON)
    up = send("POST", f"{item}/escalate", {"to": BOARD})
    assert (up["meeting"], up["network"]["slug"]) == (board["id"], BOARD)
    send("POST", f"/v1/agenda-items/{up['agenda_item']}/answer", {"text": "Avustus myönnetään."}, version=1)
    assert [(a["network"]["slug"], a["text"]) for a in send("GET", item)["answers"]] == [(BOARD, "Avustus myönnetään.")]

    # 5.4: the minutes are for the members, their extract for everybody once they are approved; a slip is mended.
    url = f"/v1/meetings/{past['id']}"
    send("POST", f"{url}/minutes", {"text": f"Keskusteltiin. {SECRET}.", "public_extract": "Avustusta haetaan."})
    assert client.get(f"{url}/minutes").status_code == 404
    send("POST", f"{url}/minutes/approve", version=1)
    send("PATCH", f"{url}/minutes", {"public_extract": "Avustusta haettiin.", "reason": "Aikamuoto."}, version=2)
    told = client.get(f"{url}/minutes")
    assert (told.json()["public_extract"], told.json()["revision"]) == ("Avustusta haettiin.", 2)
    assert SECRET not in told.text
    assert [r["reason"] for r in send("GET", f"{url}/minutes/revisions")["items"]] == [None, "Aikamuoto."]

    # Decisions can be cited.
    for text in ("Avustusta haetaan", "Tilat selvitetään"):
        send("POST", f"{url}/decisions", {"text": text})
    [cited] = send("GET", f"/v1/decisions?network={ACTORS}&q=2/{YESTERDAY.year}")["items"]
    assert (cited["text"], cited["label"]) == ("Tilat selvitetään", f"2/{YESTERDAY.year}")
