"""Files come in as people make them, and say what became of each row."""

import codecs
import io
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.accounts.models import Grant
from app.accounts.service import callers
from app.accounts.service.callers import ScopeMissing
from app.core import clock
from app.core.database import Command, Database
from app.statistics.models import VisitDay, VisitMonthField
from app.transfer import service
from app.transfer.service import Options
from tests.conftest import id_of, trail_of

Headers = dict[str, str]
FINNISH = """Kohtaamispaikka;Pvm;Aikuiset;Lapset;Perheet;Uudet perheet;Aukiolo h;Huomautus;Sää
Mikkeli, Koppa;12.3.2026;31;40;25;2;3,5;;pilvi
JUVA;13.3.2026;5;7;4;1;2;retki;
Puuhala;14.3.2026;viisi;7;4;1;2;;
Puuhala;15.3.2026;5;7;14;1;2;;
Ei ole;32.3.2026;5;7;4;1;2;;

Tikantanssi;17.3.2026;x;;;;;suljettu;
"""


def send(client: TestClient, caller: Headers, kind: str, text: str | bytes, **query: Any) -> dict[str, Any]:
    body = text if isinstance(text, bytes) else text.encode()
    answer = client.post(
        f"/v1/imports/{kind}",
        params={"lang": "en", **query},
        content=body,
        headers=caller | {"Content-Type": "text/csv"},
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    counts = found["counts"]
    assert counts["read"] == sum(counts.values()) - counts["read"]
    return found


def stored(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(VisitDay)) or 0


def faults(report: dict[str, Any]) -> list[tuple[int, str | None, str]]:
    return [(row["row"], e["column"], e["code"]) for row in report["rows"] for e in row["errors"]]


PLANTED = [
    (4, "Aikuiset", "not-a-number"),
    (5, "Perheet", "more-than-the-whole"),
    (6, "Pvm", "not-a-date"),
    (6, "Kohtaamispaikka", "unknown-place"),
]


@pytest.mark.parametrize(
    "encode",
    [
        lambda t: t.encode(),
        lambda t: codecs.BOM_UTF8 + t.replace("\n", "\r\n").encode(),
        lambda t: t.encode("cp1252"),
        lambda t: t.replace(",", ".").replace("Mikkeli. ", "Mikkeli, ").replace(";", "\t").encode(),
    ],
    ids=["utf-8", "excel", "cp1252", "tabs"],
)
def test_a_finnish_file_is_read_and_each_fault_is_named_by_row_and_column(
    client: TestClient, admin: Headers, database: Database, encode: Any
) -> None:
    refused = send(client, admin, "visits", encode(FINNISH), mode="atomic")

    assert (refused["outcome"], faults(refused), stored(database)) == ("refused", PLANTED, 0)
    assert refused["counts"] == {"read": 6, "created": 0, "updated": 0, "unchanged": 0, "skipped": 3, "rejected": 3}
    assert "Sää" in [w["column"] for w in refused["warnings"]]
    is_guessed = "read-as-windows-1252" in [w["code"] for w in refused["warnings"]]
    assert is_guessed == (encode(FINNISH) == FINNISH.encode("cp1252"))
    partly = send(client, admin, "visits", encode(FINNISH), mode="partial")
    assert (partly["outcome"], faults(partly), stored(database)) == ("partial", PLANTED, 3)
    again = send(client, admin, "visits", encode(FINNISH), mode="partial")
    assert (again["counts"]["unchanged"], again["counts"]["created"], again["counts"]["rejected"]) == (3, 0, 3)
    day = client.get("/v1/meeting-places/koppa/visits/2026-03-12", headers=admin).json()
    assert (day["open_minutes"], day["counts"]["adults"], day["source"], day["version"]) == (210, 31, "csv", 1)
    assert client.get("/v1/meeting-places/tikantanssi/visits/2026-03-17", headers=admin).json()["status"] == "closed"


def test_a_dry_run_says_what_a_real_one_would_and_stores_nothing(
    client: TestClient, admin: Headers, database: Database
) -> None:
    for mode in ("atomic", "partial"):
        dry = send(client, admin, "visits", FINNISH, mode=mode, dry_run="true")
        assert stored(database) == 0
        with database.reading() as session:
            assert not trail_of(session, "import visits")
        if mode == "atomic":
            assert dry["counts"] == send(client, admin, "visits", FINNISH, mode=mode)["counts"]
    real = send(client, admin, "visits", FINNISH, mode="partial")
    assert (dry["counts"], faults(dry), dry["outcome"]) == (real["counts"], faults(real), real["outcome"])
    assert client.get(f"/v1/imports/{dry['id']}", headers=admin).json() == dry


def test_an_import_keeps_the_months_right_and_leaves_one_audit_row(
    client: TestClient, admin: Headers, database: Database
) -> None:
    send(client, admin, "visits", FINNISH, mode="partial")

    with database.reading() as session:
        totals = dict(
            session.execute(
                select(VisitMonthField.field, func.sum(VisitMonthField.total)).group_by(VisitMonthField.field)
            ).all()
        )  # type: ignore[arg-type,call-overload]
        trail = trail_of(session, "import visits")
    assert totals == {"adults": 36, "children": 47, "families": 29, "first_time_families": 3}
    assert [[(c.kind, c.action, c.rows) for c in changes] for _, changes in trail] == [[("visit_day", "imported", 3)]]


def test_a_column_that_the_file_lacks_leaves_stored_values_alone_and_a_blank_means_missing(
    client: TestClient, admin: Headers
) -> None:
    send(client, admin, "visits", "place,date,adults,children,note\nkoppa,2026-03-12,5,7,hei\n")

    report = send(client, admin, "visits", "place,date,adults,families\nkoppa,2026-03-12,,4\n")

    assert report["counts"]["updated"] == 1
    assert report["rows"][0]["changes"] == {
        "adults": {"old": 5, "new": None},
        "families": {"old": None, "new": 4},
    }
    day = client.get("/v1/meeting-places/koppa/visits/2026-03-12", headers=admin).json()
    assert (day["counts"], day["note"], day["version"]) == ({"children": 7, "families": 4}, "hei", 2)


@pytest.mark.parametrize(
    ("on_different", "action", "adults"), [("update", "updated", 9), ("keep", "skipped", 5), ("reject", "rejected", 5)]
)
def test_what_differs_is_updated_kept_or_rejected_as_asked(
    client: TestClient, admin: Headers, on_different: str, action: str, adults: int
) -> None:
    send(client, admin, "visits", "place,date,adults\nkoppa,2026-03-12,5\n")

    report = send(client, admin, "visits", "place,date,adults\nkoppa,2026-03-12,9\n", on_different=on_different)

    assert report["counts"][action] == 1
    day = client.get("/v1/meeting-places/koppa/visits/2026-03-12", headers=admin).json()
    assert day["counts"]["adults"] == adults


def test_a_day_given_twice_is_a_fault_unless_it_says_the_same(client: TestClient, admin: Headers) -> None:
    report = send(
        client,
        admin,
        "visits",
        "place,date,adults\nkoppa,2026-03-12,5\nkoppa,2026-03-12,5\nkoppa,12.3.2026,6\n",
        mode="partial",
    )

    assert (report["counts"]["created"], report["counts"]["unchanged"]) == (1, 1)
    assert faults(report) == [(4, None, "given-twice")]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "file-not-readable"),
        ("place,date\n".encode("utf-16"), 400, "file-not-readable"),
        (b"place,date,adults\nkoppa,2026-03-12,\0\n", 400, "file-not-readable"),
        (b"place,date,adults\nkoppa,2026-03-12,\x81\n", 400, "file-not-readable"),
        (b'place,date,adults\n"koppa,2026-03-12,5\n', 400, "file-not-readable"),
        (b'place,date,adults\n"koppa"x,2026-03-12,5\n', 400, "file-not-readable"),
        (b"date,adults\n2026-03-12,5\n", 422, "columns-missing"),
        (b"place,paikka,date\nkoppa,koppa,2026-03-12\n", 422, "columns-missing"),
        (b"PK\x03\x04 a workbook", 400, "file-not-readable"),
        (b"place,date" + b",c" * 600 + b"\nkoppa", 400, "file-not-readable"),
        (b"\x89PNG\r\n\x1a\n\0\0", 400, "file-not-readable"),
    ],
    ids=lambda x: str(x)[:30],
)
def test_a_file_that_can_not_be_read_is_refused_whole(
    client: TestClient, admin: Headers, body: bytes, status: int, code: str
) -> None:
    refused = client.post("/v1/imports/visits", content=body, headers=admin | {"Content-Type": "text/csv"})

    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_a_file_of_another_type_an_unknown_kind_and_a_reader_are_refused(
    client: TestClient, admin: Headers, reader: Headers
) -> None:
    csv = {"Content-Type": "text/csv"}

    assert client.post("/v1/imports/visits", json={}, headers=admin).status_code == 415
    assert client.post("/v1/imports/dogs", content=b"a", headers=admin | csv).json()["code"] == "no-such-kind"
    assert client.post("/v1/imports/visits", content=b"a", headers=csv).status_code == 401
    assert client.post("/v1/imports/visits", content=b"a", headers=reader | csv).status_code == 403
    assert client.get("/v1/imports/nothing", headers=admin).status_code == 404


def test_a_formula_in_a_note_stays_a_text(client: TestClient, admin: Headers) -> None:
    send(client, admin, "visits", "place,date,adults,note\nkoppa,2026-03-12,5,'=1+1\n")

    assert client.get("/v1/meeting-places/koppa/visits/2026-03-12", headers=admin).json()["note"] == "=1+1"


REGIONS = """sotkanet_id,category,code,name_fi,name_sv,note
228,KUNTA,491,Mikkeli,St Michel,
161,KUNTA,297,Kuopio,Kuopio,
969,HYVINVOINTIALUE,11,Pohjois-Savon hyvinvointialue,,
1,ERVA,1,Jokin,,
879,HYVINVOINTIALUE,12,Etelä-Savon hyvinvointialue,,
228,KUNTA,999,Väärä,,
x,KUNTA,998,,,
"""


def test_regions_are_matched_created_and_skipped(client: TestClient, admin: Headers) -> None:
    report = send(client, admin, "regions", REGIONS, mode="partial")

    assert report["counts"] == {"read": 7, "created": 2, "updated": 0, "unchanged": 2, "skipped": 1, "rejected": 2}
    assert faults(report) == [
        (7, "sotkanet_id", "taken"),
        (8, "name_fi", "missing"),
        (8, "sotkanet_id", "not-a-whole-number"),
    ]
    assert client.get("/v1/areas/297").json()["aliases"] == [{"source": "sotkanet", "value": "161"}]
    assert client.get("/v1/areas/county-11").json()["kind"] == "wellbeing_county"
    assert send(client, admin, "regions", REGIONS, mode="partial")["counts"]["created"] == 0


SOTKANET = """indicator;region;year;gender;primary value;absolute value
127;228;2009;total;54435;
127;228;2010;total;54665,0;
127;69;2009;total;2406;
99999;228;2009;total;1;
127;228;2011;kaikki;1;
127;228;0;total;1;
127;241;2009;total;;
"""


def test_sotkanets_file_is_read_and_unknown_regions_and_indicators_are_skipped(
    client: TestClient, admin: Headers
) -> None:
    report = send(client, admin, "sotkanet", SOTKANET, mode="partial")

    assert report["counts"] == {"read": 7, "created": 3, "updated": 0, "unchanged": 0, "skipped": 2, "rejected": 2}
    assert faults(report) == [(6, "gender", "not-one-of"), (7, "year", "not-a-period")]
    series = client.get("/v1/indicators/sotkanet-127/series?area=491&area=507").json()
    assert (series["periods"], series["values"]) == (["2009", "2010"], [[54435, 54665], [None, None]])
    assert series["status"] == [[None, None], ["m", "m"]]
    assert send(client, admin, "indicator-values", SOTKANET, mode="partial")["counts"]["unchanged"] == 3


@pytest.mark.parametrize("query", ["from=x", "from=2011&to=2009", "area=nowhere", "sex=both", "area=491&colour=red"])
def test_a_series_that_can_not_be_given_is_refused(client: TestClient, query: str) -> None:
    refused = client.get(f"/v1/indicators/sotkanet-127/series?{query}")

    assert refused.status_code == 422
    assert refused.json()["errors"]


def test_who_lost_the_right_while_the_import_waited_imports_nothing(database: Database) -> None:
    recorder = id_of(database, "recorder@example.org")
    with database.writing(Command("test")) as session:
        known = callers.known(session, recorder)
        assert known is not None
        for grant in session.scalars(select(Grant).where(Grant.user_id == recorder)):  # type: ignore[arg-type]
            grant.valid_to = clock.today()

    with pytest.raises(ScopeMissing):
        service.import_file(database, "visits", io.BytesIO(b"place,date,adults\nkoppa,2026-03-12,5\n"), Options(),
                            caller=known)  # fmt: skip

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(VisitDay)) == 0
