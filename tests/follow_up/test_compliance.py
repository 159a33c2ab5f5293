"""``/v1/plans/{plan}/compliance`` and what it would be: over HTTP, on the demo."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.database import Command, Database
from app.transfer import plan_file
from tests.conftest import headers_of
from tests.reliability.test_query_counts import counted

SECOND = Path(__file__).parents[1] / "data" / "second-county.plan.yaml"
PLAN = "/v1/plans/toimintasuunnitelma-2026-2029"
COMPLIANCE = f"{PLAN}/compliance"
ON = "2026-10-01"
Headers = dict[str, str]


@pytest.fixture
def somebody(demo_database: Database) -> Headers:
    return headers_of(demo_database, "reader@example.org")


def one(answer: dict[str, Any], code: str, subject: str | None = None) -> dict[str, Any]:
    (found,) = [r for r in answer["rules"] if r["code"] == code and subject in (None, r["subject"]["slug"])]
    return found


def test_an_entry_says_what_was_expected_what_is_and_why(on_demo: TestClient) -> None:
    answer = on_demo.get(COMPLIANCE, params={"on": ON}).json()
    found = one(answer, "r2-kohtaamispaikkaverkosto")

    assert {k: found[k] for k in found if k not in ("subject", "evidence", "name")} == {
        "rule": "R2",
        "code": "r2-kohtaamispaikkaverkosto",
        "type": "mode",
        "period": "2026",
        "status": "at_risk",
        "expected": 1,
        "actual": 0,
        "planned": 0,
        "missing": [],
        "next_deadline_on": "2026-12-31",
        "reason": "mode-not-planned",
        "because": {
            "fi": "Kokouksia paikan päällä: Pidetty 0, suunniteltu 0, tavoite 1. Lisää ei ole suunniteltu.",
            "sv": None,
            "en": "Meetings live: 0 of 1 held, 0 planned. No more are planned.",
        },
        "plan_ref": "7.15",
        "is_soft": False,
        "evidence_hidden": 0,
        "previous": "met",
    }
    assert found["subject"]["slug"] == "kohtaamispaikkaverkosto"
    assert (answer["on"], answer["revision"], answer["next"]) == (ON, 1, None)


def test_evidence_leads_to_what_was_counted(on_demo: TestClient) -> None:
    answer = on_demo.get(COMPLIANCE, params={"on": ON}).json()
    meetings = one(answer, "r1-perhekeskustoimijat")["evidence"]

    days = [on_demo.get(path).json()["local_start"][:10] for path in meetings]
    assert days == ["2026-02-05", "2026-05-07", "2026-09-03", "2026-11-05"]
    for path in {path for rule in answer["rules"] for path in rule["evidence"][:1]}:
        assert on_demo.get(path).status_code == 200, path


def test_without_a_token_only_evidence_is_left_out_and_nobody_is_named(on_demo: TestClient, somebody: Headers) -> None:
    public, known = (on_demo.get(COMPLIANCE, params={"on": ON}, headers=h).json() for h in ({}, somebody))
    koppa = one(public, "r6-arviointi", "koppa")

    assert (koppa["evidence"], koppa["evidence_hidden"]) == ([], 1)
    assert len(one(known, "r6-arviointi", "koppa")["evidence"]) == 1
    without = ("evidence", "evidence_hidden")
    plain = [[{k: v for k, v in r.items() if k not in without} for r in a["rules"]] for a in (public, known)]
    assert plain[0] == plain[1]
    assert "Sammalkivi" not in str(public)


def test_every_rule_of_the_plan_is_judged_or_said_not_to_be(on_demo: TestClient) -> None:
    answer = on_demo.get(COMPLIANCE).json()
    rules = {r["code"] for r in on_demo.get(f"{PLAN}/rules?limit=200").json()["items"]}

    judged = {r["code"] for r in answer["rules"]}
    told = {r["code"] for r in (*answer["not_evaluated"], *answer["invariants"])}
    assert judged | told == rules
    assert {r["reason"] for r in answer["not_evaluated"]} == {"no-facts-yet"}
    assert {r["rule"] for r in answer["invariants"]} == {"R13", "R14"}
    assert len(answer["rules"]) == sum(answer["counts"].values()) > 40


@pytest.mark.parametrize(("given", "of"), [
    ({"rule": "R5"}, {"r5-kohtaamispaikat"}),
    ({"network": "opiskeluhuolto", "rule": "R1"}, {"r1-opiskeluhuolto"}),
    ({"network": "lape-puumala", "status": "breached"}, {"r4-lape-kunta", "r4-lape-puheenjohtaja"}),
    ({"network": "lape-puumala", "subject": "opiskeluhuolto"}, set()),
])  # fmt: skip
def test_entries_can_be_chosen(on_demo: TestClient, given: dict[str, str], of: set[str]) -> None:
    answer = on_demo.get(COMPLIANCE, params={"on": ON, **given}).json()

    assert {r["code"] for r in answer["rules"]} == of


def test_what_is_not_there_or_not_a_day_is_refused(on_demo: TestClient) -> None:
    assert on_demo.get("/v1/plans/no-such-plan/compliance").status_code == 404
    assert on_demo.get(COMPLIANCE, params={"on": "1.10.2026"}).status_code == 422
    assert on_demo.get(COMPLIANCE, params={"day": ON}).status_code == 422
    assert on_demo.get(COMPLIANCE, params={"network": "no-such"}).json()["errors"][0]["code"] == "unknown-network"
    for far in ("0001-01-01", "1989-12-31", "2101-01-01", "9999-12-31"):
        [fault] = on_demo.get(COMPLIANCE, params={"on": far, "lang": "en"}).json()["errors"]
        assert fault["detail"] in ("1990-01-01 at the earliest.", "2100-12-31 at the latest.")
        assert on_demo.get("/plan", params={"on": far}).status_code == 422
        assert on_demo.get("/v1/networks/opiskeluhuolto/representation", params={"on": far}).status_code == 422
    for edge in ("1990-01-01", "2100-12-31"):
        assert {r["status"] for r in on_demo.get(COMPLIANCE, params={"on": edge}).json()["rules"]} == {"not_due"}


def proposed(day: str, mode: str = "live", network: str = "kohtaamispaikkaverkosto") -> dict[str, Any]:
    return {"meetings": [{"network": network, "day": day, "mode": mode}], "on": ON}


def test_a_simulation_says_what_would_change_and_changes_nothing(on_demo: TestClient, somebody: Headers) -> None:
    before = on_demo.get(COMPLIANCE, params={"on": ON}).json()
    answer = on_demo.post(f"{COMPLIANCE}/simulate", json=proposed("2026-12-10"), headers=somebody).json()

    assert [(c["code"], c["before"], c["after"]) for c in answer["changes"]] == [
        ("r2-kohtaamispaikkaverkosto", "at_risk", "on_track"),
    ]
    assert one(answer, "r2-kohtaamispaikkaverkosto")["planned"] == 1
    assert on_demo.get(COMPLIANCE, params={"on": ON}).json() == before


def test_a_simulation_takes_a_token_and_no_key_and_known_networks(on_demo: TestClient, somebody: Headers) -> None:
    body, address = proposed("2026-12-10"), f"{COMPLIANCE}/simulate"

    assert on_demo.post(address, json=body).status_code == 401
    keyed = on_demo.post(address, json=body, headers=somebody | {"Idempotency-Key": "k-1"})
    assert (keyed.status_code, keyed.json()["code"]) == (422, "key-not-taken")
    unknown = on_demo.post(address, json=proposed("2026-12-10", network="no-such"), headers=somebody).json()
    assert unknown["errors"][0]["pointer"] == "/meetings/0/network"
    for network, window in (("kohtaamispaikkaverkosto", "no-such"), ("lape-mikkeli", "jan-feb")):
        body["meetings"][0] |= {"network": network, "window_code": window}
        [fault] = on_demo.post(address, json=body, headers=somebody).json()["errors"]
        assert (fault["code"], fault["pointer"]) == ("unknown-window", "/meetings/0/window_code")


def test_queries_do_not_grow_with_networks_meetings_or_years(on_demo: TestClient, demo_database: Database) -> None:
    numbers = []
    for path in (f"{COMPLIANCE}?on=2025-01-01", f"{COMPLIANCE}?on=2027-12-31"):
        with counted(demo_database) as statements:
            assert on_demo.get(path).status_code == 200
        numbers.append(len([s for s in statements if "revision" not in s.lower()]))

    print(f"queries of a compliance answer: {numbers}")
    assert numbers[0] == numbers[1] <= 20


def test_representation_tells_seats_against_parties(on_demo: TestClient) -> None:
    answer = on_demo.get("/v1/networks/opiskeluhuolto/representation", params={"on": ON}).json()
    (every,) = [p for p in answer["parties"] if p["code"] == "r4-opiskeluhuolto-kunnat"]
    vacant = [s["of"]["slug"] for s in answer["seats"] if s["state"] == "vacant"]

    assert (every["expected"], every["actual"], every["state"], every["level"]) == (11, 10, "vacant", "must")
    assert vacant == ["097"]
    assert "person" not in str(answer)


def test_a_seat_for_which_nobody_comes_is_silent(on_demo: TestClient) -> None:
    answer = on_demo.get("/v1/networks/perhekeskustoimijat/representation", params={"on": ON}).json()

    silent = [s["organisation"] for s in answer["seats"] if s["state"] == "silent"]
    assert silent == ["pelastakaa-lapset"]


def test_a_seat_that_ends_soon_is_expiring(on_demo: TestClient) -> None:
    def states(on: str) -> list[str]:
        answer = on_demo.get("/v1/networks/lape-puumala/representation", params={"on": on}).json()
        return [s["state"] for s in answer["seats"] if s["code"] == "r4-lape-puheenjohtaja"]

    assert [states(on) for on in ("2026-07-02", "2026-07-03", "2026-09-01")] == [["filled"], ["expiring"], ["vacant"]]


def test_the_matrix_has_every_network_and_every_party(
    on_demo: TestClient, somebody: Headers, demo_database: Database
) -> None:
    with counted(demo_database) as statements:
        answer = on_demo.get("/v1/representation-matrix", params={"on": ON}, headers=somebody).json()
    rows = {row["network"]["slug"]: row["cells"] for row in answer["networks"]}
    keys = [party["key"] for party in answer["parties"]]

    puumala = {cell["party"]: cell["state"] for cell in rows["lape-puumala"]}
    assert puumala["organisation_kind:municipality,role:chair"] == "vacant"
    assert puumala["organisation_kind:parish"] == "filled"
    assert set(puumala) <= set(keys)
    assert len(keys) == len(set(keys))
    assert on_demo.get("/v1/representation-matrix").status_code == 401
    assert len(statements) <= 16
    narrow = on_demo.get("/v1/representation-matrix", params={"on": ON, "area": "623"}, headers=somebody).json()
    assert [row["network"]["slug"] for row in narrow["networks"]] == ["demo-tiimi-satama", "lape-puumala"]


def test_another_county_is_judged_by_its_own_plan_without_a_line_of_code(
    client: TestClient, database: Database
) -> None:
    plan = plan_file.read(SECOND.read_bytes())
    with database.writing(Command("test")) as session:
        plan_file.load(session, plan)
    path = f"/v1/plans/{plan.plan.slug}"

    answer = client.get(f"{path}/compliance", params={"on": "2027-03-01"}).json()

    rules = {r["code"] for r in client.get(f"{path}/rules?limit=200").json()["items"]}
    told = {r["code"] for r in (*answer["rules"], *answer["not_evaluated"], *answer["invariants"])}
    own = {n["slug"] for n in client.get("/v1/networks?area=county-93&limit=200").json()["items"]}
    assert told == rules
    assert {r["subject"]["slug"] for r in answer["rules"] if r["subject"]["kind"] == "network"} <= own
    assert {r["period"] for r in answer["rules"] if r["type"] == "cadence"} - {"2027"} != set()
