"""Import of members: seats of networks and the persons who hold them, from CSV or a workbook."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.areas.models import Area
from app.core import rows
from app.core.database import Command, Database
from app.core.localized import Localized
from app.networks.models import Seat
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.networks.service import loading
from app.organisations.models import Person
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec
from app.organisations.service import organisations
from app.transfer import workbooks
from tests.conftest import headers_of, trail_of
from tests.networks.permissions import CHAIR, CONTACT, FAMILY, MEMBER

HEADER = "verkosto;organisaatio;henkilö;sähköposti;rooli;alkaa;päättyy"
Headers = dict[str, str]


@pytest.fixture(autouse=True)
def settled(database: Database) -> None:
    """Ten groups in Mikkeli and ten organisations."""
    kind = {"code": "ryhma", "name": {"fi": "Ryhmä"}, "roles": [CHAIR, CONTACT, MEMBER, FAMILY]}
    with database.writing(Command("test")) as session:
        county = rows.find(session, Area, "county-12").id
        organisations.load_kinds(session, county, [OrganisationKindSpec(code="seura", name=Localized(fi="Seura"))])
        named = [
            OrganisationSpec(slug=f"seura-{n}", kind="seura", name=Localized(fi=f"Seura {n} ry")) for n in range(10)
        ]
        organisations.load(session, county, named)
        loading.load_kinds(session, county, [NetworkKindSpec.model_validate(kind)])
        groups = [
            {"slug": f"ryhma-{n}", "kind": "ryhma", "name": {"fi": f"Ryhmä {n}"}, "area": "491"} for n in range(10)
        ]
        loading.load(session, county, [NetworkSpec.model_validate(group) for group in groups])


def sent(client: TestClient, known: Headers, lines: list[str], **query: str) -> Any:
    body = "\n".join([HEADER, *lines]).encode()
    answer = client.post(
        "/v1/imports/members", params=query, content=body, headers=known | {"Content-Type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def faults(report: Any) -> list[tuple[int, str, str | None]]:
    return [(row["row"], e["code"], e.get("column")) for row in report["rows"] for e in row["errors"]]


def stored(database: Database, table: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_three_hundred_members_come_in_and_each_planted_fault_is_named(
    client: TestClient, admin: Headers, database: Database
) -> None:
    lines = [
        f"Ryhmä {n % 10};Seura {n // 10 % 10} ry;Henkilö {n};henkilo.{n}@example.org;Jäsen;1.1.2026;"
        for n in range(300)
    ]
    lines[10] = "Ryhmä 99;Seura 0 ry;Aino;aino@example.org;Jäsen;1.1.2026;"
    lines[20] = "Ryhmä 0;Puuttuva ry;Eino;eino@example.org;Jäsen;1.1.2026;"
    lines[30] = "Ryhmä 0;Seura 0 ry;Impi;impi@example.org;Kapteeni;1.1.2026;"
    lines[40] = "Ryhmä 0;Seura 0 ry;Oili;ei osoite;Jäsen;1.1.2026;"
    lines[50] = "Ryhmä 0;Seura 0 ry;Urho;urho@example.org;Jäsen;1.13.2026;"
    lines[60] = "Ryhmä 0;Seura 0 ry;Saimi;saimi@example.org;Jäsen;1.5.2026;1.4.2026"
    lines[70] = "Ryhmä 0;Seura 0 ry;Lempi;lempi@example.org;Perheiden edustaja;1.1.2026;"
    lines[80:82] = [f"Ryhmä 1;Seura 1 ry;{who};{who}@example.org;Puheenjohtaja;1.1.2026;" for who in ("anna", "bertta")]
    lines[90] = "Ryhmä 0;;Arvo;arvo@example.org;Jäsen;1.1.2026;"

    before = stored(database, Seat)
    dry = sent(client, admin, lines, dry_run="true")
    refused = sent(client, admin, lines)
    after_refusal = stored(database, Seat), stored(database, Person)
    partial = sent(client, admin, lines, mode="partial")
    again = sent(client, admin, lines, mode="partial")

    planted = [
        (12, "unknown-network", "verkosto"),
        (22, "unknown-organisation", "organisaatio"),
        (32, "unknown-role", "rooli"),
        (42, "not-an-email", "sähköposti"),
        (52, "not-a-date", "alkaa"),
        (62, "ends-before-it-begins", "päättyy"),
        (72, "names-nobody", "henkilö"),
        (83, "role-is-held", None),
        (92, "missing", "organisaatio"),
    ]
    assert faults(dry) == faults(refused) == faults(partial) == planted
    assert "Puuttuva ry" in dry["rows"][1]["errors"][0]["detail"]
    assert (refused["outcome"], after_refusal) == ("refused", (before, 0))
    assert partial["counts"] == {"read": 300, "created": 291, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 9}
    assert again["counts"] == {"read": 300, "created": 0, "updated": 0, "unchanged": 291, "skipped": 0, "rejected": 9}
    assert stored(database, Person) == 291
    with database.reading() as session:
        entries = trail_of(session, "import members")
    assert len(entries) == 1  # the second time changed nothing


def test_the_mailing_list_of_a_network_comes_back_unchanged(client: TestClient, admin: Headers) -> None:
    sent(
        client, admin, ["ryhma-0;seura-0;Anna Aho;anna@example.org;member;2026-01-05;", "ryhma-0;;;;family;2026-01-05;"]
    )

    listed = client.get("/v1/networks/ryhma-0/members.csv?dialect=excel-fi", headers=admin).content
    again = client.post("/v1/imports/members", content=listed, headers=admin | {"Content-Type": "text/csv"}).json()

    assert (again["counts"]["unchanged"], again["counts"]["read"], again["warnings"]) == (2, 2, [])


def test_a_workbook_holds_members_too(client: TestClient, admin: Headers) -> None:
    made, file = openpyxl.Workbook(), io.BytesIO()
    made.active.append(["Network", "Organisation", "Person", "E-mail", "Role", "From", "To"])
    made.active.append(["ryhma-1", "seura-1", "Anna Aho", "anna@example.org", "member", date(2026, 1, 5), None])
    made.save(file)
    typed = admin | {"Content-Type": workbooks.MEDIA_TYPE}

    report = client.post("/v1/imports/members", content=file.getvalue(), headers=typed).json()

    assert report["counts"]["created"] == 1
    [seat] = client.get("/v1/networks/ryhma-1/members", headers=admin).json()["items"]
    assert (seat["person"]["name"], seat["valid_from"]) == ("Anna Aho", "2026-01-05")


def test_a_row_fills_a_vacant_seat_ends_one_and_keeps_what_it_should(client: TestClient, admin: Headers) -> None:
    vacant = sent(client, admin, ["ryhma-0;seura-0;;;member;1.1.2026;"])
    filled = sent(client, admin, ["ryhma-0;seura-0;Anna;anna@example.org;member;1.2.2026;"])
    ended = sent(client, admin, ["ryhma-0;seura-0;Anna;anna@example.org;member;1.2.2026;1.6.2026"])
    kept = sent(client, admin, ["ryhma-0;seura-0;Anna;anna@example.org;member;1.2.2026;"], on_different="keep")

    assert [r["counts"][c] for r, c in ((vacant, "created"), (filled, "updated"), (ended, "updated"))] == [1, 1, 1]
    assert ended["rows"][0]["changes"]["valid_to"] == {"old": None, "new": "2026-06-01"}
    assert kept["counts"]["skipped"] == 1
    [seat] = client.get("/v1/networks/ryhma-0/members", headers=admin).json()["items"]
    assert (seat["valid_from"], seat["valid_to"], seat["is_held"]) == ("2026-02-01", "2026-06-01", True)


def test_who_has_no_right_there_imports_no_row(client: TestClient, database: Database) -> None:
    contact = headers_of(database, "reader@example.org")
    row = b"ryhma-0;seura-0;Anna;anna@example.org;member;1.1.2026;"

    answer = client.post(
        "/v1/imports/members", content=HEADER.encode() + b"\n" + row, headers=contact | {"Content-Type": "text/csv"}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


def test_an_address_that_is_stored_with_another_organisation_gives_no_seat(client: TestClient, admin: Headers) -> None:
    sent(client, admin, ["ryhma-0;seura-0;Anna Aho;anna@example.org;member;1.1.2026;"])

    other = sent(client, admin, ["ryhma-1;seura-1;Anna Aho;anna@example.org;chair;1.1.2026;"], mode="partial")

    assert faults(other) == [(2, "stored-otherwise", "sähköposti")]


@pytest.mark.parametrize(("begins", "ends", "column"), [
    ("31.12.1799", "", "alkaa"), ("1.1.2026", "1.1.2200", "päättyy"), ("0001-01-01", "", "alkaa"),
])  # fmt: skip
def test_a_day_out_of_our_time_is_a_fault_of_its_row(
    client: TestClient, admin: Headers, database: Database, begins: str, ends: str, column: str
) -> None:
    lines = [
        f"ryhma-0;seura-0;Anna;anna@example.org;member;{begins};{ends}",
        "ryhma-1;seura-1;Eino;eino@example.org;member;1.1.2026;",
    ]

    report = sent(client, admin, lines, mode="partial")

    assert faults(report) == [(2, "wrong-year", column)]
    assert report["counts"]["created"] == stored(database, Person) == 1


def test_for_ever_is_a_date_and_who_is_left_out_is_not_stored(
    client: TestClient, admin: Headers, database: Database
) -> None:
    for_ever = sent(client, admin, ["ryhma-0;seura-0;Anna;anna@example.org;member;1.1.2026;31.12.9999"])
    sent(client, admin, ["ryhma-1;seura-1;;;member;1.1.2026;"])
    left = sent(client, admin, ["ryhma-1;seura-1;Eino;eino@example.org;member;1.1.2026;"], on_different="keep")

    assert for_ever["counts"]["created"] == 1
    assert left["counts"]["skipped"] == 1
    assert stored(database, Person) == 1
