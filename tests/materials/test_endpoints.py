"""Plan 11.1 and 12.10, R7: materials, and documents that are reviewed again and again."""

from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.core.database import Command, Database
from app.core.faults import faults_of
from app.materials import service
from app.materials.schemas import DocumentSpec, MaterialSpec
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.networks.service import loading
from tests import counties

DOCUMENTS, MATERIALS = "/v1/reviewed-documents", "/v1/materials"
KIND = {"code": "method", "name": {"fi": "Verkosto"}, "roles": [{"code": "member", "name": {"fi": "Jäsen"}}]}
NETWORK = {"slug": "method-beside", "kind": "method", "name": {"fi": "Menetelmäverkosto"}, "area": counties.SLUG}
RECOMMENDATION: dict[str, Any] = {
    "slug": "recommendation-beside", "kind": "recommendation", "title": {"fi": "Äidinkielinen suositus"},
    "owner": "method-beside", "review_every_months": 24, "last_reviewed_in": "2024", "plan_ref": "9.16",
}  # fmt: skip
GUIDE: dict[str, Any] = {
    "slug": "guide-beside", "kind": "guide", "title": {"fi": "Palveluopas"}, "review_every_months": 12,
    "also_called": [{"fi": "Erotilanteen opas", "sv": "Guide vid skilsmässa"}], "last_reviewed_in": "2024-11",
    "review_from_month": 11, "review_to_month": 12, "url": "https://example.org/opas",
}  # fmt: skip
FORM: dict[str, Any] = {
    "slug": "form-beside", "kind": "form", "title": {"fi": "Lomake"}, "review_every_months": 36
}  # fmt: skip
BROCHURE: dict[str, Any] = {
    "slug": "brochure-beside", "kind": "brochure", "collection": "method", "title": {"fi": "Esite", "sv": "Broschyr"},
    "description": {"fi": "Kutsu vanhemmille."}, "audience": "families", "themes": ["parenting", "safe_everyday"],
    "published_on": "2025-02-01", "url": "https://example.org/esite", "plan_ref": "11.1",
}  # fmt: skip
AS_MATERIAL: dict[str, Any] = {
    "slug": "recommendation-to-read", "kind": "document", "collection": "method", "title": {"fi": "Suositus"},
    "audience": "professionals", "themes": ["parenting2"], "document": "recommendation-beside",
}  # fmt: skip
SWEDISH: dict[str, Any] = {
    "slug": "site-beside", "kind": "site", "title": {"fi": "Sivusto"}, "language": "sv", "audience": "families"
}  # fmt: skip


def loaded(database: Database, documents: list[Any], materials: list[Any] | None = None) -> tuple[int, int]:
    with database.writing(Command("test")) as session:
        county_id = counties.beside(session)
        loading.load_kinds(session, county_id, [NetworkKindSpec.model_validate(KIND)])
        loading.load(session, county_id, [NetworkSpec.model_validate(NETWORK)])
        read = [DocumentSpec.model_validate(document) for document in documents]
        made = service.load_documents(session, county_id, read)
        others = [MaterialSpec.model_validate(material) for material in materials or []]
        return made, service.load(session, county_id, others)


def slugs(client: TestClient, path: str, query: str) -> list[str]:
    answer = client.get(f"{path}?area={counties.SLUG}&{query}")
    assert answer.status_code == 200, answer.text
    return [one["slug"] for one in answer.json()["items"]]


def test_a_document_says_who_answers_for_it_and_when_it_is_reviewed_next(
    client: TestClient, database: Database
) -> None:
    assert loaded(database, [RECOMMENDATION, GUIDE]) == (2, 0)

    found = client.get(f"{DOCUMENTS}/recommendation-beside").json()

    assert found["title"] == {"fi": "Äidinkielinen suositus", "sv": None, "en": None}
    assert (found["kind"], found["plan_ref"], found["url"]) == ("recommendation", "9.16", None)
    assert (found["owner"]["slug"], found["owner"]["name"]["fi"]) == ("method-beside", "Menetelmäverkosto")
    assert (found["review_every_months"], found["last_reviewed_in"], found["next_review_in"]) == (24, "2024", "2026")
    assert (found["review_from_month"], found["review_to_month"], found["due_on"]) == (None, None, "2026-12-31")
    assert client.get(f"{DOCUMENTS}/{found['id']}").json() == found


def test_a_document_with_a_window_is_due_when_the_window_ends(client: TestClient, database: Database) -> None:
    loaded(database, [GUIDE])

    found = client.get(f"{DOCUMENTS}/guide-beside").json()

    assert (found["review_from_month"], found["review_to_month"]) == (11, 12)
    assert (found["last_reviewed_in"], found["next_review_in"], found["due_on"]) == ("2024-11", "2025-11", "2025-12-31")
    assert found["owner"] is None
    assert found["also_called"] == [{"fi": "Erotilanteen opas", "sv": "Guide vid skilsmässa", "en": None}]


def test_of_a_document_that_was_never_reviewed_nothing_is_derived(client: TestClient, database: Database) -> None:
    loaded(database, [FORM])

    found = client.get(f"{DOCUMENTS}/form-beside").json()

    assert (found["last_reviewed_in"], found["next_review_in"], found["due_on"]) == (None, None, None)


def test_documents_are_listed_by_title_and_filtered(client: TestClient, database: Database) -> None:
    loaded(database, [RECOMMENDATION, GUIDE, FORM])

    assert slugs(client, DOCUMENTS, "") == ["form-beside", "guide-beside", "recommendation-beside"]
    assert slugs(client, DOCUMENTS, "kind=guide") == ["guide-beside"]
    assert slugs(client, DOCUMENTS, "owner=method-beside") == ["recommendation-beside"]
    assert slugs(client, DOCUMENTS, "q=SKILSMASSA") == ["guide-beside"]
    assert client.get(f"{DOCUMENTS}?owner=nobody").json()["errors"][0]["parameter"] == "owner"
    assert "guide-beside" not in [one["slug"] for one in client.get(f"{DOCUMENTS}?area=491").json()["items"]]


def test_the_documents_that_are_due_by_a_day_are_those_whose_time_is_over_then(
    client: TestClient, database: Database
) -> None:
    loaded(database, [RECOMMENDATION, GUIDE, FORM])

    assert slugs(client, DOCUMENTS, "due_by=2025-12-30") == []
    assert slugs(client, DOCUMENTS, "due_by=2025-12-31") == ["guide-beside"]
    assert slugs(client, DOCUMENTS, "due_by=2026-12-30") == ["guide-beside"]
    assert slugs(client, DOCUMENTS, "due_by=2026-12-31") == ["guide-beside", "recommendation-beside"]
    assert client.get(f"{DOCUMENTS}?due_by=2026").json()["errors"][0]["parameter"] == "due_by"


def test_a_material_says_for_whom_it_is_and_which_document_it_is(client: TestClient, database: Database) -> None:
    assert loaded(database, [RECOMMENDATION], [BROCHURE, AS_MATERIAL]) == (1, 2)

    brochure = client.get(f"{MATERIALS}/brochure-beside").json()
    told = {name: brochure[name] for name in ("kind", "collection", "audience", "themes", "language", "published_on")}
    assert told == {
        "kind": "brochure",
        "collection": "method",
        "audience": "families",
        "themes": ["parenting", "safe_everyday"],
        "language": "fi",
        "published_on": "2025-02-01",
    }
    assert (brochure["url"], brochure["plan_ref"], brochure["document"]) == ("https://example.org/esite", "11.1", None)
    assert brochure["description"]["fi"] == "Kutsu vanhemmille."
    assert client.get(f"{MATERIALS}/{brochure['id']}").json() == brochure
    document = client.get(f"{MATERIALS}/recommendation-to-read").json()["document"]
    assert (document["slug"], document["title"]["fi"]) == ("recommendation-beside", "Äidinkielinen suositus")


def test_materials_are_listed_by_title_and_filtered(client: TestClient, database: Database) -> None:
    loaded(database, [RECOMMENDATION], [SWEDISH, AS_MATERIAL, BROCHURE])

    assert slugs(client, MATERIALS, "") == ["brochure-beside", "site-beside", "recommendation-to-read"]
    assert slugs(client, MATERIALS, "kind=site") == ["site-beside"]
    assert slugs(client, MATERIALS, "collection=method") == ["brochure-beside", "recommendation-to-read"]
    assert slugs(client, MATERIALS, "audience=families") == ["brochure-beside", "site-beside"]
    assert slugs(client, MATERIALS, "theme=parenting") == ["brochure-beside"]
    assert slugs(client, MATERIALS, "theme=safe_everyday") == ["brochure-beside"]
    assert slugs(client, MATERIALS, "theme=safexeveryday") == []
    assert slugs(client, MATERIALS, "language=sv") == ["site-beside"]
    assert slugs(client, MATERIALS, "q=broschyr") == ["brochure-beside"]
    assert client.get(f"{MATERIALS}?theme=%25").json()["errors"][0]["parameter"] == "theme"
    assert client.get(f"{MATERIALS}/nothing").json()["code"] == "no-such-thing"


def test_both_lists_are_walked_page_by_page(client: TestClient, database: Database) -> None:
    many = [{**GUIDE, "slug": f"guide-{n}"} for n in range(5)], [{**BROCHURE, "slug": f"one-{n}"} for n in range(5)]
    loaded(database, *many)

    for path in (DOCUMENTS, MATERIALS):
        seen: list[str] = []
        url = f"{path}?area={counties.SLUG}&limit=2&count=exact"
        while url:
            page = client.get(url)
            seen += [one["slug"] for one in page.json()["items"]]
            assert page.json()["total"] == 5
            url = page.links["next"]["url"] if page.json()["next"] else ""
        assert len(seen) == len(set(seen)) == 5


def test_what_is_stored_stays_as_it_is(client: TestClient, database: Database) -> None:
    loaded(database, [GUIDE], [BROCHURE])
    guide = client.get(f"{DOCUMENTS}/guide-beside").json()
    brochure = client.get(f"{MATERIALS}/brochure-beside").json()

    again = [{**GUIDE, "last_reviewed_in": "2030"}, FORM], [{**BROCHURE, "kind": "site"}]
    assert loaded(database, *again) == (1, 0)

    assert client.get(f"{DOCUMENTS}/guide-beside").json() == guide
    assert client.get(f"{MATERIALS}/brochure-beside").json() == brochure


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"review_to_month": None}, "half-a-window", "/review_from_month"),
        ({"review_from_month": None}, "half-a-window", "/review_from_month"),
        ({"review_to_month": 10}, "ends-before-it-begins", "/review_to_month"),
        ({"review_to_month": 13}, "too-large", "/review_to_month"),
        ({"last_reviewed_in": "2024-13"}, "wrong-form", "/last_reviewed_in"),
        ({"last_reviewed_in": "24"}, "wrong-form", "/last_reviewed_in"),
        ({"review_every_months": 0}, "too-small", "/review_every_months"),
        ({"url": "opas.pdf"}, "wrong-form", "/url"),
    ],
    ids=str,
)
def test_a_wrong_document_in_a_plan_file_is_refused_at_its_place(
    change: dict[str, Any], code: str, pointer: str
) -> None:
    with pytest.raises(ValidationError) as broken:
        DocumentSpec.model_validate(GUIDE | change)

    assert [(fault.code, fault.pointer) for fault in faults_of(broken.value.errors())] == [(code, pointer)]
