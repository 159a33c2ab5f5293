"""Networks that meet, as in the tests of meetings."""

from collections.abc import Callable
from datetime import datetime

import pytest

from app.core import clock
from app.core.database import Database
from tests.conftest import headers_of
from tests.meetings.conftest import Room, ground, room

__all__ = ["ground", "room"]


@pytest.fixture
def at(room: Room, database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Let it be another moment from now on, at which people sign in again."""

    def let_it_be(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        room.admin.update(headers_of(database, "admin@example.org"))
        room.coordinator.update(headers_of(database, "county@example.org"))

    return let_it_be
