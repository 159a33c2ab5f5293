"""A list page by page is the list in one piece, whatever it is ordered by."""

import pytest
from starlette.testclient import TestClient

from app.core.database import Command, Database
from tests.organisations.counties import settle
from tests.reliability.test_query_counts import LISTS, Headers, grow, grow_plan, grow_the_plan

PAGED = [path.partition("?")[0] for path in LISTS if path.endswith("limit=200")]
OTHERS = ["/v1/users", "/v1/grants", "/v1/audit-entries", "/v1/statistics-forms", "/v1/plans", "/v1/network-kinds"]


def test_a_list_page_by_page_is_the_list_in_one_piece(client: TestClient, admin: Headers, database: Database) -> None:
    with database.writing(Command("test")) as session:
        settle(session)
    grow(client, admin, range(3))
    grow_the_plan(database, range(3))
    grow_plan(database, range(3))
    most_pages = 0

    for path in dict.fromkeys([*PAGED, *OTHERS]):
        whole = client.get(path, params={"limit": 200}, headers=admin).json()["items"]
        size = max(1, len(whole) // 3)
        walked, after, pages = [], None, 0
        while pages == 0 or after:
            asked = {"limit": str(size), "count": "exact", **({"cursor": after} if after else {})}
            page = client.get(path, params=asked, headers=admin).json()
            assert page["total"] == len(whole)
            walked += page["items"]
            after, pages = page["next"], pages + 1

        assert walked == whole, path
        most_pages = max(most_pages, pages)
    assert most_pages >= 3


@pytest.mark.parametrize("limit", [1, 2])
def test_the_page_that_ends_a_list_names_no_next_one(client: TestClient, admin: Headers, limit: int) -> None:
    everybody = client.get("/v1/users", headers=admin).json()["items"]

    last = client.get("/v1/users", params={"limit": len(everybody)}, headers=admin)
    first = client.get("/v1/users", params={"limit": limit}, headers=admin)

    assert (last.json()["next"], "next" in last.links) == (None, False)
    assert first.links["next"]["url"].endswith(first.json()["next"])
