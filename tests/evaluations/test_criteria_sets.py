"""Criteria sets: brought by plans, never changed, public."""

from starlette.testclient import TestClient

from app.areas.models import Area
from app.core import rows
from app.core.database import Database
from app.evaluations.service import criteria
from tests.evaluations import people
from tests.evaluations.conftest import Room

SETS = "/v1/criteria-sets"


def test_anyone_reads_the_sets_of_the_plan(client: TestClient) -> None:
    found = client.get(f"{SETS}?area=county-12").json()["items"]

    assert [(one["code"], one["edition"], one["level"]) for one in found] == [
        ("meeting-place", 1, "place"),
        ("meeting-place-region", 1, "region"),
        ("national-topics", 1, "place"),
    ]
    assert client.get(f"{SETS}?level=region").json()["items"] == [found[1]]
    assert client.get(f"{SETS}?code=national-topics").json()["items"] == [found[2]]
    assert client.get(f"{SETS}?area=nowhere").status_code == 422


def test_a_set_has_its_criteria_in_order(client: TestClient) -> None:
    [listed] = client.get(f"{SETS}?code=meeting-place").json()["items"]

    answer = client.get(f"{SETS}/{listed['id']}")
    whole = answer.json()
    codes = [criterion["code"] for criterion in whole["criteria"]]
    numbers = [(heading, number) for heading, most in (("a", 11), ("b", 4), ("c", 6)) for number in range(1, most + 1)]
    assert codes == [f"{heading}{number}" for heading, number in numbers]
    assert whole["criteria"][0]["area"] == "a"
    assert {criterion["text_source"] for criterion in whole["criteria"]} == {"placeholder"}
    assert (whole["scale"]["min"], whole["scale"]["max"]) == (1, 4)
    assert [heading["code"] for heading in whole["areas"]] == ["a", "b", "c"]
    assert answer.headers["Cache-Control"].startswith("max-age=60,")
    for wrong in ("meeting", "01a20ed2-9a10-7c39-95a1-7a070ff41442"):
        assert client.get(f"{SETS}/{wrong}").status_code == 404


def test_a_code_that_one_county_has_names_its_newest_edition(room: Room) -> None:
    with room.database.writing(people.TEST) as session:
        county_id = rows.find(session, Area, "county-12").id
        criteria.load_sets(session, county_id, [people.spec("alone", edition=edition) for edition in (10, 9)])

    assert room.client.get(f"{SETS}/alone").json()["edition"] == 10
    several = room.client.get(f"{SETS}/small")
    assert (several.status_code, several.json()["code"]) == (404, "several-counties")


def test_an_edition_that_is_there_never_changes(client: TestClient, database: Database) -> None:
    def load(*specs: object) -> int:
        with database.writing(people.TEST) as session:
            return criteria.load_sets(session, rows.find(session, Area, "county-12").id, specs)  # type: ignore[arg-type]

    other = {"criteria": [{"code": "new", "text": {"fi": "Uusi"}}]}
    assert load(people.spec()) == 1
    assert load(people.spec(**other), people.spec(edition=2, **other)) == 1

    found = client.get(f"{SETS}?code=small").json()["items"]
    whole = [client.get(f"{SETS}/{one['id']}").json() for one in found]
    assert [[criterion["code"] for criterion in one["criteria"]] for one in whole] == [[*people.CODES], ["new"]]
    assert [one["edition"] for one in whole] == [1, 2]


def test_a_code_means_the_newest_edition_of_the_county_of_the_place(room: Room) -> None:
    with room.database.writing(people.TEST) as session:
        for county, editions in (("county-12", (3, 2)), ("beside", (9,))):
            county_id = rows.find(session, Area, county).id
            criteria.load_sets(session, county_id, [people.spec(edition=edition) for edition in editions])

    assert room.record(room.own())["criteria_set"]["edition"] == 3
