"""What tests of the core stand on."""

import pytest

from app.core import clock
from tests.core.read_world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made
