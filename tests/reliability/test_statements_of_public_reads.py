"""A public read states every family of data that it shows, and no other: it is kept until one of them grows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import deployment
from app.areas.models import Area
from app.core import clock, rows
from app.core.database import Command, Database
from app.core.localized import Localized
from app.core.revision_check import NoCheck
from app.core.revisions import PRIVATE
from app.main import create_app
from app.settings import Settings
from app.transfer import demo
from tests.conftest import settings_for
from tests.permission_requests import ANONYMOUS, World
from tests.reliability.public_reads import questions, routes_of_public_reads, watched

MOMENTS = (time(0, 0, 1), time(1, 59, 59), time(12), time(23, 59, 59))  # of one day in Helsinki; in UTC, of two
PLACE = "/v1/meeting-places/koppa"  # shows the name of a municipality


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[World]:
    """The demo, and the things of the permission walk, before an application that keeps no answers."""
    file = tmp_path_factory.mktemp("public") / "test.db"
    file.write_bytes(sqlite_template.read_bytes())
    settings = settings_for(f"sqlite:///{file}")
    database = deployment.database(settings)
    demo.load(database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.main.revision_check", lambda _: NoCheck())
        app = create_app(settings, database)
    with TestClient(app) as client:
        yield World(client, database)


def routes(world: World) -> dict[str, Any]:
    return routes_of_public_reads(world.client.app)  # type: ignore[arg-type]


def wrongly_stated(world: World, operations: list[str]) -> dict[str, set[str]]:
    """The families that a read shows and does not state, or states and does not show."""
    wrong: dict[str, set[str]] = {}
    for operation in operations:
        shown: set[str] = set()
        for name, path in questions(world, operation):
            with watched(world.database) as touched:
                answer = world.ask(ANONYMOUS, ("GET", path, {}))
            assert answer.status_code == 200, (name, answer.text)
            shown |= touched.families
        if difference := shown ^ set(routes(world)[operation].need.families):
            wrong[operation] = difference
    return wrong


def test_a_public_read_states_the_families_that_it_shows_and_no_other(world: World) -> None:
    operations = list(routes(world))

    wrong = wrongly_stated(world, operations)

    assert len(operations) >= 35
    assert wrong == {}


def test_a_family_that_is_not_stated_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    route = routes(world)["readMeetingPlace"]
    monkeypatch.setattr(route, "need", replace(route.need, families=("places",)))

    wrong = wrongly_stated(world, ["readMeetingPlace"])

    assert wrong == {"readMeetingPlace": {"areas"}}


def test_no_table_that_nothing_public_shows_is_read_for_anyone(world: World) -> None:
    found = {need for route in routes(world).values() for need in route.need.families}

    assert PRIVATE not in found  # and what is shown is what is stated, as above


def answers_at(
    world: World, operations: list[str], instants: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> dict[str, set[bytes]]:
    """What each question is answered at these instants."""
    found: dict[str, set[bytes]] = {}
    for operation in operations:
        for name, path in questions(world, operation):
            for instant in instants:
                monkeypatch.setattr(clock, "now", lambda instant=instant: instant)
                found.setdefault(name, set()).add(world.ask(ANONYMOUS, ("GET", path, {})).content)
            monkeypatch.undo()
    return found


def test_all_day_a_public_read_is_answered_alike_unless_it_states_the_minute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.today()
    instants = [datetime.combine(today, moment, clock.HELSINKI).astimezone(UTC) for moment in MOMENTS]
    with_the_minute = {name for name, route in routes(world).items() if route.need.changes_with == "minute"}

    found = answers_at(world, list(routes(world)), instants, monkeypatch)

    print(f"{len(found)} questions at {len(MOMENTS)} moments of {today}")
    assert {name.split("?")[0].split(" ")[0] for name, answers in found.items() if len(answers) > 1} == with_the_minute


def test_another_day_some_are_answered_otherwise(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime.combine(clock.today(), time(12), UTC)

    found = answers_at(world, ["listVisitSummaries"], [noon, noon + timedelta(days=500)], monkeypatch)

    assert len(found["listVisitSummaries at large"]) == 2


def rename(database: Database, slug: str, name: str) -> None:
    with database.writing(Command("test")) as session:
        rows.find(session, Area, slug).name = Localized(fi=name)


@pytest.mark.parametrize(("stated", "seen"), [(("places", "areas"), "Uusi nimi"), (("places",), "Mikkeli")])
def test_an_answer_kept_without_one_of_its_families_would_be_stale(
    only_sqlite: str, monkeypatch: pytest.MonkeyPatch, stated: tuple[str, ...], seen: str
) -> None:
    settings: Settings = settings_for(only_sqlite)
    database = deployment.database(settings)
    route = routes_of_public_reads(create_app(settings, database))["readMeetingPlace"]
    monkeypatch.setattr(route, "need", replace(route.need, families=stated))

    with TestClient(create_app(settings, database)) as client:
        client.get(PLACE)
        rename(database, "491", "Uusi nimi")
        answer = client.get(PLACE).json()

    assert answer["municipality"]["name"]["fi"] == seen
