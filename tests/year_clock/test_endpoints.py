"""Plan 14: a year clock says in which months networks of a kind meet, how, and about what."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.core import clock
from app.core.database import Command, Database
from app.core.faults import faults_of
from app.networks.schemas import NetworkKindSpec
from app.networks.service import loading
from app.year_clock import service
from app.year_clock.schemas import YearClockSpec
from tests import counties

CLOCKS = "/v1/year-clocks"
KINDS = [
    {"code": code, "name": {"fi": name}, "roles": [{"code": "member", "name": {"fi": "Jäsen"}}]}
    for code, name in (("local", "Paikallinen ryhmä"), ("joint", "Yhteiset tapaamiset"))
]
WINDOWS: list[dict[str, Any]] = [
    {"code": "winter", "name": {"fi": "Talvi"}, "network_kind": "local", "first_month": 1, "last_month": 2,
     "topics": [{"code": "leaders", "text": {"fi": "Tietoa päättäjille", "sv": "Till beslutsfattarna"}},
                {"code": "members", "text": {"fi": "Jäsenlistan tarkistus"}}],
     "tasks": [{"code": "members", "text": {"fi": "Tarkistetaan jäsenlista", "en": "Check the members"}}]},
    {"code": "spring", "name": {"fi": "Kevät"}, "network_kind": "joint", "first_month": 3, "last_month": 4,
     "mode": "live"},
    {"code": "autumn", "name": {"fi": "Syksy"}, "network_kind": "joint", "first_month": 10, "last_month": 10,
     "mode": "remote"},
]  # fmt: skip


def spec(**other: Any) -> YearClockSpec:
    told = {"slug": "clock-beside", "name": {"fi": "Vuosikello"}, "plan_ref": "14", "windows": WINDOWS}
    return YearClockSpec.model_validate(told | other)


def loaded(database: Database, *specs: YearClockSpec) -> int:
    with database.writing(Command("test")) as session:
        county_id = counties.beside(session)
        loading.load_kinds(session, county_id, [NetworkKindSpec.model_validate(kind) for kind in KINDS])
        return service.load(session, county_id, specs)


def test_a_clock_shows_its_windows_in_order_as_they_are_in_the_year_asked_for(
    client: TestClient, database: Database
) -> None:
    assert loaded(database, spec()) == 1

    found = client.get(f"{CLOCKS}/clock-beside?year=2028").json()

    assert (found["slug"], found["plan_ref"], found["year"]) == ("clock-beside", "14", 2028)
    assert [(w["code"], w["from"], w["to"], w["mode"]) for w in found["windows"]] == [
        ("winter", "2028-01-01", "2028-02-29", None),
        ("spring", "2028-03-01", "2028-04-30", "live"),
        ("autumn", "2028-10-01", "2028-10-31", "remote"),
    ]
    winter = found["windows"][0]
    assert (winter["first_month"], winter["last_month"]) == (1, 2)
    assert winter["network_kind"] == {"code": "local", "name": {"fi": "Paikallinen ryhmä", "sv": None, "en": None}}
    assert winter["topics"][0] == {
        "code": "leaders",
        "text": {"fi": "Tietoa päättäjille", "sv": "Till beslutsfattarna", "en": None},
    }
    assert [topic["code"] for topic in winter["topics"]] == ["leaders", "members"]
    assert winter["tasks"] == [
        {"code": "members", "text": {"fi": "Tarkistetaan jäsenlista", "sv": None, "en": "Check the members"}}
    ]
    assert found["windows"][1]["tasks"] == []
    assert client.get(f"{CLOCKS}/{found['id']}?year=2028").json() == found


@pytest.fixture
def new_year_in_helsinki(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last hours of 2026 in UTC, when it is 2027 in Helsinki."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 23, 0, tzinfo=UTC))


@pytest.mark.usefixtures("new_year_in_helsinki")
def test_without_a_year_a_clock_is_that_of_the_present_year_in_helsinki(client: TestClient, database: Database) -> None:
    loaded(database, spec())

    assert client.get(f"{CLOCKS}/clock-beside").json()["year"] == 2027


@pytest.mark.parametrize("year", ["1989", "2101", "27", "2027.0", "+2027", "x"])
def test_a_year_that_no_plan_has_is_refused(client: TestClient, year: str) -> None:
    refused = client.get(f"{CLOCKS}/clock-beside", params={"year": year})

    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "year")


def test_clocks_are_listed_by_the_area_on_whose_plan_they_stand(client: TestClient, database: Database) -> None:
    loaded(database, *(spec(slug=f"clock-{n}") for n in (3, 1, 2)))

    def slugs(query: str) -> list[str]:
        return [one["slug"] for one in client.get(f"{CLOCKS}?{query}").json()["items"]]

    page = client.get(f"{CLOCKS}?area={counties.SLUG}&limit=2&count=exact").json()
    assert [one["slug"] for one in page["items"]] == ["clock-1", "clock-2"]
    assert page["total"] == 3
    assert slugs(f"area={counties.SLUG}&limit=2&cursor={page['next']}") == ["clock-3"]
    assert {"clock-1", "clock-2", "clock-3"} <= set(slugs("area=finland"))
    assert "clock-1" not in slugs("area=county-12")
    assert slugs("area=491") == []


def test_a_clock_that_is_stored_stays_as_it_is(client: TestClient, database: Database) -> None:
    loaded(database, spec())
    before = client.get(f"{CLOCKS}/clock-beside?year=2027").json()

    assert loaded(database, spec(name={"fi": "Toinen"}, windows=WINDOWS[:1]), spec(slug="clock-new")) == 1

    assert client.get(f"{CLOCKS}/clock-beside?year=2027").json() == before
    assert client.get(f"{CLOCKS}/clock-new").status_code == 200


def test_an_unknown_clock_is_not_found(client: TestClient) -> None:
    assert client.get(f"{CLOCKS}/nothing").json()["code"] == "no-such-thing"


@pytest.mark.parametrize(
    ("windows", "code", "pointer"),
    [
        ([WINDOWS[0] | {"first_month": 11, "last_month": 1}], "ends-before-it-begins", "/windows/0/last_month"),
        ([WINDOWS[0] | {"first_month": 0}], "too-small", "/windows/0/first_month"),
        ([*WINDOWS, WINDOWS[1]], "taken", "/windows/3/code"),
        ([WINDOWS[0] | {"topics": [WINDOWS[0]["topics"][0]] * 2}], "taken", "/windows/0/topics/1/code"),
        ([WINDOWS[0] | {"mode": "by post"}], "not-one-of", "/windows/0/mode"),
        ([], "too-few", "/windows"),
    ],
    ids=str,
)
def test_a_wrong_clock_in_a_plan_file_is_refused_at_its_place(
    windows: list[dict[str, Any]], code: str, pointer: str
) -> None:
    with pytest.raises(ValidationError) as broken:
        spec(windows=windows)

    assert [(fault.code, fault.pointer) for fault in faults_of(broken.value.errors())] == [(code, pointer)]
