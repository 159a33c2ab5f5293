"""Plan 3.4, 3.8 and 14.1: at the start of a term a group chooses its chairs and looks over who it is and what it does.

And documents are handled before others decide on them.
"""

from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from app.core import clock
from app.core.database import Database
from tests.conftest import PASSWORD
from tests.meetings import networks

TODAY = clock.today()


def test_a_group_begins_a_term_of_its_agreement(client: TestClient, database: Database) -> None:
    networks.found(database, networks.network("tarinan-johtoryhma", "county-12"))
    signed = client.post("/v1/auth/token", data={"username": "coordinator@example.org", "password": PASSWORD}).json()
    me = {"Authorization": f"Bearer {signed['access_token']}"}
    group = "/v1/networks/tarinan-johtoryhma"

    # 3.4: the agreement holds for four years, and those before it are over.
    for name, first, last in (
        ("Sopimus 2021-2024", "2021-01-01", "2024-12-31"),
        ("Sopimus 2025-2028", "2025-01-01", "2028-12-31"),
    ):
        term = {"name": {"fi": name}, "starts_on": first, "ends_on": last}
        made = client.post(f"{group}/agreement-terms", json=term, headers=me)
        assert made.status_code == 201, made.text
    url = made.headers["Location"]
    again = {"name": {"fi": "Väliaikainen"}, "starts_on": "2028-06-01", "ends_on": None}
    assert client.post(f"{group}/agreement-terms", json=again, headers=me).json()["code"] == "terms-overlap"

    # The chair is chosen; members, tasks and goals are looked over in the first spring.
    for what, day in (
        ("role/chair", "2025-01-14"),
        ("review/members", "2025-02-11"),
        ("review/tasks", "2025-03-11"),
        ("review/goals", "2025-06-10"),
    ):
        assert client.put(f"{url}/steps/{what}", json={"done_on": day}, headers=me).status_code == 201
    assert client.put(f"{url}/steps/role/king", json={"done_on": "2025-01-14"}, headers=me).status_code == 422

    # Everybody sees that it was done, and when.
    before, now = client.get(f"{group}/agreement-terms").json()["items"]
    assert before["steps"] == []
    assert [(step["code"], step["done_on"]) for step in now["steps"]] == [
        ("chair", "2025-01-14"),
        ("members", "2025-02-11"),
        ("tasks", "2025-03-11"),
        ("goals", "2025-06-10"),
    ]

    # 14.1: the list of members is looked over each year, by the year clock.
    for day in ("2025-02-11", "2026-02-10"):
        checked = client.post(f"{group}/member-list-checks", json={"checked_on": day}, headers=me)
        assert checked.status_code == 201, checked.text
    assert client.get(group).json()["members_checked_on"] == "2026-02-10"
    assert client.get(f"{group}/member-list-checks").status_code == 401


def test_a_group_handles_documents_before_others_decide_on_them(client: TestClient, database: Database) -> None:
    networks.found(database, networks.network("tarinan-johtoryhma", "county-12"))
    signed = client.post("/v1/auth/token", data={"username": "coordinator@example.org", "password": PASSWORD}).json()
    me = {"Authorization": f"Bearer {signed['access_token']}"}

    def send(path: str, body: Any, version: int | None = None) -> Any:
        answer = client.post(path, json=body, headers=me | ({"If-Match": f'"v{version}"'} if version else {}))
        assert answer.is_success, answer.text
        return answer.json()

    # 3.8: three documents are to come before councils and boards; two of them are handled.
    body = {"network": "tarinan-johtoryhma", "decided_by": "kaupunki"}
    for days, title in ((30, "Väliarvio"), (-1, "Palveluverkko"), (-3, "Talousarvio")):
        planned = {"title": title, "to_be_decided_on": str(TODAY + timedelta(days=days))}
        send("/v1/draft-documents", body | planned)
    listed = client.get("/v1/draft-documents", headers=me).json()["items"]
    assert [(each["title"], each["state"]) for each in listed] == [
        ("Talousarvio", "decided_unhandled"),
        ("Palveluverkko", "decided_unhandled"),
        ("Väliarvio", "waiting"),
    ]
    start = f"{TODAY}T00:00"
    meeting = {"network": "tarinan-johtoryhma", "mode": "live", "local_start": start, "duration_minutes": 60}
    met = send("/v1/meetings", meeting)
    send(f"/v1/meetings/{met['id']}/hold", None, 1)
    for document in listed[1:]:
        send(f"/v1/draft-documents/{document['id']}/handle", {"meeting": met["id"]}, 1)
    send(f"/v1/draft-documents/{listed[0]['id']}/decide", {"decided_on": str(TODAY - timedelta(days=2))}, 1)

    # What came too late stays visible.
    found = client.get("/v1/draft-documents?sort=-to_be_decided_on", headers=me).json()["items"]
    assert [(each["title"], each["state"]) for each in found] == [
        ("Väliarvio", "handled"),
        ("Palveluverkko", "handled_late"),
        ("Talousarvio", "decided_unhandled"),
    ]
    assert client.get("/v1/draft-documents").status_code == 401
