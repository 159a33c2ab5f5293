"""The few persons whom networks name: added, read by few, changed, and told of when they stay too long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.organisations.models import Person
from app.organisations.queries import PERSON
from app.organisations.rules import latest_retention, may_be_kept_until
from tests.conftest import headers_of, id_of, trail_of
from tests.live import serving
from tests.organisations.counties import LATER, TEST, TODAY, World

READER = "reader@example.org"


def code_of(answer: Any) -> Any:
    """What was refused, and where: the code of the only fault, else that of the problem."""
    problem = answer.json()
    faults = problem.get("errors") or []
    return (faults[0]["code"], faults[0]["pointer"]) if faults else problem.get("code", answer.status_code)


def test_a_person_is_added_and_read_by_who_may(world: World) -> None:
    answer = world.add(work_email="  Maija.MEIKALAINEN@Seura.example.org ")

    made = answer.json()
    assert answer.headers["Location"] == f"/v1/persons/{made['id']}"
    assert (made["display_name"], made["work_email"], made["version"]) == (
        "Maija Meikäläinen",
        "maija.meikalainen@seura.example.org",
        1,
    )
    assert made["organisation"]["slug"] == "here"
    assert (made["is_public"], made["consented_on"], made["user_id"]) == (False, None, None)
    assert world.read(made["id"]) == made
    assert world.client.get(f"/v1/persons/{made['id']}").status_code == 401


def test_persons_are_listed_by_name_and_filtered(world: World) -> None:
    for name, organisation, more in (
        ("Äänekäs Ämmä", "here", {"retention_until": str(TODAY + timedelta(days=30))}),
        ("Zeta", "far", {"work_email": "z@far.example.org"}),
        ("Åke", "beside-here", {"work_email": None}),
        ("Yrjö", "here", {"work_email": None}),
    ):
        world.added(display_name=name, organisation=organisation, **more)

    def names(query: str = "", known: dict[str, str] | None = None) -> list[str]:
        found = world.client.get(f"/v1/persons?{query}", headers=known or world.admin).json()["items"]
        return [person["display_name"] for person in found]

    assert names() == ["Yrjö", "Zeta", "Åke", "Äänekäs Ämmä"]
    assert names("area=491") == ["Yrjö", "Äänekäs Ämmä"]
    assert names("area=county-12") == ["Yrjö", "Zeta", "Äänekäs Ämmä"]
    assert names("organisation=far") == ["Zeta"]
    assert names("q=aanek") == names("q=MAIJA.meika") == ["Äänekäs Ämmä"]
    assert names(f"retention_before={TODAY + timedelta(days=31)}") == ["Äänekäs Ämmä"]
    assert names(f"retention_before={TODAY + timedelta(days=30)}") == []
    assert world.client.get("/v1/persons?organisation=nobody", headers=world.admin).json()["errors"][0]["parameter"]
    page = world.client.get("/v1/persons?limit=3&count=exact", headers=world.admin)
    assert (len(page.json()["items"]), page.json()["total"]) == (3, 4)
    assert len(world.client.get(page.links["next"]["url"], headers=world.admin).json()["items"]) == 1
    here = world.somebody(Role.coordinator, "area", "491", "koordinaattori")
    assert names("", here) == ["Yrjö", "Äänekäs Ämmä"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"display_name": " "}, ("too-short", "/display_name")),
        ({"display_name": "x" * 201}, ("too-long", "/display_name")),
        ({"work_email": "not an address"}, ("not-an-email", "/work_email")),
        ({"organisation": "nowhere"}, ("unknown-organisation", "/organisation")),
        ({"organisation": None}, ("not-text", "/organisation")),
        ({"purpose": ""}, ("too-short", "/purpose")),
        ({"is_public": True}, ("needs-consent", "/consented_on")),
        ({"consented_on": str(TODAY + timedelta(days=1))}, ("in-the-future", "/consented_on")),
        ({"retention_until": str(TODAY)}, ("not-in-time", "/retention_until")),
        ({"retention_until": str(latest_retention(TODAY) + timedelta(days=1))}, ("not-in-time", "/retention_until")),
        ({"user": "nobody@example.org"}, ("unknown-user", "/user")),
        ({"user_id": None}, ("unknown-field", "")),
        ({"county_id": None}, ("unknown-field", "")),
    ],
    ids=str,
)
def test_a_wrong_person_is_refused_at_its_field(world: World, change: dict[str, Any], fault: tuple[str, str]) -> None:
    assert code_of(world.add(**change)) == fault
    assert world.client.get("/v1/persons", headers=world.admin).json()["items"] == []


def test_how_long_somebody_is_stored_must_be_said(world: World) -> None:
    body = {"display_name": "Maija", "organisation": "here", "purpose": "Jäsen"}

    refused = world.client.post("/v1/persons", json=body, headers=world.admin)

    assert code_of(refused) == ("missing", "/retention_until")


@pytest.mark.parametrize(
    ("today", "day", "is_right"),
    [
        (date(2026, 3, 12), date(2026, 3, 12), False),
        (date(2026, 3, 12), date(2026, 3, 13), True),
        (date(2026, 3, 12), date(2036, 3, 12), True),
        (date(2026, 3, 12), date(2036, 3, 13), False),
        (date(2028, 2, 29), date(2038, 2, 28), True),
        (date(2028, 2, 29), date(2038, 3, 1), False),
    ],
)
def test_somebody_is_stored_ten_years_ahead_at_most(today: date, day: date, is_right: bool) -> None:
    assert may_be_kept_until(day, today) is is_right


def test_who_stays_too_long_can_still_be_changed_and_is_told_of(world: World) -> None:
    made = world.added()
    with world.database.writing(TEST) as session:
        person = session.scalars(select(Person).where(PERSON.display_name == "Maija Meikäläinen")).one()
        person.retention_until = TODAY - timedelta(days=1)

    late = world.client.get(f"/v1/persons?retention_before={TODAY}", headers=world.admin).json()["items"]

    assert [person["id"] for person in late] == [made["id"]]
    assert world.change(made["id"], purpose="Toinen").json()["purpose"] == "Toinen"
    assert code_of(world.change(made["id"], retention_until=str(TODAY))) == ("not-in-time", "/retention_until")
    assert world.change(made["id"], retention_until=LATER).status_code == 200


def test_who_agrees_is_named_in_public_until_they_withdraw(world: World) -> None:
    made = world.added()
    world.seat(made["id"])

    def seen() -> Any:
        [seat] = world.client.get("/v1/networks/ryhma/members").json()["items"]
        return seat["person"]

    assert seen()["name"] is None
    assert code_of(world.change(made["id"], is_public=True)) == ("needs-consent", "/consented_on")
    assert world.change(made["id"], is_public=True, consented_on=str(TODAY)).status_code == 200
    assert seen() == {"id": None, "name": "Maija Meikäläinen", "email": None}
    assert code_of(world.change(made["id"], consented_on=None)) == ("needs-consent", "/consented_on")
    assert world.change(made["id"], is_public=False, consented_on=None).json()["consented_on"] is None
    assert seen()["name"] is None


def test_a_change_names_its_version_and_counts_once(world: World) -> None:
    made = world.added()
    path = f"/v1/persons/{made['id']}"

    assert world.client.patch(path, json={"purpose": "x"}, headers=world.admin).status_code == 428
    stale = world.client.patch(path, json={"purpose": "x"}, headers=world.admin | {"If-Match": '"v7"'})
    assert stale.status_code == 412
    changed = world.change(made["id"], display_name="Maija Virtanen", user=READER).json()
    assert (changed["version"], changed["display_name"]) == (2, "Maija Virtanen")
    assert changed["user_id"] == str(id_of(world.database, READER))
    assert world.change(made["id"], user=READER).json()["version"] == 2
    assert [p["id"] for p in world.client.get("/v1/persons?q=virtanen", headers=world.admin).json()["items"]] == [
        made["id"]
    ]
    assert world.change(made["id"], work_email=None).json()["work_email"] is None


def test_an_address_is_somebodys_alone_in_a_county(world: World) -> None:
    made = world.added()
    taken = world.add(display_name="Toinen", work_email="MAIJA.meikalainen@seura.example.org", organisation="far")
    other = world.added(display_name="Kolmas", work_email=None)

    assert (taken.status_code, taken.json()["code"]) == (409, "work-email-taken")
    assert made["id"] in taken.json()["detail"]
    assert world.change(other["id"], work_email=made["work_email"]).json()["code"] == "work-email-taken"
    assert world.change(made["id"], work_email=made["work_email"].upper()).json()["version"] == 1
    assert world.add(organisation="beside-here").status_code == 201


def test_who_has_an_address_is_told_to_those_who_may_see_them(world: World) -> None:
    made = world.added(organisation="far")
    here = world.somebody(Role.coordinator, "area", "491", "koordinaattori")

    taken = world.add(here, display_name="Toinen")

    assert taken.json()["code"] == "work-email-taken"
    for secret in (made["id"], "Maija", "far"):
        assert secret not in taken.text


def test_a_person_moves_within_the_county_where_the_caller_may(world: World) -> None:
    made = world.added()
    here = world.somebody(Role.coordinator, "area", "491", "koordinaattori")

    assert code_of(world.change(made["id"], here, organisation="far")) == "out-of-reach"
    assert code_of(world.change(made["id"], organisation="beside-here")) == ("of-another-county", "/organisation")
    assert world.change(made["id"], organisation="far").json()["organisation"]["slug"] == "far"
    assert world.change(made["id"], here, organisation="here").json()["code"] == "out-of-reach"


def test_whom_one_may_not_see_one_may_not_change(world: World) -> None:
    made = world.added()
    body = {"name": "Kirjuri", "scopes": ["persons:write"], "on": {"kind": "area", "id": "491"}}
    token = world.client.post("/v1/tokens", json=body, headers=world.admin).json()["token"]
    machine = {"Authorization": f"Bearer {token}", "If-Match": '"v1"'}
    path = f"/v1/persons/{made['id']}"

    assert world.client.patch(path, json={}, headers=machine).json()["code"] == "no-such-thing"
    assert world.client.delete(path, headers=machine).json()["code"] == "no-such-thing"
    assert world.read(made["id"]) == made


def test_the_trail_tells_which_fields_and_no_values(world: World) -> None:
    made = world.added()
    world.change(made["id"], display_name="Maija Virtanen", work_email="maija.virtanen@seura.example.org")

    with world.database.reading() as session:
        [(_, added)] = trail_of(session, "addPerson")
        [(_, changed)] = trail_of(session, "changePerson")

    assert [(c.kind, c.action) for c in added] == [("person", "created")]
    assert changed[0].fields == ["display_name", "search_name", "sort_name", "work_email"]


def test_of_four_who_take_the_same_address_at_once_one_does(world: World, database_url: str) -> None:
    admin = headers_of(world.database, "admin@example.org")

    def added(number: int) -> int:
        body = {
            "display_name": f"Henkilö {number}",
            "work_email": "sama@seura.example.org",
            "organisation": ("here", "far", "here", "beside-here")[number],
            "purpose": "Jäsen",
            "retention_until": LATER,
        }
        return httpx.post(f"{server.address}/v1/persons", json=body, headers=admin, timeout=30).status_code

    with serving(database_url) as server, ThreadPoolExecutor(4) as crowd:
        assert sorted(crowd.map(added, range(4))) == [201, 201, 409, 409]
