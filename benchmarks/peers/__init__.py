"""Peers: what others would take for the same task, on the same rows and the same request.

They run in an environment of their own, which ``make bench-peers`` makes; this module needs none of it.
"""

import json
import subprocess
from pathlib import Path

from sqlalchemy import make_url

from benchmarks import rows
from benchmarks.requests import PLACES
from benchmarks.servers import Start

HERE = Path(__file__).parent
COUNTED = ("datasette", "django", "djangorestframework", "gunicorn", "uvicorn")
LIST = f"""
select p.id, p.version, p.updated_at, p.slug, p.kind, p.address, p.opened_on, p.closed_on, p.latitude, p.longitude,
       p.county_id, p.name, p.description, p.accessibility,
       json_object('id', a.id, 'slug', a.slug, 'kind', a.kind, 'name', json(a.name)) as municipality
from meeting_place p join area a on a.id = p.municipality_id
order by p.sort_name, p.id limit {PLACES}
"""
DOCUMENTS = "".join(f"&_json={name}" for name in ("name", "description", "accessibility", "municipality"))


def starts(python: Path, postgres_url: str, sqlite_file: Path, folder: Path) -> list[Start]:
    """Datasette on a copy of the SQLite file, and Django REST Framework on the PostgreSQL database."""
    rows.copy(sqlite_file, folder / "places.db")
    queries = folder / "datasette.json"
    queries.write_text(json.dumps({"databases": {"places": {"queries": {"list": {"sql": LIST}}}}}), encoding="utf-8")
    binaries, at = python.absolute().parent, make_url(postgres_url)
    settings = {
        "BENCH_HOST": str(at.query.get("host") or at.host or ""),
        "BENCH_PORT": str(at.query.get("port") or at.port or ""),
        "BENCH_NAME": at.database or "",
        "BENCH_USER": at.username or "",
        "BENCH_PASSWORD": at.password or "",
    }
    datasette = [str(binaries / "datasette"), "serve", str(folder / "places.db"), "--metadata", str(queries)]
    gunicorn = [str(binaries / "gunicorn"), "--worker-class", "gthread", "--workers", "1", "--threads", "4"]
    return [
        Start("Datasette", [*datasette, "--port", "{port}"], path=f"/places/list.json?_shape=array{DOCUMENTS}"),
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
