"""Meeting places are founded, read, listed and changed over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from tests.live import serving

Headers = dict[str, str]
PLACES = "/v1/meeting-places"


def tupa(**other: Any) -> dict[str, Any]:
    return {
        "name": {"fi": "Rannan Tupa", "sv": "Strandstugan"},
        "municipality": "491",
        "opened_on": "2024-09-01",
    } | other


def test_a_place_is_founded_and_read_by_id_and_by_slug(client: TestClient, admin: Headers) -> None:
    made = client.post(PLACES, json=tupa(), headers=admin)

    assert made.status_code == 201, made.text
    found = made.json()
    assert made.headers["Location"] == f"{PLACES}/{found['id']}"
    assert found["slug"] == "rannan-tupa"
    assert found["municipality"]["slug"] == "491"
    assert found["version"] == 1
    assert client.get(f"{PLACES}/{found['id']}").json() == client.get(f"{PLACES}/rannan-tupa").json() == found


def test_places_are_listed_in_finnish_order_and_filtered(client: TestClient, admin: Headers) -> None:
    for name in ("Äijälä", "Zeppelin", "Ågren"):
        client.post(PLACES, json=tupa(name={"fi": name}, municipality="740"), headers=admin)

    def names(query: str) -> list[str]:
        return [p["name"]["fi"] for p in client.get(f"{PLACES}?{query}").json()["items"]]

    assert names("area=740") == ["Tikantanssi", "Zeppelin", "Ågren", "Äijälä"]
    assert names("area=area-pieksamaki") == []
    assert names("q=zepp") == ["Zeppelin"]
    assert names("kind=youth_facility") == []
    assert "Zeppelin" not in names("open_on=2024-08-31")


def test_a_list_is_walked_page_by_page(client: TestClient, admin: Headers) -> None:
    for number in range(7):
        client.post(PLACES, json=tupa(name={"fi": f"Tupa {number}"}), headers=admin)
    seen: list[str] = []
    url = f"{PLACES}?limit=3&count=exact"

    while url:
        page = client.get(url)
        seen += [p["slug"] for p in page.json()["items"]]
        assert page.json()["total"] == 11
        url = page.links["next"]["url"] if page.json()["next"] else ""

    assert len(seen) == len(set(seen)) == 11


@pytest.mark.parametrize("limit", ["05", "+5", "5_0", "5.0", "%205"])
def test_a_number_in_an_address_is_written_in_one_way(client: TestClient, limit: str) -> None:
    assert client.get(f"{PLACES}?limit={limit.replace('+', '%2B')}").json()["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize("cursor", ["x", "AAAAAAAAAAAAPnM6YX5zOmI", "", "ä", "%00"])
def test_a_cursor_that_is_not_ours_is_refused(client: TestClient, cursor: str) -> None:
    assert client.get(f"{PLACES}?cursor={cursor}").status_code == 422


def test_a_cursor_of_another_list_is_refused(client: TestClient) -> None:
    other = client.get("/v1/areas?limit=1").json()["next"]

    assert client.get(f"{PLACES}?cursor={other}").json()["errors"][0]["code"] == "bad-cursor"


def test_a_change_names_its_version_and_is_judged_whole(client: TestClient, admin: Headers) -> None:
    made = client.post(PLACES, json=tupa(), headers=admin)
    url = f"{PLACES}/{made.json()['id']}"

    def change(patch: Any, tag: str | None = None) -> Any:
        return client.patch(url, json=patch, headers=admin | ({"If-Match": tag} if tag else {}))

    assert change({"closed_on": "2030-01-01"}).status_code == 428
    assert change({"closed_on": "2030-01-01"}, '"v9"').status_code == 412
    assert change({"closed_on": "2020-01-01"}, '"v1"').json()["errors"][0]["pointer"] == "/closed_on"
    assert change({"name": None}, '"v1"').status_code == 422
    assert change({"colour": "red"}, '"v1"').status_code == 422
    changed = change({"closed_on": "2030-01-01", "municipality": "740"}, made.headers["ETag"])
    assert (changed.status_code, changed.json()["version"], changed.json()["municipality"]["slug"]) == (200, 2, "740")
    assert change({"closed_on": "2030-01-01"}, '"v2"').json()["version"] == 2
    assert change({"closed_on": None}, '"v2"').json()["closed_on"] is None


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"),
    [
        ({"municipality": "588"}, 422, "ended", "/municipality"),
        ({"municipality": "county-12"}, 422, "not-a-municipality", "/municipality"),
        ({"municipality": "999"}, 422, "unknown-area", "/municipality"),
        ({"slug": "Koppa!"}, 422, "wrong-form", "/slug"),
        ({"slug": "koppa"}, 409, "taken", "/slug"),
        ({"name": {"sv": "Stugan"}}, 422, "missing", "/name/fi"),
        ({"name": {"fi": " "}}, 422, "too-short", "/name/fi"),
        ({"name": "Tupa"}, 422, "not-an-object", "/name"),
        ({"latitude": 61.5}, 422, "half-a-point", "/latitude"),
        ({"latitude": 161.5, "longitude": 27.0}, 422, "too-large", "/latitude"),
        ({"opened_on": "12.3.2026"}, 422, "not-a-date", "/opened_on"),
        ({"county_id": "x"}, 422, "unknown-field", ""),
        ({"version": 7}, 422, "unknown-field", ""),
        ({"id": "x"}, 422, "unknown-field", ""),
    ],
    ids=str,
)
def test_a_wrong_place_is_refused_at_its_field(
    client: TestClient, admin: Headers, change: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    refused = client.post(PLACES, json=tupa(**change), headers=admin)

    assert refused.status_code == status, refused.text
    fault = refused.json()["errors"][0]
    assert (fault["code"], fault["pointer"]) == (code, pointer)
    assert client.get(f"{PLACES}?q=Rannan").json()["items"] == []


def test_two_places_of_a_municipality_may_not_share_a_name(client: TestClient, admin: Headers) -> None:
    refused = client.post(PLACES, json=tupa(name={"fi": "  KOPPA "}), headers=admin)

    assert (refused.status_code, refused.json()["code"]) == (409, "name-taken")
    assert (
        client.post(PLACES, json=tupa(name={"fi": "Koppa"}, municipality="740"), headers=admin).json()["slug"]
        == "koppa-2"
    )


def test_a_place_lies_in_the_county_on_whose_plan_it_stands(client: TestClient, admin: Headers) -> None:
    county = client.get("/v1/areas/county-12").json()["id"]

    assert client.post(PLACES, json=tupa(), headers=admin).json()["county_id"] == county


def test_a_patch_of_a_name_is_merged_by_language(client: TestClient, admin: Headers) -> None:
    made = client.post(PLACES, json=tupa(name={"fi": "Tupa", "sv": "Stugan"}), headers=admin).json()

    def change(version: int, name: Any, field: str = "name") -> Any:
        tag = {"If-Match": f'"v{version}"'}
        return client.patch(f"{PLACES}/{made['slug']}", json={field: name}, headers=admin | tag).json()

    assert change(1, {"en": "Cottage"})["name"] == {"fi": "Tupa", "sv": "Stugan", "en": "Cottage"}
    assert change(2, {"fi": "Pirtti", "sv": None})["name"] == {"fi": "Pirtti", "sv": None, "en": "Cottage"}
    assert change(3, {"fi": None})["errors"][0]["pointer"] == "/name/fi"
    assert change(3, {"en": "Quiet"}, "description")["errors"][0]["pointer"] == "/description/fi"
    assert change(3, {"fi": "Rauhallinen"}, "description")["description"]["fi"] == "Rauhallinen"
    assert change(4, None, "description")["description"] is None


def test_a_slug_that_looks_like_an_id_is_refused(client: TestClient, admin: Headers) -> None:
    taken = client.get(f"{PLACES}/koppa").json()["id"]

    assert client.post(PLACES, json=tupa(slug=taken), headers=admin).json()["errors"][0]["code"] == "looks-like-an-id"


def test_of_four_who_found_the_same_place_at_once_one_does(
    client: TestClient, admin: Headers, database_url: str
) -> None:
    def found(number: int) -> int:
        body = tupa(name={"fi": "Yhtä aikaa"}, municipality=("491", "491", "740", "593")[number])
        return httpx.post(f"{server.address}{PLACES}", json=body, headers=admin, timeout=30).status_code

    with serving(database_url) as server, ThreadPoolExecutor(4) as crowd:
        assert sorted(crowd.map(found, range(4))) == [201, 201, 201, 409]


def test_readers_do_not_found_places(client: TestClient, reader: Headers) -> None:
    assert client.post(PLACES, json=tupa()).status_code == 401
    assert client.post(PLACES, json=tupa(), headers=reader).json()["code"] == "scope-missing"
