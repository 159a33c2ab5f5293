"""The number of queries of an answer does not grow with what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from app.core.database import Database
from tests.transfer.plans import GOOD, changed, load

Headers = dict[str, str]
LISTS = [
    "/v1/areas?limit=200",
    "/v1/meeting-places?limit=200",
    "/v1/plans?area=county-90",
    "/v1/plans/county-90-plan",
    "/v1/plans/county-90-plan/focus-areas",
    "/v1/plans/county-90-plan/goals?limit=200",
    "/v1/plans/county-90-plan/rules?limit=200",
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


def grow_plan(database: Database, rounds: range) -> None:
    """An edition of a plan with a goal, two measures and a rule for each round."""
    text = {"fi": "Teksti"}
    measures = [{"code": code, "text": text} for code in "ab"]
    goal = {"plan_ref": "4", "text": text, "network_kind": "local_group", "focus_areas": ["f1"], "measures": measures}
    plan = GOOD["plan"]
    load(
        database,
        changed(
            ("/plan/revision", 1 + rounds.stop),
            ("/plan/valid_from", f"2026-02-{rounds.stop:02d}"),
            ("/plan/goals", [*plan["goals"], *(goal | {"code": f"g{n}"} for n in range(rounds.stop))]),
            ("/plan/rules", [*plan["rules"], *(plan["rules"][0] | {"code": f"r{n}"} for n in range(rounds.stop))]),
        ),
    )


def grow(client: TestClient, admin: Headers, rounds: range) -> None:
    for n in rounds:
        client.post("/v1/meeting-places", json={"name": {"fi": f"Tupa {n}"}, "municipality": "593"}, headers=admin)
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

    grow(client, admin, range(2))
    grow_plan(database, range(2))
    for path in LISTS:
        with counted(database) as statements:
            client.get(path, headers=headers)
        few[path] = len(statements)
    grow(client, admin, range(2, 22))
    grow_plan(database, range(2, 22))
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
