"""All that is stored on a person: told whole, and erased everywhere, whatever room it is in."""

import json
import re
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, cast, select, text
from sqlalchemy.types import LargeBinary, Text

from app.accounts.roles import Role
from app.audit.models import AuditChange
from app.core.deletions import Deletion
from app.core.idempotency import IdempotencyKey
from app.core.localized import Localized
from app.core.revisions import numbers
from app.evaluations.models import CriteriaSet, Evaluation, Evaluator
from app.networks.models import Seat
from app.organisations.models import Person
from app.organisations.service import erasure
from app.places.models import MeetingPlace
from app.tables import METADATA
from app.transfer.models import ImportReport
from tests.conftest import id_of, trail_of
from tests.organisations.counties import TEST, TODAY, World
from tests.reliability.test_query_counts import counted

READER = "reader@example.org"
NAME, EMAIL = "Äänekäs Älykkö", "aanekas.alykko@seura.example.org"
# What speaks of persons, and is seen to by this room itself: its own table, and whose sign-in it is.
OWN = {"person_right"}


def named(world: World, **more: Any) -> dict[str, Any]:
    return world.added(display_name=NAME, work_email=EMAIL, **more)


def evaluated(world: World, person_id: str) -> uuid.UUID:
    """An evaluation in which a person took part."""
    with world.database.writing(TEST) as session:
        places = dict(session.execute(select(MeetingPlace.slug, MeetingPlace.id)).all())  # type: ignore[call-overload]
        organisation_id = uuid.UUID(world.read(person_id)["organisation"]["id"])
        criteria = CriteriaSet(
            county_id=uuid.UUID(world.read(person_id)["county_id"]), code="oma", edition=1, name=Localized(fi="Oma"),
            level="place", scale={}, topics=[], areas=[],
        )  # fmt: skip
        session.add(criteria)
        session.flush()
        evaluation = Evaluation(place_id=places["koppa"], year=2026, kind="self", set_id=criteria.id, scale={})
        session.add(evaluation)
        session.flush()
        evaluator = Evaluator(
            evaluation_id=evaluation.id, organisation_id=organisation_id, person_id=uuid.UUID(person_id)
        )
        session.add(evaluator)
        session.flush()
        return evaluator.id


def reported(world: World, *said: str) -> uuid.UUID:
    """The report of an import, some of whose rows quote persons."""
    with world.database.writing(TEST) as session:
        report = ImportReport(
            kind="members",
            dry_run=False,
            mode="atomic",
            outcome="done",
            counts={},
            rows=[
                {"row": n, "ref": f"ryhma {what}", "changes": {"email": [None, what]}} for n, what in enumerate(said)
            ],
            rows_left_out=0,
            warnings=[{"code": "x", "detail": f"{said[0]}."}],
        )
        session.add(report)
        session.flush()
        return report.id


def everything_in(connection: Connection) -> str:
    """All texts, JSON values and bytes of a database, as one."""
    found = []
    for table in METADATA.tables.values():
        texts = [c if isinstance(c.type, LargeBinary) else cast(c, Text) for c in table.columns]
        for row in connection.execute(select(*texts)):
            for value in row:
                plain = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                found.append(re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), plain))
    return "\n".join(found)


def test_a_table_that_names_persons_says_what_becomes_of_its_rows() -> None:
    """A new table is found by its foreign keys; what this asks of it, ``Person`` says."""
    referring = {
        (table.name, column.name): column
        for table in METADATA.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "person" and table.name not in OWN
    }
    found = {(table.name, c.name) for table, columns in erasure.naming(erasure.PERSON).items() for c in columns}

    assert found == set(referring)
    assert found >= {("seat", "person_id"), ("seat", "deputy_id"), ("evaluator", "person_id")}
    assert [name for name, column in referring.items() if not column.nullable] == []
    for table in METADATA.tables.values():
        assert set(table.info.get("erased", ())) <= {column for name, column in found if name == table.name}
        assert set(table.info.get("quotes", ())) <= {column.name for column in table.columns}


def test_no_check_stands_in_the_way_of_erasing(world: World) -> None:
    """Each column that names a person is filled by a room's own tests; a CHECK that ties it to others is stated."""
    tied = {
        table.name
        for table, columns in erasure.naming(erasure.PERSON).items()
        for check in table.constraints
        for column in columns
        if re.search(rf"= \({column.name} IS NOT NULL\)", str(getattr(check, "sqltext", "")))
        and column.name not in table.info.get("erased", {})
    }

    assert tied == set()


def test_all_that_is_stored_on_a_person_is_told(world: World) -> None:
    made = named(world, user=READER)
    other = world.added(display_name="Toinen", work_email=None)
    seat = world.seat(made["id"], "chair", deputy=other["id"])
    as_deputy = world.seat(other["id"], deputy=made["id"])
    evaluator_id = evaluated(world, made["id"])
    report_id = reported(world, "Joku muu", NAME)

    answer = world.client.get(f"/v1/persons/{made['id']}/export", headers=world.admin)

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["person"] == world.read(made["id"])
    assert told["sign_in"] == {"id": str(id_of(world.database, READER)), "email": READER}
    [right] = told["rights"]
    assert (right["role"], right["on"]["slug"], right["because_of"]) == (
        "network_lead",
        "ryhma",
        f"/v1/seats/{seat['id']}",
    )
    assert right["grant_id"] is not None
    mentions = {mention["id"]: mention for mention in told["named_in"]}
    assert set(mentions) == {seat["id"], as_deputy["id"], str(evaluator_id)}
    assert mentions[seat["id"]]["columns"] == ["person_id"]
    values = mentions[seat["id"]]["values"]
    assert (values["network_id"]["slug"], values["role_id"]["code"], values["valid_from"]) == (
        "ryhma",
        "chair",
        str(TODAY),
    )
    assert values["network_id"]["name"]["fi"] == "Ryhmä"
    assert mentions[as_deputy["id"]]["columns"] == ["deputy_id"]
    assert mentions[str(evaluator_id)]["table"] == "evaluator"
    assert [(m["table"], m["id"], m["columns"]) for m in told["quoted_in"]] == [
        ("import_report", str(report_id), ["rows"])
    ]
    assert "Toinen" not in answer.text
    assert other["id"] not in answer.text


def test_queries_of_an_export_do_not_grow_with_the_rows(world: World) -> None:
    made = named(world)

    def cost(seats: int) -> int:
        for _ in range(seats):
            world.seat(made["id"], "contact", place="koppa")
        with counted(world.database) as statements:
            told = world.client.get(f"/v1/persons/{made['id']}/export", headers=world.admin).json()
        assert len(told["named_in"]) == len(told["rights"]) >= seats
        return len(statements)

    assert cost(1) == cost(9) <= 20


def test_the_server_knows_every_table_that_may_name_persons() -> None:
    asked = "import app.main, app.organisations.service.erasure as e; print(*(t.name for t in e.naming(e.PERSON)))"
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout

    assert told.split() == [table.name for table in erasure.naming(erasure.PERSON)]


def test_who_is_erased_is_nowhere_any_more(world: World) -> None:
    made = named(world)
    world.client.post(
        "/v1/persons",
        json={
            "display_name": "Kaima",
            "organisation": "here",
            "purpose": "x",
            "retention_until": str(TODAY + timedelta(9)),
        },
        headers=world.admin | {"Idempotency-Key": "another"},
    )
    body = {"role": "chair", "organisation": "here", "person": made["id"], "office": {"fi": "Rehtori"}}
    opened = world.client.post(
        "/v1/networks/ryhma/seats", json=body, headers=world.admin | {"Idempotency-Key": "seat"}
    ).json()
    world.change(made["id"], user=READER)
    evaluator_id = evaluated(world, made["id"])
    report_id = reported(world, f"{NAME.lower()} 12", "Joku muu", EMAIL.upper())
    with world.database.reading() as session:
        before = everything_in(session.connection())
        revisions = numbers(session.connection())
    assert NAME in before
    assert before.count(EMAIL) > 1  # the person and a stored answer

    erased = world.erase(made["id"])

    assert (erased.status_code, erased.content) == (204, b"")
    assert world.client.get(f"/v1/persons/{made['id']}", headers=world.admin).status_code == 404
    with world.database.reading() as session:
        after = everything_in(session.connection())
        for secret in (NAME, EMAIL, "alykko"):
            assert secret.lower() not in after.lower(), secret
        seat = session.get_one(Seat, uuid.UUID(opened["id"]))
        assert (seat.person_id, seat.is_held, seat.valid_from, seat.valid_to) == (None, False, TODAY, TODAY)
        assert (seat.version, seat.right_id, seat.office.fi if seat.office else None) == (
            opened["version"] + 1,
            None,
            "Rehtori",
        )
        assert session.get_one(Evaluator, evaluator_id).person_id is None
        report = session.get_one(ImportReport, report_id)
        assert [row["ref"] for row in report.rows] == ["ryhma … 12", "ryhma Joku muu", "ryhma …"]
        assert report.rows[2]["changes"] == {"email": [None, "…"]}
        assert [key for (key,) in session.execute(select(IdempotencyKey.key))] == ["another"]  # type: ignore[call-overload]
        deletion = session.get_one(Deletion, uuid.UUID(made["id"]))
        assert deletion.kind == "person"
        grew = {family for family, number in numbers(session.connection()).items() if number > revisions[family]}
        assert grew == {"networks", "organisations", "evaluations"}
    assert world.rights_of(made["id"]) == []
    assert world.grants_of(READER) == []


def test_the_trail_of_erasing_says_what_changed_and_no_values(world: World) -> None:
    made = named(world, user=READER)
    seat = world.seat(made["id"], "chair")
    world.erase(made["id"])

    with world.database.reading() as session:
        [(entry, changes)] = trail_of(session, "erasePerson")
        told = [
            (c.kind, c.action, c.fields)
            for c in session.execute(select(AuditChange.__table__.c["kind", "action", "fields"]))  # type: ignore[attr-defined]
        ]

    assert entry.user_id == id_of(world.database, "admin@example.org")
    assert [(c.kind, c.action, c.fields) for c in changes] == [
        ("seat", "changed", ["is_held", "person_id", "right_id", "valid_to"]),
        ("person_right", "deleted", []),
        ("role_grant", "deleted", []),
        ("person", "deleted", []),
    ]
    assert str(changes[0].item_id) == seat["id"]
    assert NAME not in str(told)


def test_seats_that_are_over_or_to_come_stay_written_down_without_the_name(world: World) -> None:
    made = named(world)
    past = world.seat(made["id"], valid_from=str(TODAY - timedelta(days=90)), valid_to=str(TODAY - timedelta(days=30)))
    coming = world.seat(made["id"], valid_from=str(TODAY + timedelta(days=30)))
    beside = world.added(display_name="Toinen", work_email=None)
    kept = world.seat(beside["id"], deputy=made["id"])

    world.erase(made["id"])

    lasted = [world.stored(Seat, seat["id"]) for seat in (past, coming, kept)]
    assert [(seat.valid_from, seat.valid_to) for seat in lasted] == [
        (TODAY - timedelta(days=90), TODAY - timedelta(days=30)),
        (TODAY + timedelta(days=30), TODAY + timedelta(days=30)),
        (TODAY, None),
    ]
    assert [seat.is_held for seat in lasted] == [False, False, True]
    assert (str(lasted[2].person_id), lasted[2].deputy_id) == (beside["id"], None)


def test_who_is_erased_from_a_one_seat_role_leaves_room_for_the_next(world: World) -> None:
    made = named(world)
    world.seat(made["id"], "chair")
    world.erase(made["id"])

    next_one = world.added(display_name="Seuraaja", work_email=EMAIL)

    assert world.seat(next_one["id"], "chair")["is_held"] is True


def test_to_erase_names_a_version_and_is_done_once(world: World) -> None:
    made = named(world)
    path = f"/v1/persons/{made['id']}"

    assert world.client.delete(path, headers=world.admin).status_code == 428
    assert world.client.delete(path, headers=world.admin | {"If-Match": '"v9"'}).status_code == 412
    assert world.client.delete(path, headers=world.admin | {"If-Match": '"v1"'}).status_code == 204
    assert world.client.delete(path, headers=world.admin | {"If-Match": '"v1"'}).status_code == 404


def test_who_could_not_give_the_rights_of_a_person_does_not_end_them_by_erasing(world: World) -> None:
    made = named(world, organisation="far")
    world.seat(made["id"], "chair")
    far = world.somebody(Role.coordinator, "area", "740", "koordinaattori")

    refused = world.erase(made["id"], far)

    assert (refused.status_code, refused.json()["code"]) == (403, "wider-than-your-own")
    assert world.read(made["id"]) == made
    county = world.somebody(Role.coordinator, "area", "county-12", "maakunta")
    assert world.erase(made["id"], county).status_code == 204


def test_a_request_that_an_erased_answer_stood_for_is_done_anew(world: World) -> None:
    body = {"display_name": NAME, "organisation": "here", "purpose": "x", "retention_until": str(TODAY + timedelta(9))}
    headers = world.admin | {"Idempotency-Key": "once"}
    first = world.client.post("/v1/persons", json=body, headers=headers).json()
    assert world.client.post("/v1/persons", json=body, headers=headers).json() == first

    world.erase(first["id"])

    again = world.client.post("/v1/persons", json=body, headers=headers)
    assert (again.status_code, again.json()["id"] != first["id"]) == (201, True)


@pytest.mark.parametrize("others", [0, 400])
def test_no_file_of_the_database_holds_who_was_erased(world: World, tmp_path: Path, others: int) -> None:
    """Pages that were split, freed and written again, and the log beside the file."""
    if not world.database.is_sqlite:
        pytest.skip("PostgreSQL frees the room of erased rows when it vacuums")
    county = uuid.UUID(named(world)["county_id"])
    organisation = world.client.get("/v1/organisations/here").json()["id"]
    made = world.client.get("/v1/persons", headers=world.admin).json()["items"][0]
    with world.database.writing(TEST) as session:
        for number in range(others):
            called = f"Henkilö {number:03d}"
            session.add(
                Person(
                    county_id=county, organisation_id=uuid.UUID(organisation), display_name=called,
                    work_email=f"{number:03d}@seura.example.org", purpose="x" * (number % 300 + 1),
                    retention_until=TODAY + timedelta(days=9), sort_name=called, search_name=called,
                )
            )  # fmt: skip
    for number in range(20):
        world.change(made["id"], purpose="y" * (number * 13 + 1))
    world.client.post(
        "/v1/networks/ryhma/seats",
        json={"role": "chair", "organisation": "here", "person": made["id"]},
        headers=world.admin | {"Idempotency-Key": "seat"},
    )
    reported(world, NAME, EMAIL)

    def held(secret: str) -> list[str]:
        forms = {secret.encode(), json.dumps(secret)[1:-1].encode(), secret.lower().encode()}
        return [file.name for file in tmp_path.glob("test.db*") if any(form in file.read_bytes() for form in forms)]

    assert held(NAME)
    assert held(EMAIL)

    assert world.erase(made["id"]).status_code == 204

    assert [held(secret) for secret in (NAME, EMAIL, "aanekas alykko")] == [[], [], []]
    with world.database.reading() as session:
        assert session.connection().scalar(text("PRAGMA integrity_check")) == "ok"


def test_the_log_is_cut_by_the_next_write_where_others_read_on(world: World, tmp_path: Path) -> None:
    if not world.database.is_sqlite:
        pytest.skip("there is no such log")
    made, log = named(world), tmp_path / "test.db-wal"
    with world.database.snapshot() as reader:
        assert reader.get(Person, uuid.UUID(made["id"])) is not None
        assert world.erase(made["id"]).status_code == 204
        assert log.stat().st_size > 0

    world.added(display_name="Toinen", work_email=None)

    assert log.stat().st_size == 0
    assert EMAIL.encode() not in (tmp_path / "test.db").read_bytes()
    world.added(display_name="Kolmas", work_email=None)
    assert log.stat().st_size > 0  # as ever
