"""Who may do what, held against a table that people wrote: every operation, every caller.

``permissions.csv`` says the status of each answer. It is not made from what the server does, and must not be.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.core.database import Database
from tests.permission_checks import CHECKS
from tests.permission_requests import CALLERS, REQUESTS, TAKES, World

TABLE = Path(__file__).parent / "permissions.csv"
CONTRACT = json.loads((Path(__file__).parents[1] / "openapi" / "v1.json").read_text("utf-8"))
OPERATIONS = [operation["operationId"] for verbs in CONTRACT["paths"].values() for operation in verbs.values()]
Cell = tuple[str, str]


def rows_of_the_table() -> list[tuple[str, str, int]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [(row["operation"], row["caller"], int(row["verdict"])) for row in csv.DictReader(file)]


ROWS = rows_of_the_table()
VERDICTS: dict[Cell, int] = {(operation, caller): verdict for operation, caller, verdict in ROWS}


@pytest.fixture
def world(client: TestClient, database: Database) -> World:
    return World(client, database)


def wrong_cells(world: World, operations: Iterable[str]) -> Iterator[str]:
    """What does not come out as the table says, one by one."""
    for operation in operations:
        for caller in CALLERS:
            wanted = VERDICTS[operation, caller]
            answer = world.ask(caller, REQUESTS[operation](world, caller), operation)
            if answer.status_code != wanted:
                problem = answer.json().get("code") if answer.status_code >= 400 else None
                yield f"{operation} by {caller}: wanted {wanted}, found {answer.status_code} {problem or ''}".rstrip()


def wrong_checks(world: World, sentences: Iterable[str]) -> Iterator[str]:
    """The checks beside the table whose answer is another."""
    for sentence in sentences:
        ask, wanted = CHECKS[sentence]
        found = ask(world)
        if found != wanted:
            yield f"{sentence}: wanted {wanted}, found {found}"


def test_the_table_has_a_cell_for_every_operation_and_caller_in_order() -> None:
    cells = [(operation, caller) for operation, caller, _ in ROWS]

    assert [cell for cell, times in Counter(cells).items() if times > 1] == []
    assert {operation for operation, _ in cells} - set(OPERATIONS) == set()
    assert set(OPERATIONS) - {operation for operation, _ in cells} == set()
    assert {caller for _, caller in cells} - set(CALLERS) == set()
    assert cells == [(operation, caller) for operation in OPERATIONS for caller in CALLERS]
    assert len(cells) >= 200


def test_every_operation_has_a_request_and_those_with_a_scope_say_which() -> None:
    scoped = {
        operation["operationId"]: scopes
        for verbs in CONTRACT["paths"].values()
        for operation in verbs.values()
        if (scopes := [scope for way in operation["security"] for scope in way.get("password", ())])
    }

    assert set(REQUESTS) == set(OPERATIONS)
    assert {operation: [takes[0]] for operation, takes in TAKES.items()} == scoped


def test_every_cell_is_as_the_table_says(world: World) -> None:
    wrong = list(wrong_cells(world, OPERATIONS))

    print(f"{len(ROWS)} cells, {len(wrong)} mismatches")
    assert wrong == [], "\n" + "\n".join(wrong)


def test_lists_show_what_is_within_reach_and_nothing_wider_is_given(world: World) -> None:
    wrong = list(wrong_checks(world, CHECKS))

    print(f"{len(CHECKS)} checks beside the table, {len(wrong)} mismatches")
    assert wrong == [], "\n" + "\n".join(wrong)
