"""The networks of the plan, section by section, over HTTP only, as the shipped plan brings them."""

from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core import clock
from tests.conftest import PASSWORD

TODAY = str(clock.today())


@dataclass
class County:
    """Etelä-Savo after ``load-plan``, and its administrator."""

    client: TestClient
    admin: dict[str, str]

    def get(self, path: str, known: dict[str, str] | None = None) -> Any:
        answer = self.client.get(f"/v1{path}", headers=known or {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def all(self, path: str, known: dict[str, str] | None = None) -> list[Any]:
        found: list[Any] = self.get(path + ("&" if "?" in path else "?") + "limit=200", known)["items"]
        return found

    def post(self, path: str, body: Any, known: dict[str, str] | None = None) -> Any:
        return self.client.post(f"/v1{path}", json=body, headers=known or self.admin)

    def change(self, path: str, body: Any, known: dict[str, str] | None = None) -> Any:
        version = self.get(path, self.admin)["version"]
        headers = {**(known or self.admin), "If-Match": f'"v{version}"'}
        return self.client.patch(f"/v1{path}", json=body, headers=headers)

    def sign_in(self, email: str, organisation: str) -> tuple[str, dict[str, str]]:
        """Somebody is invited to read what is of an organisation, and signs in: their account and headers."""
        grant = {"role": "reader", "on": {"kind": "organisation", "id": organisation}}
        invited = self.post("/users", {"email": email, "grants": [grant]}).json()
        accepted = self.client.post("/v1/auth/accept", json={"token": invited["link"]["token"], "password": PASSWORD})
        assert accepted.status_code == 204, accepted.text
        token = self.client.post("/v1/auth/token", data={"username": email, "password": PASSWORD}).json()
        return invited["id"], {"Authorization": f"Bearer {token['access_token']}"}

    def person(self, name: str, organisation: str, **more: Any) -> str:
        body = {"display_name": name, "organisation": organisation, "purpose": "Verkoston jäsen", **more}
        answer = self.post("/persons", {"retention_until": f"{clock.today().year + 3}-12-31", **body})
        assert answer.status_code == 201, answer.text
        id: str = answer.json()["id"]
        return id

    def seat(self, network: str, role: str, place: str | None = None) -> Any:
        """The one seat of a role in a network, for a place if that is said."""
        [found] = [
            seat
            for seat in self.all(f"/networks/{network}/members")
            if seat["role"]["code"] == role and (place is None or seat["place"]["slug"] == place)
        ]
        return found


@pytest.fixture
def county(client: TestClient, admin: dict[str, str]) -> County:
    return County(client, admin)


def test_plan_1_to_17_the_county_has_all_its_networks(county: County) -> None:
    networks = county.all("/networks?area=county-12")
    kinds = [network["kind"]["code"] for network in networks]

    assert len(networks) >= 25
    assert {kind: kinds.count(kind) for kind in ("leadership", "actors", "municipal_lape", "separation_local")} == {
        "leadership": 1,
        "actors": 1,
        "municipal_lape": 11,
        "separation_local": 3,
    }
    assert all(network["area"] and network["name"]["fi"] for network in networks)


def test_plan_3_the_leadership_group_has_its_tasks_and_its_secretary(county: County) -> None:
    group = county.get("/networks/johtoryhma")
    steered = {network["slug"] for network in county.all("/networks?steered_by=johtoryhma")}

    assert len(group["tasks"]) == 6
    assert county.seat("johtoryhma", "secretary")["organisation"]["slug"] == "eloisa"
    assert {"lp-kehittajaverkosto", "lp-kouluttajat", "eroauttamisen-verkosto", "eroauttaminen-mikkeli"} <= steered


def test_plan_4_the_actors_group_says_who_must_be_in_it(county: County) -> None:
    plan = county.all("/plans?area=county-12")[0]["slug"]
    rules = [r for r in county.all(f"/plans/{plan}/rules?rule=R4") if r["subject"]["of"] == "perhekeskustoimijat"]
    parties = {rule["code"]: rule["parameters"]["party"] for rule in rules}

    assert parties["r4-toimijat-kunnat"] == {"organisation_kind": "municipality", "each": "municipality"}
    assert {rule["parameters"]["level"] for rule in rules} == {"must"}
    assert len(county.get("/networks/perhekeskustoimijat")["tasks"]) == 4


def test_plan_5_each_municipality_names_one_chair_who_convenes_its_group_only(county: County) -> None:
    groups = county.all("/networks?kind=municipal_lape&area=county-12")
    municipalities = {area["slug"] for area in county.all(f"/areas?kind=municipality&on={TODAY}&within=county-12")}
    user, chair = county.sign_in("chair@example.com", "juvan-kunta")
    person = county.person("Puheen Johtaja", "juvan-kunta", user=user)

    assert {group["area"]["slug"] for group in groups} == municipalities
    assert all(county.seat(group["slug"], "chair")["is_held"] is False for group in groups)
    named = county.change(f"/seats/{county.seat('lape-juva', 'chair')['id']}", {"person": person})
    assert named.status_code == 200, named.text
    second = county.post("/networks/lape-juva/seats", {"role": "chair", "organisation": "juvan-kunta"})
    assert (second.status_code, second.json()["code"]) == (409, "role-is-held")

    meeting = {"mode": "live", "local_start": "2027-03-10T13:00", "duration_minutes": 90}
    assert county.post("/meetings", {**meeting, "network": "lape-juva"}, chair).status_code == 201
    assert county.post("/meetings", {**meeting, "network": "lape-sulkava"}, chair).status_code == 403

    families = county.post("/networks/lape-juva/seats", {"role": "family_rep"}, chair).json()
    assert (families["is_held"], families["person"]) == (True, None)
    named_family = county.post("/networks/lape-juva/seats", {"role": "family_rep", "person": person}, chair)
    assert named_family.json()["errors"][0]["code"] == "names-nobody"


def test_plan_6_the_chair_of_student_welfare_sits_by_office(county: County) -> None:
    seat = county.seat("opiskeluhuolto", "chair")

    assert seat["organisation"]["slug"] == "eloisa"
    assert seat["office"]["fi"]


def test_plan_7_a_contact_person_answers_for_the_place_of_the_seat_as_long_as_they_hold_it(county: County) -> None:
    contacts = {s["place"]["slug"] for s in county.all("/networks/kohtaamispaikkaverkosto/members") if s["place"]}
    user, contact = county.sign_in("contact@example.com", "mikkelin-kaupunki")
    person = county.person("Yhteys Henkilö", "mikkelin-kaupunki")  # the sign-in is linked afterwards
    day = {"form_version": 1, "status": "open", "open_minutes": 60, "counts": {"adults": 3, "children": 4}}

    def record(place: str, on: str) -> int:
        return county.client.put(f"/v1/meeting-places/{place}/visits/{on}", json=day, headers=contact).status_code

    seat = county.seat("kohtaamispaikkaverkosto", "contact", "koppa")
    assert contacts == {"koppa", "tikantanssi", "puuhala", "juva"}
    assert county.change(f"/seats/{seat['id']}", {"person": person}).status_code == 200
    assert record("koppa", "2026-03-10") == 403  # nobody has told yet whose sign-in it is
    assert county.change(f"/persons/{person}", {"user": user}).status_code == 200
    assert (record("koppa", "2026-03-10"), record("juva", "2026-03-10")) == (201, 403)
    team = {"mode": "live", "local_start": "2027-02-02T09:00", "duration_minutes": 60, "network": "tiimi-koppa"}
    assert county.post("/meetings", team, contact).status_code == 201  # and convenes the team of the place
    assert county.change(f"/seats/{seat['id']}", {"valid_to": TODAY}).status_code == 200
    assert record("koppa", "2026-03-11") == 403


def test_plan_8_a_places_team_is_steered_by_the_municipal_group(county: County) -> None:
    teams = county.all("/networks?kind=place_team&area=county-12")

    assert {t["place"]["slug"]: [s["slug"] for s in t["steered_by"]] for t in teams} == {
        "koppa": ["lape-mikkeli"],
        "tikantanssi": ["lape-savonlinna"],
        "puuhala": ["lape-mantyharju"],
        "juva": ["lape-juva"],
    }


def test_plan_12_names_that_changed_are_remembered(county: County) -> None:
    network = county.get("/networks/eroauttamisen-verkosto")
    local = county.all("/networks?kind=separation_local&area=county-12")

    assert network["former_names"][0]["name"]["fi"] != network["name"]["fi"]
    assert all(group["former_names"] for group in local)
    assert all(county.seat(group["slug"], "responsible_person") for group in local)
    changed = county.change(
        "/networks/eroauttamisen-verkosto",
        {
            "name": {"fi": "Uusi nimi"},
            "former_names": [*network["former_names"], {"name": network["name"], "valid_to": TODAY}],
        },
    ).json()
    assert [former["name"]["fi"] for former in changed["former_names"]][-1] == network["name"]["fi"]


def test_plan_17_national_networks_have_a_keeper_and_our_representative(county: County) -> None:
    national = county.all("/networks?kind=national")

    assert {network["keeper"]["slug"] for network in national} == {"vaestoliitto", "sydanliitto", "lskl"}
    assert len(national) == 4
    assert all(county.seat(network["slug"], "representative")["office"] for network in national)
    other = {"kind": "national", "area": "county-12", "name": {"fi": "Lapset ensin"}, "keeper": "mll"}
    founded = county.post("/networks", other)
    assert founded.status_code == 201  # others may represent the county in more of them
    seat = county.post(f"/networks/{founded.json()['id']}/seats", {"role": "representative", "organisation": "viola"})
    assert seat.status_code == 201
