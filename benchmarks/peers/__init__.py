"""Peers: what others would take for the same task, on the same rows and the same request.

They run in an environment of their own, which ``make bench-peers`` makes; this module needs none of it.
"""

import json
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import make_url

from benchmarks import rows
from benchmarks.requests import PLACES
from benchmarks.servers import Start

HERE = Path(__file__).parent
COUNTED = ("datasette", "django", "djangorestframework", "gunicorn", "uvicorn")
LIST = """
select p.sort_name, p.id, p.version, p.updated_at, p.slug, p.kind, p.address, p.opened_on, p.closed_on, p.latitude,
       p.longitude, p.county_id, p.name, p.description, p.accessibility,
       json_object('id', a.id, 'slug', a.slug, 'kind', a.kind, 'name', json(a.name)) as municipality
from meeting_place p join area a on a.id = p.municipality_id
"""
STORED = f"{LIST} order by p.sort_name, p.id limit {PLACES}"
AS_JSON = "".join(f"&_json={name}" for name in ("name", "description", "accessibility", "municipality"))
PAGE = f"/places/listed.json?_size={PLACES}&_sort=sort_name&_shape=objects&_nosuggest=1{AS_JSON}"


def starts(python: Path, postgres_url: str, sqlite_file: Path, folder: Path) -> list[Start]:
    """Datasette on a copy of the SQLite file, and Django REST Framework on the PostgreSQL database.

    Datasette pages through a view, as its users do; it is spared the suggestion of facets, which takes it twice as
    long again. A stored query is the fastest that it can do, without pages and filters.
    """
    file, queries = folder / "places.db", folder / "datasette.json"
    rows.copy(sqlite_file, file)
    with sqlite3.connect(file) as connection:
        connection.execute(f"create view listed as {LIST}")
    queries.write_text(
        json.dumps({"databases": {"places": {"queries": {"stored": {"sql": STORED}}}}}), encoding="utf-8"
    )
    binaries, at = python.absolute().parent, make_url(postgres_url)
    datasette = [str(binaries / "datasette"), "serve", str(file), "--metadata", str(queries), "--port", "{port}"]
    gunicorn = [str(binaries / "gunicorn"), "--worker-class", "gthread", "--workers", "1", "--threads", "4"]
    settings = {
        "BENCH_HOST": str(at.query.get("host") or at.host or ""),
        "BENCH_PORT": str(at.query.get("port") or at.port or ""),
        "BENCH_NAME": at.database or "",
        "BENCH_USER": at.username or "",
        "BENCH_PASSWORD": at.password or "",
    }
    return [
        Start("Datasette", datasette, path=PAGE),
        Start("Datasette, stored query", datasette, path=f"/places/stored.json?_shape=array{AS_JSON}"),
        Start(
            "Django REST Framework",
            [*gunicorn, "--bind", "127.0.0.1:{port}", "rest:application"],
            settings,
            f"/v1/meeting-places?limit={PLACES}",
            HERE,
        ),
    ]


def versions(python: Path) -> str:
    """What is installed, as one line."""
    asked = f"from importlib.metadata import version; print(*(f'{{n}} {{version(n)}}' for n in {COUNTED}), sep=', ')"
    return subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
