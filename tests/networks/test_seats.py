"""Seats: who holds them, when, and what goes with them."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.accounts.models import Grant
from app.areas.models import Area
from app.core import clock, rows
from app.core.database import Command, Database
from app.core.localized import Localized
from app.networks.models import Network
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.networks.service import loading
from app.organisations.models import Organisation, OrganisationKind, Person
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec
from app.organisations.service import organisations
from tests.conftest import headers_of, id_of, trail_of
from tests.live import serving
from tests.networks.permissions import CHAIR, CONTACT, FAMILY, MEMBER

TODAY = clock.today()
TEST = Command("test")


@dataclass
class World:
    """A group in Mikkeli with two persons, one of whom can sign in."""

    client: TestClient
    database: Database
    admin: dict[str, str]
    anna: uuid.UUID  # has a sign-in: reader@example.org
    bertta: uuid.UUID  # has none

    def open(self, role: str = "member", known: dict[str, str] | None = None, **more: Any) -> Any:
        body = {"role": role, "organisation": "seura", **more}
        return self.client.post("/v1/networks/ryhma/seats", json=body, headers=known or self.admin)

    def opened(self, role: str = "member", **more: Any) -> dict[str, Any]:
        answer = self.open(role, **more)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def change(self, seat: dict[str, Any], known: dict[str, str] | None = None, **changed: Any) -> Any:
        version = self.client.get(f"/v1/seats/{seat['id']}").json()["version"]
        headers = {**(known or self.admin), "If-Match": f'"v{version}"'}
        return self.client.patch(f"/v1/seats/{seat['id']}", json=changed, headers=headers)

    def grants_of(self, email: str = "reader@example.org") -> list[tuple[str, str, str, str | None]]:
        """Grants that go with something: role, kind, first day, first day without."""
        user_id = id_of(self.database, email)
        with self.database.reading() as session:
            column = Grant.__table__.c  # type: ignore[attr-defined]
            found = session.execute(
                Grant.__table__.select().where(column.user_id == user_id, column.because_of.is_not(None))  # type: ignore[attr-defined]
            )
            return sorted((g.role, g.kind, str(g.valid_from), g.valid_to and str(g.valid_to)) for g in found)


def person(name: str, county: uuid.UUID, organisation: uuid.UUID, **more: Any) -> Person:
    return Person(
        county_id=county,
        organisation_id=organisation,
        display_name=name,
        work_email=f"{name.lower()}@seura.example.org",
        purpose="Verkoston jäsen",
        retention_until=date(2030, 1, 1),
        sort_name=name,
        search_name=name.lower(),
        **more,
    )


def settled(database: Database) -> tuple[uuid.UUID, uuid.UUID]:
    """The group, its organisation, and the ids of Anna and Bertta."""
    reader = id_of(database, "reader@example.org")
    kind = {"code": "ryhma", "name": {"fi": "Ryhmä"}, "roles": [CHAIR, CONTACT, MEMBER, FAMILY]}
    with database.writing(TEST) as session:
        county = rows.find(session, Area, "county-12").id
        organisations.load_kinds(session, county, [OrganisationKindSpec(code="seura", name=Localized(fi="Seura"))])
        spec = OrganisationSpec(slug="seura", kind="seura", name=Localized(fi="Seura ry"), municipality="491")
        organisations.load(session, county, [spec])
        loading.load_kinds(session, county, [NetworkKindSpec.model_validate(kind)])
        network = {"slug": "ryhma", "kind": "ryhma", "name": {"fi": "Ryhmä"}, "area": "491"}
        loading.load(session, county, [NetworkSpec.model_validate(network)])
        seura = rows.find(session, Organisation, "seura").id
        anna = rows.add(session, person("Anna", county, seura, user_id=reader))
        bertta = rows.add(session, person("Bertta", county, seura, is_public=True, consented_on=date(2026, 1, 1)))
        return anna.id, bertta.id


@pytest.fixture
def world(client: TestClient, database: Database, admin: dict[str, str]) -> World:
    return World(client, database, admin, *settled(database))


def test_a_seat_is_opened_held_and_seen_by_everybody_without_the_name(world: World) -> None:
    made = world.open(person=str(world.anna), office={"fi": "Johtaja"})

    assert made.status_code == 201
    assert made.headers["Location"] == f"/v1/seats/{made.json()['id']}"
    [seen] = world.client.get("/v1/networks/ryhma/members").json()["items"]
    assert (seen["is_held"], seen["role"]["code"], seen["organisation"]["slug"]) == (True, "member", "seura")
    assert seen["office"]["fi"] == "Johtaja"
    assert seen["person"] == {"id": None, "name": None, "email": None}
    [known] = world.client.get("/v1/networks/ryhma/members", headers=world.admin).json()["items"]
    assert known["person"] == {"id": str(world.anna), "name": "Anna", "email": "anna@seura.example.org"}


def test_who_agreed_is_named_in_public_without_the_address(world: World) -> None:
    world.opened(person=str(world.bertta))

    [seen] = world.client.get("/v1/networks/ryhma/members").json()["items"]

    assert seen["person"] == {"id": None, "name": "Bertta", "email": None}


def test_a_seat_that_carries_rights_opens_a_grant_and_ends_it(world: World) -> None:
    seat = world.opened("chair", person=str(world.anna), valid_from=str(TODAY))

    assert world.grants_of() == [("network_lead", "network", str(TODAY), None)]
    chair = headers_of(world.database, "reader@example.org")
    assert world.open("member", chair).status_code == 201  # the chair opens seats
    ended = world.change(seat, valid_to=str(TODAY))
    assert ended.status_code == 200, ended.text
    assert world.grants_of() == [("network_lead", "network", str(TODAY), str(TODAY))]
    assert world.open("member", chair).status_code == 403
    with world.database.reading() as session:
        opened = [c.kind for _, changes in trail_of(session, "openSeat") for c in changes]
    assert opened[:3] == ["seat", "person_right", "role_grant"]


def test_the_grant_of_a_seat_is_not_changed_by_hand(world: World) -> None:
    seat = world.opened("chair", person=str(world.anna))
    user = id_of(world.database, "reader@example.org")
    listed = world.client.get(f"/v1/grants?user={user}", headers=world.admin).json()["items"]
    [grant] = [g for g in listed if g["because_of"]]

    refused = world.client.patch(
        f"/v1/grants/{grant['id']}",
        json={"valid_to": None, "valid_from": None},
        headers={**world.admin, "If-Match": f'"v{grant["version"]}"'},
    )

    assert grant["because_of"] == f"/v1/seats/{seat['id']}"
    assert (refused.status_code, refused.json()["code"]) == (409, "grant-is-bound")
    assert seat["id"] in refused.json()["detail"]


def test_a_contact_persons_rights_hold_on_the_place_of_the_seat(world: World) -> None:
    lost = world.open("contact", person=str(world.anna))
    world.opened("contact", person=str(world.anna), place="koppa")

    assert lost.json()["errors"][0]["pointer"] == "/place"
    assert world.grants_of() == [("place_contact", "meeting_place", str(TODAY), None)]


def test_without_a_sign_in_the_right_waits(world: World) -> None:
    world.opened("chair", person=str(world.bertta))

    with world.database.reading() as session:
        assert session.get_one(Person, world.bertta).user_id is None
    assert world.grants_of() == []


def test_a_role_for_one_person_has_one_seat_at_a_time(world: World) -> None:
    ends = TODAY + timedelta(days=30)
    first = world.opened("chair", person=str(world.anna), valid_from="2026-01-01", valid_to=str(ends))

    overlapping = world.open("chair", person=str(world.bertta), valid_from=str(ends - timedelta(days=1)))
    following = world.open("chair", person=str(world.bertta), valid_from=str(ends))
    longer = world.change(first, valid_to=None)

    assert (overlapping.status_code, overlapping.json()["code"]) == (409, "role-is-held")
    assert first["id"] in overlapping.json()["detail"]
    assert following.status_code == 201
    assert (longer.status_code, longer.json()["code"]) == (409, "role-is-held")


def test_a_vacant_seat_is_filled_from_today(world: World) -> None:
    vacant = world.opened(valid_from="2026-01-01")

    filled = world.change(vacant, person=str(world.anna))

    assert (vacant["is_held"], vacant["person"]) == (False, None)
    assert (filled.json()["is_held"], filled.json()["valid_from"]) == (True, str(TODAY))


def test_another_holder_is_another_seat(world: World) -> None:
    seat = world.opened(person=str(world.anna))

    refused = [world.change(seat, person=other) for other in (str(world.bertta), None)]

    assert [(a.status_code, a.json()["code"]) for a in refused] == [(409, "seat-is-held")] * 2


def test_seats_of_families_never_name_anybody(world: World) -> None:
    named = world.open("family", person=str(world.anna))
    deputy = world.open("family", deputy=str(world.anna))
    seat = world.opened("family", organisation=None)
    gone = world.change(seat, is_held=False)

    assert [a.json()["errors"][0]["code"] for a in (named, deputy)] == ["names-nobody"] * 2
    assert (seat["is_held"], seat["person"]) == (True, None)
    assert gone.json()["is_held"] is False


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"valid_from": "2026-05-01", "valid_to": "2026-04-30"}, "ends-before-it-begins", "/valid_to"),
        ({"role": "captain"}, "unknown-role", "/role"),
        ({"organisation": None}, "missing", "/organisation"),
        ({"organisation": "nobody"}, "unknown-organisation", "/organisation"),
        ({"person": "019df0a0-0000-7000-8000-000000000000"}, "unknown-person", "/person"),
        ({"is_held": True}, "not-given-here", "/is_held"),
        ({"place": "nowhere"}, "unknown-place", "/place"),
    ],
)
def test_what_a_seat_can_not_be_is_named(world: World, wrong: dict[str, Any], code: str, pointer: str) -> None:
    answer = world.open(**{"role": "member", **wrong})

    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [(code, pointer)]
    assert world.client.get("/v1/networks/ryhma/members").json()["items"] == []


def test_the_deputy_is_somebody_else(world: World) -> None:
    both = {"person": str(world.anna), "deputy": str(world.anna)}

    assert world.open(**both).json()["errors"][0]["code"] == "same-person"
    assert world.opened(person=str(world.anna), deputy=str(world.bertta))["deputy"]["name"] == "Bertta"


def test_rights_are_given_only_by_who_has_them(world: World, database: Database) -> None:
    world.opened("chair", person=str(world.anna))
    chair = headers_of(database, "reader@example.org")

    carried = world.open("contact", chair, person=str(world.anna), place="koppa")
    plain = world.open("member", chair, person=str(world.anna))

    assert (carried.status_code, carried.json()["code"]) == (403, "wider-than-your-own")
    assert plain.status_code == 201  # Anna sits in the network, so the chair knows her


def test_who_does_not_see_a_person_can_not_name_them(world: World, database: Database) -> None:
    world.opened("chair", person=str(world.anna))
    chair = headers_of(database, "reader@example.org")

    answer = world.open("member", chair, person=str(world.bertta))

    assert answer.json()["errors"][0]["code"] == "unknown-person"


def test_the_chair_does_not_end_a_seat_that_carries_rights(world: World, database: Database) -> None:
    seat = world.opened("chair", person=str(world.anna))
    chair = headers_of(database, "reader@example.org")

    answer = world.change(seat, chair, valid_to=str(TODAY))

    assert (answer.status_code, answer.json()["code"]) == (403, "wider-than-your-own")


def test_the_mailing_list_goes_to_who_may_know(world: World, reader: dict[str, str]) -> None:
    world.opened(person=str(world.anna), valid_from="2026-01-05")
    world.opened(valid_from="2026-01-05")

    plain = world.client.get("/v1/networks/ryhma/members.csv?lang=en", headers=world.admin)
    finnish = world.client.get("/v1/networks/ryhma/members.csv?dialect=excel-fi&lang=fi", headers=world.admin)

    assert plain.text.splitlines()[0].startswith("network,organisation,person,e-mail,role,from,to")
    assert plain.text.splitlines()[1] == "ryhma,seura,Anna,anna@seura.example.org,member,2026-01-05,,,,,"
    assert finnish.content.startswith(b"\xef\xbb\xbfverkosto;organisaatio;")
    assert finnish.content.decode("utf-8-sig").splitlines()[1].split(";")[5] == "5.1.2026"
    assert [world.client.get("/v1/networks/ryhma/members.csv", headers=h).status_code for h in ({}, reader)] == [
        401,
        403,
    ]


def test_lists_of_a_day_show_who_sat_then(world: World) -> None:
    world.opened(valid_from="2026-01-01", valid_to="2026-06-01")
    world.opened("family", valid_from="2026-06-01", organisation=None)

    def roles(day: str) -> list[str]:
        return [
            seat["role"]["code"] for seat in world.client.get(f"/v1/networks/ryhma/members?on={day}").json()["items"]
        ]

    assert (roles("2026-05-31"), roles("2026-06-01"), roles("2025-12-31")) == (["member"], ["family"], [])


def test_somebody_of_another_county_has_no_seat_here(world: World) -> None:
    with world.database.writing(TEST) as session:
        country = rows.find(session, Area, "finland").id
        kind = rows.add(session, OrganisationKind(county_id=country, code="seura", name=Localized(fi="Seura")))
        far = Organisation(
            slug="kaukana",
            county_id=country,
            kind_id=kind.id,
            name=Localized(fi="Kaukana"),
            sort_name="k",
            search_name="k",
        )
        rows.add(session, far)
        other = rows.add(session, person("Kauko", country, far.id)).id

    assert world.open(person=str(other)).json()["errors"][0]["code"] == "unknown-person"
    assert world.open(organisation="kaukana").json()["errors"][0]["code"] == "of-another-county"
    with world.database.reading() as session:
        assert rows.find(session, Network, "ryhma") is not None


def test_of_many_who_open_or_fill_a_seat_at_once_one_wins(database_url: str, database: Database) -> None:
    anna, bertta = (str(id) for id in settled(database))
    headers = headers_of(database, "admin@example.org")

    async def race(address: str) -> None:
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
            chair = {"role": "chair", "organisation": "seura", "person": anna}
            opened = await asyncio.gather(*(client.post("/v1/networks/ryhma/seats", json=chair) for _ in range(12)))
            assert sorted(a.status_code for a in opened) == [201, *[409] * 11], [a.text for a in opened]
            vacant = await client.post("/v1/networks/ryhma/seats", json={"role": "member", "organisation": "seura"})
            path, seen = f"/v1/seats/{vacant.json()['id']}", {"If-Match": '"v1"'}
            filled = await asyncio.gather(
                *(client.patch(path, json={"person": who}, headers=seen) for who in (anna, bertta) * 6)
            )
            assert sorted(a.status_code for a in filled) == [200, *[412] * 11]

    with serving(database_url) as server:
        asyncio.run(race(server.address))
    with database.reading() as session:
        bound = select(func.count()).select_from(Grant).where(Grant.because_of.is_not(None))  # type: ignore[union-attr]
        assert session.scalar(bound) == 1


def test_seats_and_rights_end_with_their_network(world: World, database: Database) -> None:
    seat = world.opened("chair", person=str(world.anna))
    chair = headers_of(database, "reader@example.org")
    version = world.client.get("/v1/networks/ryhma").json()["version"]
    match = {"If-Match": f'"v{version}"'}

    refused = world.client.patch("/v1/networks/ryhma", json={"valid_to": str(TODAY)}, headers=chair | match)
    ended = world.client.patch("/v1/networks/ryhma", json={"valid_to": str(TODAY)}, headers=world.admin | match)

    assert (refused.status_code, refused.json()["code"]) == (403, "wider-than-your-own")
    assert ended.status_code == 200, ended.text
    assert world.client.get(f"/v1/seats/{seat['id']}").json()["valid_to"] == str(TODAY)
    assert world.grants_of() == [("network_lead", "network", str(TODAY), str(TODAY))]
    late = world.open(valid_from="2026-01-01", valid_to="2099-01-01")
    assert late.json()["errors"][0]["code"] == "outside-the-network"
