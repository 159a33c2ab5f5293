"""The rows that all servers serve: 50 meeting places, most of them invented."""

import sqlite3
import sys
from pathlib import Path

from app import deployment
from app.core.database import Command
from app.settings import Settings
from app.transfer import plan_file
from benchmarks.requests import PLACES
from tests.conftest import headers_of, prepared
from tests.live import SECRET

READER = "reader@example.org"
MUNICIPALITIES = ("491", "507", "740", "178", "046", "097", "213", "593", "623", "681", "768")


def fill(url: str) -> None:
    """Prepare a database and bring its meeting places to ``PLACES``, through a plan."""
    prepared(url)
    database = deployment.database(settings(url))
    there = len(plan_file.read(plan_file.shipped()).meeting_places)
    invented = [_place(n) for n in range(PLACES - there)]
    plan = plan_file.PlanFile.model_validate({"format": 1, "county": "county-12", "meeting_places": invented})
    with database.writing(Command("bench")) as session:
        plan_file.load(session, plan)
    database.engine.dispose()


def signed_in(url: str) -> dict[str, str]:
    """The header of somebody who has just signed in; it holds good for a quarter of an hour."""
    database = deployment.database(settings(url))
    headers = headers_of(database, READER)
    database.engine.dispose()
    return headers


def settings(url: str) -> Settings:
    return Settings(database_url=url, secret_key=SECRET)


def copy(source: Path, target: Path) -> None:
    """The SQLite file as it is now, in a file of its own."""
    with sqlite3.connect(source) as there, sqlite3.connect(target) as here:
        there.backup(here)


def _place(n: int) -> dict[str, object]:
    return {
        "slug": f"invented-{n}",
        "name": {"fi": f"Keksitty kohtaamispaikka {n}", "sv": f"Påhittad mötesplats {n}"},
        "municipality": MUNICIPALITIES[n % len(MUNICIPALITIES)],
        "address": f"Keksittykatu {n}, Mikkeli",
        "description": {"fi": "Avoin kohtaamispaikka perheille, joissa on alle kouluikäisiä lapsia."},
        "opened_on": "2024-08-12",
        "latitude": 61.5 + n / 100,
        "longitude": 27.2 + n / 100,
    }


if __name__ == "__main__":
    fill(sys.argv[1])
