"""Every write adds to the number of each family that it touches: else what is kept of that family would be stale."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import deployment
from app.core import revisions
from app.core.database import Database, Work
from app.core.revisions import PRIVATE
from app.main import create_app
from app.tables import METADATA
from app.transfer import demo
from tests.conftest import settings_for
from tests.permission_requests import REQUESTS, World
from tests.reliability.public_reads import CONTRACT, watched
from tests.transfer import plans

READS = {
    operation["operationId"]
    for path in CONTRACT["paths"].values()
    for verb, operation in path.items()
    if verb in ("get", "head")
}
WRITES = sorted(set(REQUESTS) - READS)
IN_VAIN = {("erasePerson", "evaluations")}  # looks there for the name of somebody whom no evaluation names
CSV = {"Content-Type": "text/csv"}
DAYS = "place,date,adults,children,families\nkoppa,1996-01-02,5,6,4\nkoppa,1996-01-03,7,6,4\n"
VALUES = "indicator,area,period,value\nsotkanet-127,491,1996,5\nsotkanet-127,491,1997,6\n"
MEMBERS = "network,organisation,role,valid_from\n{network},{organisation},{role},2026-11-01\n"


def numbers(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return revisions.numbers(session.connection())


def touched_and_grown(database: Database, act: Callable[[], Any]) -> tuple[set[str], set[str]]:
    """The public families of the tables that are written to, and those whose number grows."""
    before = numbers(database)
    with watched(database) as touched:
        act()
    after = numbers(database)
    families = {revisions.family_of(METADATA.tables[table]) for table in touched.written}
    return families - {PRIVATE}, {family for family in after if after[family] > before.get(family, 0)}


@pytest.fixture
def database(only_sqlite: str) -> Database:
    return deployment.database(settings_for(only_sqlite))


@pytest.fixture
def client(database: Database) -> Any:
    with TestClient(create_app(settings_for(database.url), database), raise_server_exceptions=False) as made:
        yield made


def test_every_operation_that_writes(client: TestClient, database: Database) -> None:
    world = World(client, database)
    found: dict[str, tuple[set[str], set[str]]] = {}

    for operation in WRITES:
        request = REQUESTS[operation](world, "admin")

        def ask(request: Any = request, operation: str = operation) -> None:
            answer = world.ask("admin", request, operation)
            assert answer.status_code < 300, (operation, answer.text)

        found[operation] = touched_and_grown(database, ask)

    seen = {family for touched, _ in found.values() for family in touched}
    print(f"{len(WRITES)} operations write to {sorted(seen)}")
    untold = {(operation, family) for operation, (touched, grown) in found.items() for family in touched ^ grown}
    assert untold == IN_VAIN
    assert seen >= {"places", "statistics", "organisations", "networks", "meetings", "evaluations", "plan"}


def imported(client: TestClient, known: dict[str, str], kind: str, text: str) -> Any:
    answer = client.post(f"/v1/imports/{kind}", content=text.encode(), headers=known | CSV)
    assert answer.json()["outcome"] in ("done", "unchanged"), answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("kind", "text", "families"),
    [("visits", DAYS, {"statistics"}), ("indicator-values", VALUES, {"indicators"})],
)
def test_imports_of_many_rows(client: TestClient, database: Database, kind: str, text: str, families: set[str]) -> None:
    known = World(client, database).known("admin")

    touched, grown = touched_and_grown(database, lambda: imported(client, known, kind, text))
    _, grown_again = touched_and_grown(database, lambda: imported(client, known, kind, text))

    assert touched == grown == families
    assert grown_again == set()  # nothing was new


def test_an_import_of_members(client: TestClient, database: Database) -> None:
    world = World(client, database)
    seat = world.read("admin", "/v1/networks/network-here/members")["items"][0]
    line = MEMBERS.format(network="network-here", organisation="mikkelin-kaupunki", role=seat["role"]["code"])

    touched, grown = touched_and_grown(database, lambda: imported(client, world.known("admin"), "members", line))

    assert touched == grown == {"networks"}


def test_a_plan_file_and_a_new_edition_of_it(database: Database) -> None:
    more = ("/plan/revision", 2), ("/plan/valid_from", "2026-09-01"), ("/plan/goals/0/text", {"fi": "Toisin"})

    touched, grown = touched_and_grown(database, lambda: plans.load(database))
    touched_by_more, grown_by_more = touched_and_grown(database, lambda: plans.load(database, plans.changed(*more)))
    _, grown_again = touched_and_grown(database, lambda: plans.load(database, plans.changed(*more)))

    assert touched == grown
    assert grown >= {"areas", "organisations", "networks", "plan", "programme", "materials", "year_clock"}
    assert touched_by_more <= grown_by_more
    assert grown_by_more >= {"plan"}
    assert grown_again == set()


def test_the_demo(database: Database) -> None:
    touched, grown = touched_and_grown(database, lambda: demo.load(database))

    assert touched == grown
    assert grown >= {"places", "statistics", "networks", "meetings", "evaluations"}


def test_a_write_past_the_session_that_tells_nobody_is_found(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = World(client, database).known("admin")
    monkeypatch.setattr(Work, "wrote", lambda *_: None)

    touched, grown = touched_and_grown(database, lambda: imported(client, known, "indicator-values", VALUES))

    assert touched - grown == {"indicators"}
