"""What tests of this room stand on."""

import pytest
from starlette.testclient import TestClient

from app.core.database import Database
from tests.organisations.counties import World


@pytest.fixture
def world(client: TestClient, database: Database, admin: dict[str, str]) -> World:
    return World(client, database, admin)
