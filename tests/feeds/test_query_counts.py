"""The number of queries of a calendar does not grow with what it shows."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import Database
from tests.feeds.test_addresses import PATH, make, path_of
from tests.meetings.conftest import Room
from tests.reliability.test_query_counts import counted


@pytest.mark.parametrize("caller", ["anyone", "coordinator"])
def test_queries_do_not_grow_with_the_rows(room: Room, database: Database, caller: str) -> None:
    headers = room.coordinator if caller == "coordinator" else {}
    secret = [path_of(make(room, *of)) for of in (("me",), ("network", "ryhma"), ("area", "county-12"))]
    first = room.plan()["id"]
    paths = ["/v1/calendars/ryhma.ics", "/v1/calendars/areas/county-12.ics", f"/v1/meetings/{first}/calendar.ics"]
    room.get(paths[0], {})  # names the installation

    def grow(first: int, last: int) -> None:
        for n in range(first, last):
            agenda = [{"title": "Asia", "is_public": True}] * 3
            room.plan(clock.today() + timedelta(days=n), led_by="toinen", agenda=agenda)
            make(room, "network", "ryhma")

    def costs() -> dict[str, int]:
        found = {}
        for path in (*paths, *secret):
            with counted(database) as statements:
                assert room.get(path, headers if path in paths else {}).status_code == 200
            found[path] = len(statements)
        with counted(database) as statements:
            assert len(room.get(f"{PATH}?limit=200").json()["items"]) >= 3
        return found | {PATH: len(statements)}

    grow(0, 2)
    few = costs()
    grow(2, 22)

    assert costs() == few
    assert max(few.values()) <= 10, few
