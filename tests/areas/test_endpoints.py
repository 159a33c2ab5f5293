"""Areas over HTTP."""

from typing import Any

from starlette.testclient import TestClient


def slugs(client: TestClient, query: str) -> list[str]:
    return [a["slug"] for a in client.get(f"/v1/areas?limit=200&{query}").json()["items"]]


def test_eleven_municipalities_are_left_after_a_merger(client: TestClient) -> None:
    assert len(slugs(client, "kind=municipality")) == 12
    assert len(slugs(client, "kind=municipality&on=2024-12-31")) == 12
    assert len(slugs(client, "kind=municipality&on=2025-01-01")) == 11


def test_an_area_holds_everything_below_it_by_any_scheme(client: TestClient) -> None:
    assert len(slugs(client, "within=county-12&kind=municipality")) == 12
    assert len(slugs(client, "within=province-10&kind=municipality")) == 12
    assert set(slugs(client, "within=area-savonlinna")) == {"area-savonlinna", "046", "681", "740", "768"}
    assert slugs(client, "within=593") == ["593"]


def test_an_area_says_where_it_lies_and_what_others_call_it(client: TestClient) -> None:
    area: dict[str, Any] = client.get("/v1/areas/491").json()

    assert area["name"] == {"fi": "Mikkeli", "sv": "S:t Michel", "en": None}
    assert [(p["scheme"], p["slug"]) for p in area["parents"]] == [
        ("province", "province-10"),
        ("service", "area-mikkeli"),
    ]
    assert area["aliases"] == [{"source": "sotkanet", "value": "228"}]
    assert client.get(f"/v1/areas/{area['id']}").json() == area


def test_areas_may_be_kept_by_browsers_for_a_minute(client: TestClient) -> None:
    answer = client.get("/v1/areas/491")

    assert answer.headers["Cache-Control"] == "max-age=60, stale-while-revalidate=600"
    assert client.get("/v1/areas/491", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_an_unknown_area_is_not_found_and_an_unknown_filter_is_refused(client: TestClient) -> None:
    assert client.get("/v1/areas/999").json()["code"] == "no-such-thing"
    assert client.get("/v1/areas?within=999").json()["errors"] == [
        {"code": "unknown-area", "detail": "Tällaista aluetta ei ole. Alueet: /v1/areas.", "parameter": "within"}
    ]
