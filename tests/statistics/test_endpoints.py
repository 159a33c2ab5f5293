"""Days are recorded, changed and taken away over HTTP; months follow."""

from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.database import Database
from app.core.deletions import Deletion
from app.core.revisions import Revision
from tests.conftest import trail_of

DAY = "/v1/meeting-places/koppa/visits/2026-03-12"
Headers = dict[str, str]


def body(**other: Any) -> dict[str, Any]:
    return {
        "form_version": 1,
        "status": "open",
        "open_minutes": 180,
        "counts": {"adults": 5, "children": 7, "families": 4, "first_time_families": 1},
        "note": None,
    } | other


def month(client: TestClient, caller: Headers, **query: str) -> dict[str, Any]:
    asked = {"from": "2026-03", "to": "2026-03", "place": "koppa"} | query
    answer = client.get("/v1/visit-summaries", params=asked, headers=caller)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found


def test_a_day_is_recorded_read_and_summed_up(client: TestClient, admin: Headers) -> None:
    made = client.put(DAY, json=body(), headers=admin)

    assert made.status_code == 201, made.text
    assert made.headers["ETag"].startswith('"v1-')
    assert made.headers["Location"].endswith("/visits/2026-03-12/1")
    read = client.get(DAY, headers=admin)
    assert read.json() == made.json()
    assert read.json()["counts"] == {"adults": 5, "children": 7, "families": 4, "first_time_families": 1}
    summary = month(client, admin)
    assert summary["counts"]["visits"] == {"value": 12, "status": None}
    assert summary["counts"]["men"] == {"value": None, "status": "m"}
    assert (summary["open_days"], summary["counted_days"], summary["open_minutes"]) == (1, 1, 180)
    assert summary["visits_per_open_day"] == 12.0
    assert summary["expected_days"] is None


def test_the_same_day_again_changes_nothing(client: TestClient, admin: Headers, database: Database) -> None:
    client.put(DAY, json=body(), headers=admin)

    again = client.put(DAY, json=body(), headers=admin)

    assert again.status_code == 200
    assert again.json()["version"] == 1
    assert client.put(DAY, json=body(), headers=admin | {"If-Match": '"v2"'}).status_code == 412
    with database.reading() as session:
        assert len(trail_of(session, "recordVisitDay")) == 1


def test_another_content_needs_the_version_that_it_replaces(client: TestClient, admin: Headers) -> None:
    tag = client.put(DAY, json=body(), headers=admin).headers["ETag"]
    other = body(counts={"adults": 9})

    assert client.put(DAY, json=other, headers=admin).status_code == 428
    assert client.put(DAY, json=other, headers=admin | {"If-Match": '"v2"'}).status_code == 412
    changed = client.put(DAY, json=other, headers=admin | {"If-Match": f"W/{tag}"})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert month(client, admin)["counts"]["visits"]["value"] == 9
    assert month(client, admin)["counts"]["children"] == {"value": None, "status": "m"}


def test_a_version_that_is_named_must_be_there(client: TestClient, admin: Headers) -> None:
    assert client.put(DAY, json=body(), headers=admin | {"If-Match": '"v1"'}).status_code == 412
    assert client.get(DAY, headers=admin).status_code == 404


def test_two_recorders_use_parts_of_a_day(client: TestClient, admin: Headers) -> None:
    client.put(DAY, json=body(), headers=admin)

    assert client.put(f"{DAY}/2", json=body(counts={"adults": 1}), headers=admin).status_code == 201
    summary = month(client, admin)
    assert (summary["open_days"], summary["counts"]["adults"]["value"]) == (1, 6)
    assert client.put(f"{DAY}/10", json=body(), headers=admin).status_code == 422


def test_a_day_taken_away_leaves_a_tombstone_and_an_audit_row(
    client: TestClient, admin: Headers, database: Database
) -> None:
    made = client.put(DAY, json=body(), headers=admin)

    assert client.delete(DAY, headers=admin).status_code == 428
    assert client.delete(DAY, headers=admin | {"If-Match": made.headers["ETag"]}).status_code == 204
    assert client.get(DAY, headers=admin).status_code == 404
    assert client.get("/v1/visit-summaries?from=2026-03&to=2026-03", headers=admin).json()["items"] == []
    with database.reading() as session:
        assert [str(d.id) for d in session.scalars(select(Deletion))] == [made.json()["id"]]
        _, changes = trail_of(session, "eraseVisitDay")[0]
        assert [(c.kind, c.action) for c in changes] == [("visit_day", "deleted")]


def test_every_write_has_one_audit_row_and_grows_its_revision(
    client: TestClient, admin: Headers, database: Database
) -> None:
    with database.reading() as session:
        before = {r.family: r.number for r in session.scalars(select(Revision))}

    client.put(DAY, json=body(), headers=admin | {"X-Request-Id": "a-request-of-mine"})

    with database.reading() as session:
        entry, changes = trail_of(session, "recordVisitDay")[0]
        assert (changes[0].kind, entry.request_id) == ("visit_day", "a-request-of-mine")
        assert "counts" in changes[0].fields
        assert "5" not in str(changes[0].fields)
        after = {r.family: r.number for r in session.scalars(select(Revision))}
    assert after == before | {"statistics": before["statistics"] + 1}


@pytest.mark.parametrize(
    ("change", "status", "place"),
    [
        ({"colour": "red"}, 422, ("unknown-field", "")),
        ({"form_version": "1"}, 422, ("not-a-whole-number", "/form_version")),
        ({"form_version": True}, 422, ("not-a-whole-number", "/form_version")),
        ({"form_version": 7}, 422, ("unknown-form", "/form_version")),
        ({"open_minutes": 1441}, 422, ("too-large", "/open_minutes")),
        ({"open_minutes": 5.5}, 422, ("not-a-whole-number", "/open_minutes")),
        ({"status": "ajar"}, 422, ("not-one-of", "/status")),
        ({"counts": {"adults": "5"}}, 422, ("not-a-whole-number", "/counts/adults")),
        ({"counts": {"dogs": 5}}, 422, ("unknown-field", "/counts")),
        ({"counts": [5]}, 422, ("not-an-object", "/counts")),
        ({"note": "a\u0007"}, 422, ("control-character", "/note")),
        ({"note": "x" * 1001}, 422, ("too-long", "/note")),
        ({"status": None}, 422, ("not-one-of", "/status")),
    ],
    ids=str,
)
def test_a_wrong_day_is_refused_at_its_place_and_nothing_is_written(
    client: TestClient, admin: Headers, change: dict[str, Any], status: int, place: tuple[str, str]
) -> None:
    refused = client.put(DAY, json=body(**change), headers=admin)

    assert refused.status_code == status, refused.text
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert (refused.json()["errors"][0]["code"], refused.json()["errors"][0]["pointer"]) == place
    assert client.get(DAY, headers=admin).status_code == 404


def test_a_day_to_come_is_refused(client: TestClient, admin: Headers) -> None:
    refused = client.put("/v1/meeting-places/koppa/visits/2999-01-01", json=body(), headers=admin)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "in-the-future"


def test_a_day_of_long_ago_is_a_slip_of_the_pen(client: TestClient, admin: Headers) -> None:
    for day in ("0026-03-12", "1989-12-31"):
        refused = client.put(f"/v1/meeting-places/koppa/visits/{day}", json=body(), headers=admin)
        assert refused.json()["errors"][0]["code"] == "too-early"


def test_a_municipality_without_places_has_no_totals_and_every_field(client: TestClient) -> None:
    answer = client.get("/v1/visit-summaries?area=588&fields=families")

    assert (answer.status_code, answer.json()["items"], answer.json()["hidden_below"]) == (200, [], 5)


def test_a_place_that_is_not_there_is_404_before_the_body_is_judged(client: TestClient, admin: Headers) -> None:
    assert client.put("/v1/meeting-places/nowhere/visits/2026-03-12", json={"x": 1}, headers=admin).status_code == 404


def test_only_those_who_may_can_write_and_read_days(client: TestClient, admin: Headers, reader: Headers) -> None:
    assert client.put(DAY, json=body()).status_code == 401
    refused = client.put(DAY, json=body(), headers=reader)
    assert (refused.status_code, "visits:write" in refused.json()["detail"]) == (403, True)
    client.put(DAY, json=body(), headers=admin)
    assert client.get(DAY).status_code == 401
    assert client.get(DAY, headers=reader).status_code == 200


def test_days_are_listed_by_place_range_and_area(client: TestClient, admin: Headers) -> None:
    for place, day in (("koppa", "2026-03-12"), ("koppa", "2026-03-13"), ("juva", "2026-03-12")):
        client.put(f"/v1/meeting-places/{place}/visits/{day}", json=body(), headers=admin)

    assert len(client.get("/v1/visits", headers=admin).json()["items"]) == 3
    assert len(client.get("/v1/visits?area=178", headers=admin).json()["items"]) == 1
    assert len(client.get("/v1/visits?area=area-mikkeli", headers=admin).json()["items"]) == 3
    of_koppa = client.get("/v1/meeting-places/koppa/visits?from=2026-03-13", headers=admin).json()["items"]
    assert [day["date"] for day in of_koppa] == ["2026-03-13"]


def test_small_counts_are_hidden_from_the_public_with_what_would_give_them_away(
    client: TestClient, admin: Headers
) -> None:
    for place, adults in (("koppa", 40), ("juva", 3), ("puuhala", 30), ("tikantanssi", 50)):
        client.put(
            f"/v1/meeting-places/{place}/visits/2026-03-12",
            json=body(counts={"adults": adults, "children": 20}),
            headers=admin,
        )

    def adults_by(group: str, caller: Headers) -> dict[str, Any]:
        answer = client.get(f"/v1/visit-summaries?from=2026-03&to=2026-03&group={group}", headers=caller)
        return {item["group"]["slug"]: item["counts"]["adults"]["value"] for item in answer.json()["items"]}

    assert adults_by("municipality", admin) == {"178": 3, "491": 40, "507": 30, "740": 50}
    assert adults_by("municipality", {}) == {"178": None, "491": 40, "507": None, "740": 50}
    assert adults_by("place", {}) == {"juva": None, "koppa": 40, "puuhala": None, "tikantanssi": 50}
    assert adults_by("county", {}) == {"county-12": 123}
    public = client.get("/v1/visit-summaries?from=2026-03&to=2026-03&group=municipality&area=178").json()
    assert public["hidden_below"] == 5
    assert public["items"][0]["counts"]["adults"] == {"value": None, "status": "c"}
    assert public["items"][0]["counts"]["visits"] == {"value": 23, "status": None}


def test_a_quarter_is_public_only_when_all_its_months_are(client: TestClient, admin: Headers) -> None:
    for day, adults in (("2026-01-15", 3), ("2026-02-12", 50), ("2026-03-12", 60)):
        client.put(f"/v1/meeting-places/koppa/visits/{day}", json=body(counts={"adults": adults}), headers=admin)

    quarter = client.get("/v1/visit-summaries?by=quarter&from=2026-Q1&to=2026-Q1").json()["items"][0]
    true = client.get("/v1/visit-summaries?by=quarter&from=2026-Q1&to=2026-Q1", headers=admin).json()["items"][0]

    assert quarter["counts"]["adults"] == {"value": None, "status": "c"}
    assert quarter["visits_per_open_day"] is None
    assert true["counts"]["adults"]["value"] == 113


def test_the_public_asks_for_whole_months_and_callers_for_any_days(client: TestClient, admin: Headers) -> None:
    for day, adults in (("2026-03-12", 10), ("2026-03-13", 20)):
        client.put(f"/v1/meeting-places/koppa/visits/{day}", json=body(counts={"adults": adults}), headers=admin)
    cut = "/v1/visit-summaries?from=2026-03-13&to=2026-03"

    assert client.get(cut).json()["code"] == "whole-months-only"
    found = client.get(cut, headers=admin).json()["items"][0]
    assert (found["counts"]["adults"]["value"], found["open_days"], found["partial"]) == (20, 1, True)


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-03&to=2026-02",
        "from=x",
        "by=week",
        "group=street",
        "area=nowhere",
        "fields=dogs",
        "from=1000&to=2026",
        "colour=red",
        "by=month&by=year",
        "place=koppa&group=county",
        "place=nowhere",
    ],
)
def test_a_summary_that_can_not_be_made_is_refused(client: TestClient, query: str) -> None:
    refused = client.get(f"/v1/visit-summaries?{query}")

    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"]


def test_a_place_of_a_merged_municipality_counts_for_its_successor(client: TestClient, admin: Headers) -> None:
    codes = [a["slug"] for a in client.get("/v1/areas?kind=municipality&on=2025-01-01").json()["items"]]

    assert len(codes) == 11
    assert "588" not in codes
    assert client.get("/v1/areas/588").json()["successor"]["slug"] == "507"
