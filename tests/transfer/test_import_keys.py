"""An import that is sent again with its Idempotency-Key is answered again."""

from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.audit.models import AuditEntry
from app.core.database import Database
from app.core.idempotency import IdempotencyKey
from app.statistics.models import VisitDay
from app.transfer import service
from app.transfer.models import ImportReport

Headers = dict[str, str]
GOOD = "paikka;pvm;aikuiset;lapset;aukiolo_h\n" + "".join(f"Koppa;{day}.3.2026;3;4;2\n" for day in range(2, 7))
BAD = "Koppa;32.3.2026;3;4;2\n"
EMPTY = "paikka;pvm;aikuiset\n"


def send(client: TestClient, caller: Headers, text: str = GOOD, *, key: str = "k1", **query: str) -> Any:
    headers = caller | {"Content-Type": "text/csv", "Idempotency-Key": key}
    return client.post("/v1/imports/visits", params=query, content=text.encode(), headers=headers)


def counts(database: Database) -> tuple[int, int, int, int]:
    """How many days, reports, audit rows and keys there are."""
    with database.reading() as session:
        tables = (VisitDay, ImportReport, AuditEntry, IdempotencyKey)
        days, reports, entries, keys = (session.scalar(select(func.count()).select_from(t)) or 0 for t in tables)
        return days, reports, entries, keys


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_an_import_is_answered_again(
    client: TestClient, admin: Headers, database: Database, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BLOCK", 2)
    first = send(client, admin, mode=mode)
    assert (first.status_code, first.json()["outcome"], first.json()["counts"]["created"]) == (200, "done", 5)
    done = counts(database)

    again = send(client, admin, mode=mode)

    assert (again.status_code, again.content, again.headers["Idempotency-Replayed"]) == (200, first.content, "true")
    assert (again.headers["Content-Type"], again.headers["Cache-Control"]) == ("application/json", "no-store")
    assert client.get(f"/v1/imports/{first.json()['id']}", headers=admin).json() == first.json()
    assert counts(database) == done


def test_an_import_that_took_a_part_is_answered_again_with_its_rows(
    client: TestClient, admin: Headers, database: Database
) -> None:
    first = send(client, admin, GOOD + BAD, mode="partial")
    assert (first.json()["outcome"], len(first.json()["rows"])) == ("partial", 1)

    assert send(client, admin, GOOD + BAD, mode="partial").content == first.content
    assert counts(database)[3] == 1


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_a_file_that_was_refused_can_be_mended_and_sent_again(
    client: TestClient, admin: Headers, database: Database, mode: str
) -> None:
    refused = send(client, admin, EMPTY + "Koppa;32.3.2026;3\n", mode=mode)
    assert (refused.json()["outcome"], counts(database)[3]) == ("refused", 0)

    mended = send(client, admin, mode=mode)

    assert (mended.json()["outcome"], "Idempotency-Replayed" in mended.headers) == ("done", False)


def test_a_dry_run_leaves_its_key_to_the_real_one(client: TestClient, admin: Headers, database: Database) -> None:
    assert send(client, admin, dry_run="true").json()["counts"]["created"] == 5
    assert counts(database)[3] == 0

    assert send(client, admin).json()["counts"]["created"] == 5
    assert send(client, admin, dry_run="true").json()["code"] == "key-reused"


def test_another_file_with_the_same_key_is_refused(client: TestClient, admin: Headers, database: Database) -> None:
    assert send(client, admin).status_code == 200
    done = counts(database)

    assert send(client, admin, GOOD.replace(";3;4;", ";3;5;")).json()["code"] == "key-reused"
    assert send(client, admin, on_different="keep").json()["code"] == "key-reused"
    assert counts(database) == done


def test_a_key_that_stands_for_something_else_is_refused(client: TestClient, admin: Headers) -> None:
    place = {"name": {"fi": "Tupa"}, "municipality": "593"}
    made = client.post("/v1/meeting-places", json=place, headers=admin | {"Idempotency-Key": "k1"})
    assert made.status_code == 201

    assert send(client, admin).json()["code"] == "key-reused"


@pytest.mark.parametrize("kind", service.KINDS)
@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_a_file_without_rows_is_done_in_either_mode(client: TestClient, admin: Headers, kind: str, mode: str) -> None:
    heading = {
        "visits": EMPTY,
        "members": "verkosto;organisaatio;rooli\n",
        "regions": "sotkanet_id,category,code,name_fi\n",
    }
    file = heading.get(kind, "indicator;region;year;gender;primary value\n")
    headers = admin | {"Content-Type": "text/csv", "Idempotency-Key": "k1"}

    answers = [client.post(f"/v1/imports/{kind}?mode={mode}", content=file, headers=headers) for _ in range(2)]

    assert [(a.status_code, a.json()["outcome"], a.json()["counts"]["read"]) for a in answers] == [(200, "done", 0)] * 2
    assert answers[1].headers["Idempotency-Replayed"] == "true"


def test_an_answer_with_a_key_is_the_answer_without_one(client: TestClient, admin: Headers) -> None:
    keyed = send(client, admin, GOOD + BAD, mode="partial").json()
    bare = client.post(
        "/v1/imports/visits?mode=partial", content=GOOD + BAD, headers=admin | {"Content-Type": "text/csv"}
    ).json()

    assert list(bare) == list(keyed)
    assert bare["rows"] == keyed["rows"]


def test_a_key_is_undone_with_the_last_rows(
    client: TestClient, admin: Headers, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BLOCK", 2)
    hooks = database.before_commit
    blocks = iter([hooks, hooks, (_break,)])

    def next_block(session: Any) -> None:
        for hook in next(blocks):
            hook(session)

    monkeypatch.setattr(database, "before_commit", (next_block,))
    assert send(client, admin, mode="partial").status_code == 500
    monkeypatch.setattr(database, "before_commit", hooks)
    assert counts(database)[0::3] == (4, 0)

    again = send(client, admin, mode="partial").json()["counts"]

    assert (again["created"], again["unchanged"]) == (1, 4)


def _break(_: object) -> None:
    raise RuntimeError("no commit")
