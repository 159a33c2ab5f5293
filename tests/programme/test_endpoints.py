"""Plan 16: forms of early support, under the headings of the county, with those who give them."""

from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.core.database import Command, Database
from app.core.faults import faults_of
from app.organisations.schemas import OrganisationKindSpec
from app.organisations.service import organisations
from app.programme import service
from app.programme.schemas import SupportGroupSpec
from tests import counties

FORMS = "/v1/support-forms"
HERE = f"{FORMS}?area={counties.SLUG}"
KINDS = [{"code": "town", "name": {"fi": "Kunta"}}, {"code": "parish", "name": {"fi": "Seurakunta"}}]
CAFE: dict[str, Any] = {
    "code": "cafe", "name": {"fi": "Perhekahvila"}, "providers": ["parish", "town"], "themes": ["early_support"],
    "url": "https://example.org/kahvila",
}  # fmt: skip
CLUB: dict[str, Any] = {"code": "club", "name": {"fi": "Kerho"}, "providers": ["parish"], "themes": ["early_support2"]}
MEDIATION: dict[str, Any] = {"code": "mediation", "name": {"fi": "Sovittelu"}, "providers": ["town"]}
MEETING: dict[str, Any] = {"code": "meeting", "name": {"fi": "Kohdatuksi tuleminen"}, "forms": [CAFE, CLUB]}
LIFE: dict[str, Any] = {"code": "life", "name": {"fi": "Elämäntilanteet"}, "forms": [MEDIATION]}


def loaded(database: Database, *groups: dict[str, Any]) -> int:
    with database.writing(Command("test")) as session:
        county_id = counties.beside(session)
        organisations.load_kinds(session, county_id, [OrganisationKindSpec.model_validate(kind) for kind in KINDS])
        return service.load(session, county_id, [SupportGroupSpec.model_validate(group) for group in groups])


def codes(client: TestClient, query: str = "") -> list[tuple[str, str]]:
    answer = client.get(f"{HERE}&{query}")
    assert answer.status_code == 200, answer.text
    return [(form["group"]["code"], form["code"]) for form in answer.json()["items"]]


def test_forms_are_listed_in_the_order_of_the_county_under_its_headings(client: TestClient, database: Database) -> None:
    assert loaded(database, MEETING, LIFE) == 5

    assert codes(client) == [("meeting", "cafe"), ("meeting", "club"), ("life", "mediation")]
    cafe = client.get(HERE).json()["items"][0]
    assert cafe["group"] == {"code": "meeting", "name": {"fi": "Kohdatuksi tuleminen", "sv": None, "en": None}}
    assert [(p["code"], p["name"]["fi"]) for p in cafe["providers"]] == [("parish", "Seurakunta"), ("town", "Kunta")]
    assert (cafe["themes"], cafe["url"]) == (["early_support"], "https://example.org/kahvila")
    assert client.get(f"{FORMS}/{cafe['id']}").json() == cafe


def test_forms_are_filtered_by_heading_provider_theme_and_area(client: TestClient, database: Database) -> None:
    loaded(database, MEETING, LIFE)

    assert codes(client, "group=life") == [("life", "mediation")]
    assert codes(client, "provider=town") == [("meeting", "cafe"), ("life", "mediation")]
    assert codes(client, "theme=early_support") == [("meeting", "cafe")]
    assert codes(client, "theme=early-support") == []
    assert codes(client, "provider=town&group=meeting") == [("meeting", "cafe")]
    assert client.get(f"{FORMS}?provider=%22").json()["errors"][0]["parameter"] == "provider"
    assert client.get(f"{FORMS}?area=491").json()["items"] == []


def test_forms_are_walked_page_by_page_in_order(client: TestClient, database: Database) -> None:
    groups = [
        {"code": f"group-{g}", "name": {"fi": "Otsikko"}, "forms": [{**CLUB, "code": f"form-{f}"} for f in range(3)]}
        for g in (2, 0, 1)
    ]
    loaded(database, *groups)
    seen: list[tuple[str, str]] = []
    url = f"{HERE}&limit=2&count=exact"

    while url:
        page = client.get(url)
        seen += [(form["group"]["code"], form["code"]) for form in page.json()["items"]]
        assert page.json()["total"] == 9
        url = page.links["next"]["url"] if page.json()["next"] else ""

    assert seen == [(f"group-{g}", f"form-{f}") for g in (2, 0, 1) for f in range(3)]


def test_a_stored_heading_gets_the_forms_that_it_lacks_and_nothing_else_changes(
    client: TestClient, database: Database
) -> None:
    loaded(database, {**MEETING, "forms": [CAFE]})
    before = client.get(HERE).json()["items"]

    renamed = {**CAFE, "name": {"fi": "Toinen nimi"}}
    assert loaded(database, {**MEETING, "name": {"fi": "Toinen"}, "forms": [renamed, CLUB]}, LIFE) == 3
    assert loaded(database, MEETING, LIFE) == 0

    assert codes(client) == [("meeting", "cafe"), ("meeting", "club"), ("life", "mediation")]
    assert client.get(HERE).json()["items"][:1] == before


@pytest.mark.parametrize("id", ["nothing", "0199aaaa-0000-7000-8000-000000000000"])
def test_an_unknown_form_is_not_found(client: TestClient, id: str) -> None:
    assert client.get(f"{FORMS}/{id}").json()["code"] == "no-such-thing"


def test_a_form_that_is_there_twice_is_refused_at_its_place() -> None:
    with pytest.raises(ValidationError) as broken:
        SupportGroupSpec.model_validate({**MEETING, "forms": [CAFE, CLUB, CAFE]})

    faults = faults_of(broken.value.errors())
    assert [(fault.code, fault.pointer) for fault in faults] == [("taken", "/forms/2/code")]
