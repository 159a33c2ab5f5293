"""The number of queries of an answer does not grow with what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from app.core.database import Command, Database
from tests.organisations.counties import LATER, settle

Headers = dict[str, str]
LISTS = [
    "/v1/areas?limit=200",
    "/v1/meeting-places?limit=200",
    "/v1/organisation-kinds?limit=200",
    "/v1/organisations?limit=200",
    "/v1/persons?limit=200",
    "/v1/visits?limit=200",
    "/v1/meeting-places/koppa/visits?limit=200",
    "/v1/statistics-forms",
    "/v1/visit-summaries?by=month&group=place&from=2025-01&to=2026-06",
    "/v1/visit-summaries?by=year&group=county&from=2025&to=2026",
    "/v1/indicators?limit=200",
    "/v1/indicators/sotkanet-127/series",
]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def count(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith(("BEGIN", "ROLLBACK")):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    yield statements
    event.remove(database.engine, "before_cursor_execute", count)


def grow(client: TestClient, admin: Headers, rounds: range) -> None:
    for n in rounds:
        client.post("/v1/meeting-places", json={"name": {"fi": f"Tupa {n}"}, "municipality": "593"}, headers=admin)
    for n in rounds:
        made = {"name": {"fi": f"Seura {n}"}, "kind": "seura", "municipality": "593"}
        assert client.post("/v1/organisations", json=made, headers=admin).status_code == 201
        made = {"display_name": f"Maija {n}", "organisation": f"seura-{n}", "purpose": "x", "retention_until": LATER}
        assert client.post("/v1/persons", json=made, headers=admin).status_code == 201
    rows = [
        f"{place},2026-0{1 + n % 6}-1{n % 7},{n + 3},{n + 4}"
        for n in rounds
        for place in ("koppa", "juva", f"tupa-{n}")
    ]
    body = "\n".join(["place,date,adults,children", *rows])
    typed = admin | {"Content-Type": "text/csv"}
    assert client.post("/v1/imports/visits", content=body.encode(), headers=typed).json()["outcome"] == "done"
    values = "\n".join(
        ["indicator,area,period,value", *(f"sotkanet-127,{a},{2000 + n},5" for n in rounds for a in ("491", "507"))]
    )
    assert (
        client.post("/v1/imports/indicator-values", content=values.encode(), headers=typed).json()["outcome"] == "done"
    )


@pytest.mark.parametrize("caller", ["anyone", "admin"])
def test_queries_do_not_grow_with_the_rows(client: TestClient, admin: Headers, database: Database, caller: str) -> None:
    headers = admin if caller == "admin" else {}
    few: dict[str, int] = {}
    with database.writing(Command("test")) as session:
        settle(session)

    grow(client, admin, range(2))
    for path in LISTS:
        with counted(database) as statements:
            client.get(path, headers=headers)
        few[path] = len(statements)
    grow(client, admin, range(2, 22))
    many = {}
    for path in LISTS:
        with counted(database) as statements:
            client.get(path, headers=headers)
        many[path] = len(statements)

    assert many == few
    assert max(few.values()) <= 12, few


def test_statements_of_an_import_do_not_grow_with_its_rows(
    client: TestClient, admin: Headers, database: Database
) -> None:
    def cost(days: int) -> int:
        rows = "\n".join(f"koppa,2026-05-{n + 1:02d},5" for n in range(days))
        with counted(database) as statements:
            body = f"place,date,adults\n{rows}".encode()
            answer = client.post("/v1/imports/visits", content=body, headers=admin | {"Content-Type": "text/csv"})
        assert answer.json()["counts"]["created"] > 0
        return len(statements)

    assert cost(2) == cost(28)
