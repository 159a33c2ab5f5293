"""R7: reviews of documents are recorded, and the latest one says when the next is due."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.accounts.roles import SCOPES_OF, Role
from app.core import clock
from app.core.database import Command, Database
from app.core.errors import Invalid
from app.materials import service
from app.materials.schemas import ReviewWrite
from tests.conftest import trail_of
from tests.live import serving
from tests.materials.test_endpoints import DOCUMENTS, FORM, GUIDE, loaded
from tests.reliability.test_query_counts import counted

Headers = dict[str, str]
OF_GUIDE = f"{DOCUMENTS}/guide-beside/reviews"
OF_FORM = f"{DOCUMENTS}/form-beside/reviews"


@pytest.fixture
def post(client: TestClient, admin: Headers, database: Database) -> Callable[..., Any]:
    """Record a review of the guide, which was reviewed in November 2024 and is reviewed in November or December."""
    loaded(database, [GUIDE, FORM])
    return lambda path, **body: client.post(path, json=body, headers=admin)


def remove(client: TestClient, path: str, headers: Headers, version: int = 1) -> int:
    return client.delete(path, headers=headers | {"If-Match": f'"v{version}"'}).status_code


def periods(client: TestClient, path: str = OF_GUIDE) -> list[str]:
    return [review["reviewed_in"] for review in client.get(path).json()["items"]]


def told(client: TestClient, slug: str = "guide-beside") -> tuple[str | None, str | None, str | None, int]:
    """What a document says of its last and next review, and its version."""
    found = client.get(f"{DOCUMENTS}/{slug}").json()
    return found["last_reviewed_in"], found["next_review_in"], found["due_on"], found["version"]


def test_a_document_of_a_plan_file_has_the_review_that_the_file_states(client: TestClient, database: Database) -> None:
    loaded(database, [GUIDE, FORM])

    [review] = client.get(OF_GUIDE).json()["items"]

    assert (review["reviewed_in"], review["note"]) == ("2024-11", None)
    assert review["document_id"] == client.get(f"{DOCUMENTS}/guide-beside").json()["id"]
    assert periods(client, OF_FORM) == []


def test_a_review_says_when_the_next_is_due(client: TestClient, post: Callable[..., Any]) -> None:
    made = post(OF_GUIDE, reviewed_in="2025-12", note="Yhteystiedot tarkistettu.")

    assert made.status_code == 201, made.text
    assert (made.json()["reviewed_in"], made.json()["note"]) == ("2025-12", "Yhteystiedot tarkistettu.")
    assert client.get(made.headers["Location"]).json() == made.json()
    assert told(client) == ("2025-12", "2026-12", "2026-12-31", 2)
    assert periods(client) == ["2025-12", "2024-11"]


def test_an_earlier_review_that_is_recorded_later_changes_nothing_of_the_document(
    client: TestClient, post: Callable[..., Any]
) -> None:
    before = client.get(f"{DOCUMENTS}/guide-beside").json()

    assert post(OF_GUIDE, reviewed_in="2023-12").status_code == 201

    assert client.get(f"{DOCUMENTS}/guide-beside").json() == before
    assert periods(client) == ["2024-11", "2023-12"]


def test_the_latest_is_that_whose_last_day_is_the_latest(client: TestClient, post: Callable[..., Any]) -> None:
    for period in ("2025", "2025-11", "2024", "2025-12"):
        post(OF_GUIDE, reviewed_in=period)

    assert periods(client) == ["2025-12", "2025", "2025-11", "2024", "2024-11"]
    assert told(client)[0] == "2025-12"
    found = client.get(f"{OF_GUIDE}?limit=2&count=exact").json()
    following = client.get(f"{OF_GUIDE}?limit=3&cursor={found['next']}").json()
    assert [review["reviewed_in"] for review in found["items"] + following["items"]] == periods(client)
    assert (found["total"], following["next"]) == (5, None)


def test_when_a_review_is_taken_away_the_latest_before_it_counts_again(
    client: TestClient, admin: Headers, post: Callable[..., Any], database: Database
) -> None:
    path = post(OF_GUIDE, reviewed_in="2025").headers["Location"]

    assert client.delete(path, headers=admin).status_code == 428
    assert remove(client, path, admin, version=2) == 412
    assert told(client)[0] == "2025"
    assert remove(client, path, admin) == 204
    assert told(client) == ("2024-11", "2025-11", "2025-12-31", 3)
    assert client.get(path).status_code == remove(client, path, admin) == 404
    with database.reading() as session:
        entry, changes = trail_of(session, "removeDocumentReview")[0]
        assert entry.user_id
        assert {(change.kind, change.action) for change in changes} == {
            ("document_review", "deleted"),
            ("reviewed_document", "changed"),
        }


def test_of_a_document_without_reviews_it_is_not_known_when_the_next_is_due(
    client: TestClient, admin: Headers, post: Callable[..., Any]
) -> None:
    made = post(OF_FORM, reviewed_in="2025-09")
    assert told(client, "form-beside")[:3] == ("2025-09", "2028-09", "2028-09-30")

    assert remove(client, made.headers["Location"], admin) == 204

    assert told(client, "form-beside")[:3] == (None, None, None)


def test_the_same_review_again_is_refused(client: TestClient, post: Callable[..., Any]) -> None:
    refused = post(OF_GUIDE, reviewed_in="2024-11", note="Toisin.")

    assert (refused.status_code, refused.json()["code"]) == (409, "reviewed-then-already")
    assert told(client)[3] == 1
    assert post(OF_FORM, reviewed_in="2024-11").status_code == 201


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "missing", "/reviewed_in"),
        ({"reviewed_in": "2199"}, "in-the-future", "/reviewed_in"),
        ({"reviewed_in": "2025-13"}, "wrong-form", "/reviewed_in"),
        ({"reviewed_in": "2025-Q1"}, "wrong-form", "/reviewed_in"),
        ({"reviewed_in": None}, "not-text", "/reviewed_in"),
        ({"reviewed_in": "2025", "note": ""}, "too-short", "/note"),
        ({"reviewed_in": "2025", "note": "x" * 501}, "too-long", "/note"),
        ({"reviewed_in": "2025", "by": "me"}, "unknown-field", ""),
    ],
    ids=str,
)
def test_a_wrong_review_is_refused_at_its_field(
    client: TestClient, post: Callable[..., Any], body: dict[str, Any], code: str, pointer: str
) -> None:
    refused = post(OF_GUIDE, **body)

    assert refused.status_code == 422
    assert [(fault["code"], fault["pointer"] or "") for fault in refused.json()["errors"]] == [(code, pointer)]
    assert periods(client) == ["2024-11"]


def test_a_year_or_a_month_that_has_begun_can_be_stated(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(database, [GUIDE])
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 6, 30, 21, 30, tzinfo=UTC))  # the first of July in Finland

    with database.writing(Command("test")) as session:
        for period in ("2026", "2026-07"):
            service.review(session, "guide-beside", ReviewWrite(reviewed_in=period))
        for period in ("2027", "2026-08"):
            with pytest.raises(Invalid):
                service.review(session, "guide-beside", ReviewWrite(reviewed_in=period))


def test_what_is_not_there_is_not_reviewed(client: TestClient, post: Callable[..., Any]) -> None:
    assert post(f"{DOCUMENTS}/nothing/reviews", reviewed_in="2025").json()["code"] == "no-such-thing"
    assert client.get(f"{DOCUMENTS}/nothing/reviews").status_code == 404
    assert client.get("/v1/document-reviews/2025").status_code == 404


def test_reviews_are_recorded_by_those_who_answer_for_networks_and_above() -> None:
    holders = {role for role, scopes in SCOPES_OF.items() if "materials:write" in scopes}

    assert holders == {Role.admin, Role.coordinator, Role.network_lead}


def test_queries_do_not_grow_with_the_reviews(client: TestClient, post: Callable[..., Any], database: Database) -> None:
    def cost() -> int:
        with counted(database) as statements:
            client.get(f"{OF_GUIDE}?limit=200")
        return len(statements)

    few = cost()
    for year in range(2000, 2020):
        assert post(OF_GUIDE, reviewed_in=str(year)).status_code == 201

    assert cost() == few <= 5


def test_of_those_who_record_and_take_away_at_once_each_is_told_and_the_document_follows(
    client: TestClient, admin: Headers, post: Callable[..., Any], database_url: str
) -> None:
    def crowd(*calls: Callable[[], httpx.Response]) -> list[int]:
        with ThreadPoolExecutor(len(calls)) as pool:
            return sorted(answer.status_code for answer in pool.map(lambda call: call(), calls))

    with serving(database_url) as server, httpx.Client(headers=admin, base_url=server.address, timeout=30) as live:

        def recording(period: str) -> Callable[[], httpx.Response]:
            return lambda: live.post(OF_FORM, json={"reviewed_in": period})

        for month in range(1, 7):
            assert crowd(*[recording(f"2024-{month:02d}")] * 3) == [201, 409, 409]
            path = recording("2025-12")().headers["Location"]
            taking = [lambda gone=path: live.delete(gone, headers={"If-Match": '"v1"'})] * 2
            assert crowd(*taking, recording(f"2025-{month:02d}")) == [201, 204, 404]
            assert told(client, "form-beside")[0] == periods(client, OF_FORM)[0] == f"2025-{month:02d}"
