"""Networks: founded, changed, steered, listed."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.areas.models import Area
from app.core import rows
from app.core.database import Command, Database
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.networks.service import loading
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec
from app.organisations.service import organisations
from tests.networks.permissions import CHAIR, MEMBER

KIND = {"code": "ryhma", "name": {"fi": "Ryhmä"}, "roles": [CHAIR, MEMBER]}


@pytest.fixture(autouse=True)
def kinds(database: Database) -> None:
    """A kind of network, and two organisations, in the county."""
    with database.writing(Command("test")) as session:
        county = rows.find(session, Area, "county-12").id
        loading.load_kinds(session, county, [NetworkKindSpec.model_validate(KIND)])
        organisations.load_kinds(session, county, [OrganisationKindSpec(code="seura", name={"fi": "Seura"})])
        spec = OrganisationSpec(slug="seura", kind="seura", name={"fi": "Seura ry"})
        organisations.load(session, county, [spec])


def found(client: TestClient, known: dict[str, str], name: str, **more: Any) -> Any:
    body = {"kind": "ryhma", "name": {"fi": name}, "area": "491", **more}
    return client.post("/v1/networks", json=body, headers=known)


def change(client: TestClient, known: dict[str, str], slug: str, **changed: Any) -> Any:
    version = client.get(f"/v1/networks/{slug}").json()["version"]
    return client.patch(f"/v1/networks/{slug}", json=changed, headers={**known, "If-Match": f'"v{version}"'})


def test_a_network_is_founded_and_read_by_everybody(client: TestClient, admin: dict[str, str]) -> None:
    steering = found(client, admin, "Ohjaus", area="county-12").json()
    made = found(
        client,
        admin,
        "Mikkelin ryhmä",
        convener="seura",
        steered_by=["ohjaus"],
        tasks=[{"fi": "Kokoaa"}],
        purpose={"fi": "Yhteistyö"},
        themes=["early_support"],
    )

    assert made.status_code == 201, made.text
    read = client.get("/v1/networks/mikkelin-ryhma").json()
    assert read == made.json()
    assert read["kind"] == {"code": "ryhma", "name": {"fi": "Ryhmä", "sv": None, "en": None}}
    assert (read["area"]["slug"], read["convener"]["slug"], read["keeper"]) == ("491", "seura", None)
    assert [(s["id"], s["slug"]) for s in read["steered_by"]] == [(steering["id"], "ohjaus")]


def test_a_places_team_works_where_the_place_is(client: TestClient, admin: dict[str, str]) -> None:
    team = found(client, admin, "Kopan tiimi", area=None, place="koppa").json()
    wrong = found(client, admin, "Toinen tiimi", area="740", place="koppa")

    assert (team["area"]["slug"], team["place"]["slug"]) == ("491", "koppa")
    assert wrong.json()["errors"][0]["code"] == "not-where-the-place-is"


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"kind": "kerho"}, "unknown-kind", "/kind"),
        ({"area": "000"}, "unknown-area", "/area"),
        ({"area": None}, "missing", "/area"),
        ({"area": "finland"}, "no-plan-here", "/area"),
        ({"convener": "nobody"}, "unknown-organisation", "/convener"),
        ({"steered_by": ["nobody"]}, "unknown-network", "/steered_by/0"),
        ({"valid_from": "2026-05-01", "valid_to": "2026-05-01"}, "ends-before-it-begins", "/valid_to"),
        ({"slug": "019df0a0-0000-7000-8000-000000000000"}, "looks-like-an-id", "/slug"),
    ],
)
def test_what_a_network_can_not_be_is_named(
    client: TestClient, admin: dict[str, str], wrong: dict[str, Any], code: str, pointer: str
) -> None:
    answer = found(client, admin, "Ryhmä", **wrong)

    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [(code, pointer)]
    assert client.get("/v1/networks?kind=ryhma").json()["items"] == []


def test_a_slug_is_taken_once(client: TestClient, admin: dict[str, str]) -> None:
    found(client, admin, "Ryhmä", slug="ryhma-a")

    again = found(client, admin, "Toinen", slug="ryhma-a")
    made = found(client, admin, "Ryhmä A").json()

    assert (again.status_code, again.json()["code"]) == (409, "slug-taken")
    assert made["slug"] == "ryhma-a-2"


def test_no_network_comes_to_steer_itself(client: TestClient, admin: dict[str, str]) -> None:
    found(client, admin, "Ylin")
    found(client, admin, "Keski", steered_by=["ylin"])
    found(client, admin, "Alin", steered_by=["keski", "ylin"])

    circle = change(client, admin, "ylin", steered_by=["alin"])
    itself = change(client, admin, "ylin", steered_by=["ylin"])
    fewer = change(client, admin, "alin", steered_by=["ylin"])

    assert [a.json()["errors"][0]["code"] for a in (circle, itself)] == ["steers-itself"] * 2
    assert [s["slug"] for s in fewer.json()["steered_by"]] == ["ylin"]
    assert fewer.json()["version"] == 2
    assert [n["slug"] for n in client.get("/v1/networks?steered_by=ylin").json()["items"]] == ["alin", "keski"]


def test_a_renamed_network_remembers(client: TestClient, admin: dict[str, str]) -> None:
    found(client, admin, "Vanha nimi")
    former = [{"name": {"fi": "Vanha nimi"}, "valid_to": "2026-01-01"}]

    changed = change(client, admin, "vanha-nimi", name={"fi": "Uusi nimi"}, former_names=former).json()

    assert (changed["slug"], changed["name"]["fi"]) == ("vanha-nimi", "Uusi nimi")
    assert changed["former_names"][0]["name"]["fi"] == "Vanha nimi"


def test_networks_are_found_by_area_kind_day_and_name(client: TestClient, admin: dict[str, str]) -> None:
    found(client, admin, "Aamuryhmä", valid_to="2026-01-01", valid_from="2020-01-01")
    found(client, admin, "Iltaryhmä", area="740")

    def slugs(query: str) -> list[str]:
        return [network["slug"] for network in client.get(f"/v1/networks?kind=ryhma&{query}").json()["items"]]

    assert slugs("area=county-12") == ["aamuryhma", "iltaryhma"]
    assert slugs("area=area-savonlinna") == ["iltaryhma"]
    assert slugs("on=2026-01-01") == ["iltaryhma"]
    assert slugs("q=AAMU") == ["aamuryhma"]


def test_a_county_lists_its_kinds_with_their_roles(client: TestClient) -> None:
    [kind] = [k for k in client.get("/v1/network-kinds?area=county-12").json()["items"] if k["code"] == "ryhma"]

    assert [(role["code"], role["holds_one"], role["carries"]) for role in kind["roles"]] == [
        ("chair", True, "network_lead"),
        ("member", False, None),
    ]


def test_what_a_plan_brings_is_not_brought_again(database: Database) -> None:
    spec = NetworkSpec.model_validate({"slug": "ryhma", "kind": "ryhma", "name": {"fi": "Ryhmä"}, "area": "491"})
    with database.writing(Command("test")) as session:
        county = rows.find(session, Area, "county-12").id

        made = [loading.load(session, county, [spec]) for _ in range(2)]
        kinds = [loading.load_kinds(session, county, [NetworkKindSpec.model_validate(KIND)]) for _ in range(2)]

    assert (made, kinds) == ([1, 0], [0, 0])
