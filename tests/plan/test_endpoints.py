"""Plans are read by anyone; how goals go is noted by those who may."""

from datetime import date, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core import clock
from app.core.database import Database
from tests.conftest import Ground
from tests.transfer.plans import GOOD, changed, load

Headers = dict[str, str]
PLAN = "/v1/plans/county-90-plan"


def with_plan(database: Database) -> None:
    """The plan of an invented county, in its second edition."""
    load(database)
    load(
        database,
        changed(
            *[("/plan/revision", 2), ("/plan/valid_from", "2027-01-01"), ("/plan/summary/fi", "Toinen versio.")],
            ("/plan/goals/0/measures", GOOD["plan"]["goals"][0]["measures"][:1]),
            ("/plan/goals/1", {"code": "6.1", "plan_ref": "6.1", "text": {"fi": "Uusi."}, "focus_areas": ["f2"]}),
            ("/plan/rules/0/parameters/times", 6),
        ),
    )


@pytest.fixture
def ground() -> Ground:
    return with_plan


def codes(client: TestClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["items"]]


def goal_id(client: TestClient, code: str = "4.1") -> str:
    return next(g["id"] for g in client.get(f"{PLAN}/goals?ended=true").json()["items"] if g["code"] == code)


def test_plans_are_listed_by_county(client: TestClient) -> None:
    [found] = client.get("/v1/plans?area=county-90").json()["items"]

    assert (found["slug"], found["revision"], found["county"]["slug"]) == ("county-90-plan", 2, "county-90")
    assert client.get("/v1/plans?area=901").json()["items"] == []
    assert client.get("/v1/plans?area=nowhere").json()["errors"][0]["parameter"] == "area"


def test_a_plan_tells_what_it_stands_on_and_what_changed(client: TestClient) -> None:
    found = client.get(PLAN).json()

    assert [fact["code"] for fact in found["background"]] == ["since"]
    assert found["links"][0]["url"] == "https://example.org/suunnitelma"
    assert [focus["code"] for focus in found["focus_areas"]] == ["f1", "f2"]
    assert [(r["number"], r["valid_from"], r["summary"]["fi"]) for r in found["revisions"]] == [
        (2, "2027-01-01", "Toinen versio."),
        (1, "2026-01-01", "Ensimmäinen versio."),
    ]
    assert {"kind": "measure", "code": "4.1/b", "action": "ended"} in found["revisions"][0]["changes"]
    assert client.get(f"/v1/plans/{found['id']}").json() == found
    assert client.get("/v1/plans/nothing").status_code == 404


def test_focus_areas_are_in_order(client: TestClient) -> None:
    assert codes(client, f"{PLAN}/focus-areas") == ["f1", "f2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["4.1", "6.1"]),
        ("ended=true", ["4.1", "5.1", "6.1"]),
        ("focus_area=f1", ["4.1"]),
        ("focus_area=f2", ["4.1", "6.1"]),
        ("network=county-90-group", ["4.1"]),
        ("network=rantala-group&ended=true", ["5.1"]),
        ("network_kind=local_group&ended=true", ["5.1"]),
        ("network_kind=local_group", []),
        ("theme=families", ["4.1"]),
        ("theme=famili", []),
        ("status=not_started", ["4.1", "6.1"]),
        ("status=done", []),
        ("plan_ref=6", ["6.1"]),
        ("plan_ref=6.1", ["6.1"]),
        ("plan_ref=6.10", []),
        ("plan_ref=4", ["4.1"]),
    ],
)
def test_goals_are_filtered(client: TestClient, query: str, found: list[str]) -> None:
    assert sorted(codes(client, f"{PLAN}/goals?{query}")) == found


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ("focus_area=f9", "unknown-focus-area", "focus_area"),
        ("network=nobody", "unknown-network", "network"),
        ("network_kind=nothing", "unknown-network-kind", "network_kind"),
        ("theme=%25", "wrong-form", "theme"),
        ("plan_ref=x", "wrong-form", "plan_ref"),
        ("status=asleep", "not-one-of", "status"),
    ],
)
def test_a_filter_that_names_nothing_is_refused(client: TestClient, query: str, code: str, parameter: str) -> None:
    fault = client.get(f"{PLAN}/goals?{query}").json()["errors"][0]

    assert (fault["code"], fault["parameter"]) == (code, parameter)


def test_a_goal_has_its_measures_focus_areas_and_owner(client: TestClient) -> None:
    found = client.get(f"/v1/goals/{goal_id(client)}").json()

    assert [measure["code"] for measure in found["measures"]] == ["a"]
    assert [focus["code"] for focus in found["focus_areas"]] == ["f1", "f2"]
    assert (found["network"]["slug"], found["network_kind"]) == ("county-90-group", None)
    assert found == next(g for g in client.get(f"{PLAN}/goals").json()["items"] if g["code"] == "4.1")
    ended = client.get(f"/v1/goals/{goal_id(client, '5.1')}").json()
    assert (ended["ended_in"], ended["network"], ended["network_kind"]["code"]) == (2, None, "local_group")
    whole = next(g for g in client.get(f"{PLAN}/goals?ended=true").json()["items"] if g["code"] == "4.1")
    assert [(m["code"], m["ended_in"]) for m in whole["measures"]] == [("a", None), ("b", 2)]
    assert client.get("/v1/goals/4.1").status_code == 404


def test_rules_are_those_of_a_day(client: TestClient) -> None:
    def times(query: str) -> list[int]:
        found = client.get(f"{PLAN}/rules?rule=R1&{query}").json()["items"]
        return [rule["parameters"]["times"] for rule in found]

    assert (times("on=2026-12-31"), times("on=2027-01-01"), times("")) == ([4], [6], [4, 6])
    rule = client.get(f"{PLAN}/rules?rule=R3").json()["items"][0]
    assert rule["subject"] == {"kind": "network_kind", "of": "local_group"}
    assert rule["parameters"] == {"clock": "county-90-year", "windows": ["spring"]}
    assert client.get(f"{PLAN}/rules?rule=x").status_code == 422


def test_a_list_of_goals_is_walked_page_by_page(client: TestClient) -> None:
    first = client.get(f"{PLAN}/goals?limit=1&count=exact").json()
    second = client.get(f"{PLAN}/goals?limit=1&cursor={first['next']}").json()

    assert [item["code"] for item in first["items"] + second["items"]] == ["4.1", "6.1"]
    assert (first["total"], second["next"]) == (2, None)


def recorded(client: TestClient, headers: Headers, version: int = 2, **body: Any) -> Any:
    return client.patch(PLAN, json=body, headers=headers | {"If-Match": f'"v{version}"'})


def test_one_can_say_from_when_a_plan_is_recorded(client: TestClient, admin: Headers) -> None:
    before = client.get(PLAN).json()
    assert before["recorded_from"] == str(clock.today())

    answer = recorded(client, admin, recorded_from="2025-01-01")

    assert answer.status_code == 200, answer.text
    changed_at = answer.json()["updated_at"]
    assert answer.json() == before | {"recorded_from": "2025-01-01", "version": 3, "updated_at": changed_at}
    assert client.get(PLAN).json() == answer.json()
    assert client.get("/v1/plans?area=county-90").json()["items"][0]["recorded_from"] == "2025-01-01"
    assert recorded(client, admin, 3, recorded_from=str(clock.today())).status_code == 200
    assert recorded(client, admin, 4, recorded_from=None).json()["recorded_from"] is None
    assert recorded(client, admin, 5).json()["version"] == 5  # nothing was to be changed


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"recorded_from": "2025"}, "not-a-date", "/recorded_from"),
        ({"recorded_from": "2025-01-01", "title": {"fi": "Toinen"}}, "unknown-field", ""),
        ({"revision": 3}, "unknown-field", ""),
    ],
    ids=str,
)
def test_nothing_else_of_a_plan_can_be_changed(
    client: TestClient, admin: Headers, body: dict[str, Any], code: str, pointer: str
) -> None:
    before = client.get(PLAN).json()

    refused = recorded(client, admin, **body)

    assert refused.status_code == 422
    assert [(fault["code"], fault["pointer"] or "") for fault in refused.json()["errors"]] == [(code, pointer)]
    assert client.get(PLAN).json() == before


def test_a_plan_is_changed_by_who_read_it_as_it_is(client: TestClient, admin: Headers) -> None:
    assert recorded(client, admin, 1, recorded_from="2025-01-01").status_code == 412
    assert client.patch(PLAN, json={}, headers=admin).status_code == 428


def note(client: TestClient, admin: Headers, **body: Any) -> Any:
    return client.post(f"/v1/goals/{goal_id(client)}/progress", json={"text": "Etenee.", **body}, headers=admin)


def status(client: TestClient) -> str:
    return str(client.get(f"/v1/goals/{goal_id(client)}").json()["status"])


def test_a_note_gives_the_goal_its_status(client: TestClient, admin: Headers) -> None:
    made = note(client, admin, status="ongoing")

    assert made.status_code == 201, made.text
    assert made.json()["noted_on"] == str(clock.today())
    assert client.get(made.headers["Location"], headers=admin).json() == made.json()
    assert status(client) == "ongoing"
    assert note(client, admin).json()["status"] is None
    assert status(client) == "ongoing"


def test_the_status_is_that_of_the_latest_day(client: TestClient, admin: Headers) -> None:
    latest = note(client, admin, status="done", noted_on="2026-05-01")
    note(client, admin, status="ongoing", noted_on="2026-04-01")

    assert status(client) == "done"
    path, tag = latest.headers["Location"], {"If-Match": latest.headers["ETag"]}
    assert client.delete(path, headers=admin).status_code == 428
    assert client.delete(path, headers=admin | {"If-Match": '"v2"'}).status_code == 412
    assert client.delete(path, headers=admin | tag).status_code == 204
    assert status(client) == "ongoing"
    [left] = client.get(f"/v1/goals/{goal_id(client)}/progress", headers=admin).json()["items"]
    client.delete(f"/v1/goal-progress/{left['id']}", headers=admin | {"If-Match": '"v1"'})
    assert status(client) == "not_started"
    assert client.get(path, headers=admin).status_code == 404


def test_notes_are_listed_the_newest_first(client: TestClient, admin: Headers, reader: Headers) -> None:
    for day in ("2026-03-01", "2026-05-01", "2026-04-01"):
        note(client, admin, noted_on=day)

    path = f"/v1/goals/{goal_id(client)}/progress"
    found = client.get(path, headers=reader).json()["items"]
    assert [item["noted_on"] for item in found] == ["2026-05-01", "2026-04-01", "2026-03-01"]
    assert client.get(path).status_code == 401  # notes are not public


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"text": ""}, "too-short", "/text"),
        ({"text": "x" * 2001}, "too-long", "/text"),
        ({"status": "asleep"}, "not-one-of", "/status"),
        ({"noted_on": str(date.today() + timedelta(days=2))}, "in-the-future", "/noted_on"),  # noqa: DTZ011
        ({"by": "me"}, "unknown-field", ""),
    ],
    ids=str,
)
def test_a_wrong_note_is_refused_at_its_field(
    client: TestClient, admin: Headers, body: dict[str, Any], code: str, pointer: str
) -> None:
    refused = note(client, admin, **body)

    assert refused.status_code == 422
    assert (refused.json()["errors"][0]["code"], refused.json()["errors"][0]["pointer"]) == (code, pointer)
    assert status(client) == "not_started"


def test_readers_note_nothing(client: TestClient, reader: Headers) -> None:
    assert note(client, reader).json()["code"] == "scope-missing"
