"""Organisations are added, read, listed and changed over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.areas.models import Area
from app.core import rows
from app.core.database import Database
from app.core.localized import Localized
from app.organisations.schemas import OrganisationSpec
from app.organisations.service import organisations
from tests.live import serving
from tests.organisations.counties import TEST, settle

Headers = dict[str, str]
PATH = "/v1/organisations"


@pytest.fixture(autouse=True)
def kinds(database: Database) -> None:
    """Kinds of this county and, with another code, of the county beside."""
    with database.writing(TEST) as session:
        settle(session)


def seura(**other: Any) -> dict[str, Any]:
    return {"name": {"fi": "Rannan Perheyhdistys"}, "kind": "seura", "municipality": "491"} | other


def add(client: TestClient, known: Headers, **other: Any) -> dict[str, Any]:
    answer = client.post(PATH, json=seura(**other), headers=known)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_an_organisation_is_added_and_read_by_id_and_by_slug(client: TestClient, admin: Headers) -> None:
    made = client.post(PATH, json=seura(url="https://example.org/"), headers=admin)

    assert made.status_code == 201, made.text
    found = made.json()
    assert made.headers["Location"] == f"{PATH}/{found['id']}"
    assert (found["slug"], found["version"], found["url"]) == ("rannan-perheyhdistys", 1, "https://example.org/")
    assert found["kind"] == {"code": "seura", "name": {"fi": "Seura", "sv": None, "en": None}}
    assert found["municipality"]["slug"] == "491"
    assert found["county_id"] == client.get("/v1/areas/county-12").json()["id"]
    assert client.get(f"{PATH}/{found['id']}").json() == client.get(f"{PATH}/rannan-perheyhdistys").json() == found


def test_one_without_a_municipality_works_in_a_whole_county(client: TestClient, admin: Headers) -> None:
    made = add(client, admin, municipality=None, county="county-12")

    assert made["municipality"] is None
    assert made["county_id"] == client.get("/v1/areas/county-12").json()["id"]


def test_organisations_are_listed_in_finnish_order_and_filtered(client: TestClient, admin: Headers) -> None:
    before = client.get(f"{PATH}?count=exact").json()["total"]
    for name, more in (
        ("Äijälä kerho", {"municipality": "740"}),
        ("Zeppelin kerho", {"municipality": "740", "kind": "srk"}),
        ("Ågren kerho", {"municipality": None, "county": "county-12"}),
        ("Muu kerho", {"municipality": "999", "kind": "klubi"}),
    ):
        add(client, admin, name={"fi": name}, **more)

    def names(query: str) -> list[str]:
        found = client.get(f"{PATH}?limit=200&{query}").json()["items"]
        return [o["name"]["fi"] for o in found if o["name"]["fi"].endswith(" kerho")]

    assert client.get(f"{PATH}?count=exact").json()["total"] == before + 4
    assert names("area=740") == ["Zeppelin kerho", "Äijälä kerho"]
    assert names("area=county-12&q=kerho") == ["Zeppelin kerho", "Ågren kerho", "Äijälä kerho"]
    assert names("kind=srk") == ["Zeppelin kerho"]
    assert names("q=agr") == ["Ågren kerho"]


def test_kinds_are_those_of_each_county(client: TestClient) -> None:
    def codes(query: str) -> set[str]:
        return {kind["code"] for kind in client.get(f"/v1/organisation-kinds?limit=200&{query}").json()["items"]}

    assert codes("area=beside") == {"klubi"}
    assert codes("area=county-12") >= {"seura", "srk"}
    assert "klubi" not in codes("area=county-12")
    assert codes("") >= {"klubi", "seura", "srk"}


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"),
    [
        ({"kind": "klubi"}, 422, "unknown-kind", "/kind"),
        ({"municipality": "588"}, 422, "ended", "/municipality"),
        ({"municipality": "county-12"}, 422, "not-a-municipality", "/municipality"),
        ({"municipality": "998"}, 422, "unknown-area", "/municipality"),
        ({"municipality": None}, 422, "missing", "/county"),
        ({"municipality": None, "county": "491"}, 422, "holds-no-plan", "/county"),
        ({"county": "beside"}, 422, "another-county", "/county"),
        ({"slug": "Seura!"}, 422, "wrong-form", "/slug"),
        ({"slug": "01a20ed2-70f9-7c39-95a1-7a070ff41442"}, 422, "looks-like-an-id", "/slug"),
        ({"name": {"sv": "Föreningen"}}, 422, "missing", "/name/fi"),
        ({"url": "javascript:alert(1)"}, 422, "wrong-form", "/url"),
        ({"ended_on": "12.3.2026"}, 422, "not-a-date", "/ended_on"),
        ({"county_id": "x"}, 422, "unknown-field", ""),
    ],
    ids=str,
)
def test_a_wrong_organisation_is_refused_at_its_field(
    client: TestClient, admin: Headers, change: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    refused = client.post(PATH, json=seura(**change), headers=admin)

    assert refused.status_code == status, refused.text
    fault = refused.json()["errors"][0]
    assert (fault["code"], fault["pointer"]) == (code, pointer)
    assert client.get(f"{PATH}?q=Rannan").json()["items"] == []


def test_an_unknown_kind_names_the_known_ones(client: TestClient, admin: Headers) -> None:
    refused = client.post(PATH, json=seura(municipality="999", kind="seura"), headers=admin).json()

    assert refused["errors"][0]["detail"].endswith("klubi.")


def test_a_name_is_there_once_in_a_municipality_and_once_in_the_whole_county(
    client: TestClient, admin: Headers
) -> None:
    def told(**other: Any) -> Any:
        answer = client.post(PATH, json=seura(**other), headers=admin)
        return answer.json().get("code", answer.status_code)

    add(client, admin)

    assert told(name={"fi": "  RANNAN perheyhdistys"}) == "organisation-is-there"
    assert told(municipality="740") == 201
    assert told(municipality=None, county="county-12") == 201
    assert told(municipality=None, county="county-12") == "organisation-is-there"
    assert told(name={"fi": "Toinen"}, slug="rannan-perheyhdistys") == "slug-taken"


def test_a_change_names_its_version_and_is_judged_whole(client: TestClient, admin: Headers) -> None:
    made = add(client, admin)
    other = add(client, admin, name={"fi": "Toinen"})
    path = f"{PATH}/{made['id']}"

    def change(patch: Any, version: int | None = None) -> Any:
        tag = {"If-Match": f'"v{version}"'} if version else {}
        return client.patch(path, json=patch, headers=admin | tag)

    assert change({"ended_on": "2030-01-01"}).status_code == 428
    assert change({"ended_on": "2030-01-01"}, 9).status_code == 412
    assert change({"kind": "klubi"}, 1).json()["errors"][0]["pointer"] == "/kind"
    assert change({"name": None}, 1).status_code == 422
    assert change({"county": "beside"}, 1).json()["errors"][0]["code"] == "unknown-field"
    assert change({"name": {"fi": "Toinen"}}, 1).json()["code"] == "organisation-is-there"
    changed = change({"kind": "srk", "name": {"sv": "Föreningen"}}, 1).json()
    assert (changed["version"], changed["kind"]["code"]) == (2, "srk")
    assert changed["name"] == {"fi": "Rannan Perheyhdistys", "sv": "Föreningen", "en": None}
    assert change({"kind": "srk"}, 2).json()["version"] == 2
    assert change({"municipality": "740"}, 2).json()["municipality"]["slug"] == "740"
    assert change({"municipality": None}, 3).json()["municipality"] is None
    assert change({"ended_on": "2030-01-01"}, 4).json()["ended_on"] == "2030-01-01"
    assert client.get(f"{PATH}/{other['id']}").json() == other


def test_an_organisation_stays_in_its_county(client: TestClient, admin: Headers) -> None:
    made = add(client, admin)

    refused = client.patch(
        f"{PATH}/{made['id']}", json={"municipality": "999"}, headers=admin | {"If-Match": '"v1"'}
    ).json()

    assert [(e["code"], e["pointer"]) for e in refused["errors"]] == [("another-county", "/municipality")]


def test_a_name_that_a_plan_brought_twice_is_in_nobodys_way(
    client: TestClient, admin: Headers, database: Database
) -> None:
    twice = [
        OrganisationSpec(slug=slug, kind="seura", name=Localized(fi="Sama"), municipality="491")
        for slug in ("sama-1", "sama-2")
    ]
    with database.writing(TEST) as session:
        organisations.load(session, rows.find(session, Area, "county-12").id, twice)

    changed = client.patch(f"{PATH}/sama-1", json={"url": "https://example.org"}, headers=admin | {"If-Match": '"v1"'})

    assert (changed.status_code, changed.json()["url"]) == (200, "https://example.org")


def test_of_four_who_add_the_same_organisation_at_once_one_does(
    client: TestClient, admin: Headers, database_url: str
) -> None:
    def added(number: int) -> int:
        body = seura(name={"fi": "Yhtä aikaa"}, municipality=("491", "491", "740", "593")[number])
        return httpx.post(f"{server.address}{PATH}", json=body, headers=admin, timeout=30).status_code

    with serving(database_url) as server, ThreadPoolExecutor(4) as crowd:
        assert sorted(crowd.map(added, range(4))) == [201, 201, 201, 409]


def test_readers_add_no_organisation(client: TestClient, reader: Headers) -> None:
    assert client.post(PATH, json=seura()).status_code == 401
    assert client.post(PATH, json=seura(), headers=reader).json()["code"] == "scope-missing"
