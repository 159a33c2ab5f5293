"""Two who do the same to one network at once: one does it, the other is told."""

from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.core.database import Database
from tests.live import serving
from tests.meetings import networks
from tests.meetings.test_races import ROUNDS, at_once

TERM = {"name": {"fi": "Kausi"}, "starts_on": "2025-01-01"}


@pytest.fixture(autouse=True)
def network(database: Database) -> None:
    networks.found(database, networks.network("ryhma"))


def test_of_those_who_begin_a_term_at_once_one_does(client: TestClient, admin: Any, database_url: str) -> None:
    with serving(database_url) as server, httpx.Client(headers=admin, timeout=30) as known:
        address = f"{server.address}/v1/networks/ryhma/agreement-terms"
        for year in range(2001, 2001 + ROUNDS):
            terms = [
                {"name": {"fi": "Kausi"}, "starts_on": f"{year}-0{month}-01", "ends_on": f"{year}-12-31"}
                for month in (1, 2, 3)
            ]
            assert at_once(*(lambda sent=term: known.post(address, json=sent) for term in terms)) == [201, 409, 409]


def test_of_those_who_record_a_check_of_one_day_at_once_one_does(
    client: TestClient, admin: Any, database_url: str
) -> None:
    with serving(database_url) as server, httpx.Client(headers=admin, timeout=30) as known:
        address = f"{server.address}/v1/networks/ryhma/member-list-checks"
        for n in range(ROUNDS):
            sent = {"checked_on": f"2026-01-0{n + 1}"}
            assert at_once(*[lambda body=sent: known.post(address, json=body)] * 3) == [201, 409, 409]


def test_of_those_who_record_different_days_of_a_step_at_once_one_does(
    client: TestClient, admin: Any, database_url: str
) -> None:
    term = client.post("/v1/networks/ryhma/agreement-terms", json=TERM, headers=admin).json()["id"]

    with serving(database_url) as server, httpx.Client(headers=admin, timeout=30) as known:
        for n in range(ROUNDS):
            address = f"{server.address}/v1/agreement-terms/{term}/steps/review/goals-{n}"
            days = [{"done_on": f"2025-0{month}-01"} for month in (1, 2, 3)]
            calls = [lambda to=address, sent=day: known.put(to, json=sent) for day in days]
            assert at_once(*calls) == [201, 428, 428]
