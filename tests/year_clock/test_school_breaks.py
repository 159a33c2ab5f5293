"""Days on which schools rest: loaded with the plan, listed for all, kept by those who keep the networks of an area."""

from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.database import Command, Database
from app.transfer import plan_file
from tests.transfer.plans import GOOD, changed, load

BREAKS = "/v1/school-breaks"
BODY = {"area": "491", "name": {"fi": "Vapaa", "en": "Day off"}, "first_on": "2030-05-06", "last_on": "2030-05-10"}


@dataclass
class Keeper:
    """An administrator who keeps school breaks."""

    client: TestClient
    headers: dict[str, str]

    def add(self, **other: Any) -> Any:
        return self.client.post(BREAKS, json=BODY | other, headers=self.headers)

    def patch(self, id: str, body: Any, version: int = 1) -> Any:
        return self.client.patch(f"{BREAKS}/{id}", json=body, headers=self.headers | {"If-Match": f'"v{version}"'})

    def names(self, query: str = "") -> list[tuple[str, str]]:
        items = self.client.get(f"{BREAKS}?limit=200&{query}").json()["items"]
        return [(item["area"]["slug"], item["first_on"]) for item in items]


@pytest.fixture
def keeper(client: TestClient, admin: dict[str, str]) -> Keeper:
    return Keeper(client, admin)


def test_the_shipped_plan_has_the_breaks_of_three_school_years(keeper: Keeper) -> None:
    items = keeper.client.get(f"{BREAKS}?area=county-12&limit=200").json()["items"]

    assert [(item["name"]["en"], item["first_on"], item["last_on"]) for item in items] == [
        ("Autumn break", "2025-10-13", "2025-10-19"),
        ("Christmas break", "2025-12-21", "2026-01-06"),
        ("Winter break", "2026-02-23", "2026-03-01"),
        ("Summer break", "2026-05-31", "2026-08-09"),
        ("Autumn break", "2026-10-12", "2026-10-18"),
        ("Christmas break", "2026-12-20", "2027-01-06"),
        ("Winter break", "2027-03-01", "2027-03-07"),
        ("Summer break", "2027-06-06", "2027-08-08"),
        ("Autumn break", "2027-10-18", "2027-10-24"),
        ("Christmas break", "2027-12-19", "2028-01-06"),
        ("Winter break", "2028-02-28", "2028-03-05"),
        ("Summer break", "2028-06-04", "2028-08-08"),
    ]


def test_a_break_is_added_changed_and_taken_away(keeper: Keeper) -> None:
    added = keeper.add()
    assert added.status_code == 201, added.text
    found = added.json()
    assert added.headers["Location"] == f"{BREAKS}/{found['id']}"
    assert (found["area"]["slug"], found["name"]["en"], found["first_on"]) == ("491", "Day off", "2030-05-06")
    assert keeper.client.get(f"{BREAKS}/{found['id']}").json() == found

    shorter = keeper.patch(found["id"], {"last_on": "2030-05-08"})
    assert (shorter.json()["last_on"], shorter.json()["version"]) == ("2030-05-08", 2)
    assert keeper.patch(found["id"], {"last_on": "2030-05-07"}).json()["code"] == "changed-meanwhile"

    gone = keeper.client.delete(f"{BREAKS}/{found['id']}", headers=keeper.headers | {"If-Match": '"v2"'})
    assert gone.status_code == 204
    assert keeper.client.get(f"{BREAKS}/{found['id']}").status_code == 404


def test_breaks_are_listed_by_area_and_by_days(keeper: Keeper) -> None:
    keeper.add()
    keeper.add(area="740", first_on="2030-05-10", last_on="2030-05-12")

    assert keeper.names("area=491") == [("491", "2030-05-06")]
    assert keeper.names("area=county-12&from=2030-01-01") == [("491", "2030-05-06"), ("740", "2030-05-10")]
    assert keeper.names("from=2030-05-11") == [("740", "2030-05-10")]
    assert keeper.names("from=2030-05-01&to=2030-05-09") == [("491", "2030-05-06")]
    assert keeper.names("from=2030-05-10&to=2030-05-10") == [("491", "2030-05-06"), ("740", "2030-05-10")]
    page = keeper.client.get(f"{BREAKS}?limit=1&from=2030-01-01&count=exact").json()
    assert page["total"] == 2
    assert keeper.names(f"from=2030-01-01&cursor={page['next']}") == [("740", "2030-05-10")]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"last_on": "2030-05-05"}, "ends-before-it-begins", "/last_on"),
        ({"first_on": "6.5.2030"}, "not-a-date", "/first_on"),
        ({"area": "nowhere"}, "unknown-area", "/area"),
        ({"name": {"en": "Day off"}}, "missing", "/name/fi"),
        ({"days": 3}, "unknown-field", ""),
    ],
    ids=str,
)
def test_a_wrong_break_is_refused_at_its_place(keeper: Keeper, change: Any, code: str, pointer: str) -> None:
    refused = keeper.add(**change)

    assert refused.status_code == 422
    assert [(error["code"], error["pointer"]) for error in refused.json()["errors"]] == [(code, pointer)]


def test_a_change_must_leave_a_break_that_ends_after_it_begins(keeper: Keeper) -> None:
    found = keeper.add().json()

    refused = keeper.patch(found["id"], {"first_on": "2030-05-11"})

    assert [(error["code"], error["pointer"]) for error in refused.json()["errors"]] == [
        ("ends-before-it-begins", "/last_on")
    ]


def test_loading_again_brings_no_break_twice_nor_back_to_where_it_was(keeper: Keeper, database: Database) -> None:
    assert load(database)["school_breaks"] == 2
    [moved] = keeper.client.get(f"{BREAKS}?area=901&from=2026-04-01").json()["items"]
    keeper.patch(moved["id"], {"first_on": "2026-04-01", "last_on": "2026-04-02"})

    assert load(database)["school_breaks"] == 0
    added = GOOD["school_breaks"][0] | {"first_on": "2027-03-01", "last_on": "2027-03-07"}
    assert load(database, changed(("/school_breaks/-", added)))["school_breaks"] == 1
    assert keeper.names("area=county-90") == [
        ("county-90", "2026-02-23"),
        ("901", "2026-04-01"),
        ("county-90", "2027-03-01"),
    ]


def test_the_shipped_plan_loads_once(database: Database) -> None:
    with database.writing(Command("test")) as session:
        made = plan_file.load(session, plan_file.read(plan_file.shipped()))

    assert made["school_breaks"] == 0
