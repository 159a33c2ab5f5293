"""The number of queries of an answer does not grow with what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from starlette.testclient import TestClient

from app.accounts.models import Grant
from app.accounts.roles import Role
from app.accounts.service import users
from app.areas.models import Area
from app.core import ids, rows
from app.core.database import Command, Database
from app.core.localized import Localized
from app.materials import service as materials
from app.materials.schemas import DocumentSpec, MaterialSpec
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.networks.service import loading
from app.organisations.schemas import OrganisationKindSpec
from app.organisations.service import organisations
from app.programme import service as programme
from app.programme.schemas import SupportGroupSpec
from app.year_clock import service as year_clock
from app.year_clock.models import YearClock, YearClockWindow
from app.year_clock.queries import WINDOW
from app.year_clock.schemas import YearClockSpec
from tests.conftest import PASSWORD_HASH, headers_of
from tests.organisations.counties import LATER, settle
from tests.transfer.plans import GOOD, changed, load

Headers = dict[str, str]
LISTS = [
    "/v1/areas?limit=200",
    "/v1/meeting-places?limit=200",
    "/v1/organisation-kinds?limit=200",
    "/v1/organisations?limit=200",
    "/v1/persons?limit=200",
    "/v1/networks?limit=200",
    "/v1/networks/ryhma-0",
    "/v1/networks/ryhma-0/members?limit=200",
    "/v1/networks/ryhma-0/members.csv",
    "/v1/networks/ryhma-0/agreement-terms?limit=200",
    "/v1/networks/ryhma-0/member-list-checks?limit=200",
    "/v1/network-kinds?limit=200",
    "/v1/year-clocks?limit=200",
    "/v1/year-clocks/grown-0?year=2027",
    "/v1/support-forms?limit=200",
    "/v1/materials?limit=200",
    "/v1/reviewed-documents?limit=200",
    "/v1/plans?area=county-90",
    "/v1/plans/county-90-plan",
    "/v1/plans/county-90-plan/focus-areas",
    "/v1/plans/county-90-plan/goals?limit=200",
    "/v1/plans/county-90-plan/rules?limit=200",
    "/v1/visits?limit=200",
    "/v1/meeting-places/koppa/visits?limit=200",
    "/v1/statistics-forms",
    "/v1/visit-summaries?by=month&group=place&from=2025-01&to=2026-06",
    "/v1/visit-summaries?by=year&group=county&from=2025&to=2026",
    "/v1/indicators?limit=200",
    "/v1/indicators/sotkanet-127/series",
]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def count(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith(("BEGIN", "ROLLBACK")):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    yield statements
    event.remove(database.engine, "before_cursor_execute", count)


def grow_plan(database: Database, rounds: range) -> None:
    """An edition of a plan with a goal, two measures and a rule for each round."""
    text = {"fi": "Teksti"}
    measures = [{"code": code, "text": text} for code in "ab"]
    goal = {"plan_ref": "4", "text": text, "network_kind": "local_group", "focus_areas": ["f1"], "measures": measures}
    plan = GOOD["plan"]
    load(
        database,
        changed(
            ("/plan/revision", 1 + rounds.stop),
            ("/plan/valid_from", f"2026-02-{rounds.stop:02d}"),
            ("/plan/goals", [*plan["goals"], *(goal | {"code": f"g{n}"} for n in range(rounds.stop))]),
            ("/plan/rules", [*plan["rules"], *(plan["rules"][0] | {"code": f"r{n}"} for n in range(rounds.stop))]),
        ),
    )


def grow(client: TestClient, admin: Headers, rounds: range) -> None:
    for n in rounds:
        client.post("/v1/meeting-places", json={"name": {"fi": f"Tupa {n}"}, "municipality": "593"}, headers=admin)
    for n in rounds:
        made = {"name": {"fi": f"Seura {n}"}, "kind": "seura", "municipality": "593"}
        assert client.post("/v1/organisations", json=made, headers=admin).status_code == 201
        made = {"display_name": f"Maija {n}", "organisation": f"seura-{n}", "purpose": "x", "retention_until": LATER}
        assert client.post("/v1/persons", json=made, headers=admin).status_code == 201
    for n in rounds:
        made = {"name": {"fi": f"Ryhmä {n}"}, "kind": "other", "area": "491", "steered_by": ["lape-mikkeli"]}
        assert client.post("/v1/networks", json=made, headers=admin).status_code == 201
        made = {"role": "member", "organisation": "mikkelin-kaupunki", "place": "koppa"}
        assert client.post("/v1/networks/ryhma-0/seats", json=made, headers=admin).status_code == 201
        day = f"2026-01-{n + 1:02d}"
        made = {"name": {"fi": "Kausi"}, "starts_on": day, "ends_on": day}
        term = client.post("/v1/networks/ryhma-0/agreement-terms", json=made, headers=admin).headers["Location"]
        assert client.put(f"{term}/steps/review/goals", json={"done_on": day}, headers=admin).status_code == 201
        made = {"checked_on": day}
        assert client.post("/v1/networks/ryhma-0/member-list-checks", json=made, headers=admin).status_code == 201
    days = [
        f"{place},2026-0{1 + n % 6}-1{n % 7},{n + 3},{n + 4}"
        for n in rounds
        for place in ("koppa", "juva", f"tupa-{n}")
    ]
    body = "\n".join(["place,date,adults,children", *days])
    typed = admin | {"Content-Type": "text/csv"}
    assert client.post("/v1/imports/visits", content=body.encode(), headers=typed).json()["outcome"] == "done"
    values = "\n".join(
        ["indicator,area,period,value", *(f"sotkanet-127,{a},{2000 + n},5" for n in rounds for a in ("491", "507"))]
    )
    assert (
        client.post("/v1/imports/indicator-values", content=values.encode(), headers=typed).json()["outcome"] == "done"
    )


def grow_the_plan(database: Database, rounds: range) -> None:
    """More of what a plan file brings: clocks, forms of early support, documents, materials."""
    name = {"fi": "Nimi"}
    with database.writing(Command("test")) as session:
        county_id = rows.find(session, Area, "county-12").id
        role = {"code": "member", "name": name}
        kinds = [NetworkKindSpec.model_validate({"code": "grown", "name": name, "roles": [role]})]
        loading.load_kinds(session, county_id, kinds)
        organisations.load_kinds(session, county_id, [OrganisationKindSpec(code="grown", name=Localized(fi="Nimi"))])
        network = {"slug": "grown", "kind": "grown", "name": name, "area": "491"}
        loading.load(session, county_id, [NetworkSpec.model_validate(network)])
        window = {"code": "first", "name": name, "network_kind": "grown", "first_month": 1, "last_month": 2}
        for n in rounds:
            clock = {"slug": f"grown-{n}", "name": name, "windows": [window]}
            year_clock.load(session, county_id, [YearClockSpec.model_validate(clock)])
            grown = rows.find(session, YearClock, "grown-0")
            first = session.scalars(select(YearClockWindow).where(WINDOW.clock_id == grown.id)).first()
            more = rows.columns(first) | {"id": ids.new(), "code": f"window-{n}"}
            rows.add(session, YearClockWindow(**more))
            form = {"code": f"form-{n}", "name": name, "providers": ["grown"]}
            group = {"code": f"group-{n % 3}", "name": name, "forms": [form]}
            programme.load(session, county_id, [SupportGroupSpec.model_validate(group)])
            document = {
                "slug": f"grown-{n}",
                "kind": "guide",
                "title": name,
                "review_every_months": 12,
                "owner": "grown",
            }
            materials.load_documents(session, county_id, [DocumentSpec.model_validate(document)])
            material = {"slug": f"grown-{n}", "kind": "guide", "title": name, "document": f"grown-{n}"}
            materials.load(session, county_id, [MaterialSpec.model_validate(material)])


@pytest.mark.parametrize("caller", ["anyone", "admin"])
def test_queries_do_not_grow_with_the_rows(client: TestClient, admin: Headers, database: Database, caller: str) -> None:
    headers = admin if caller == "admin" else {}
    few: dict[str, int] = {}
    with database.writing(Command("test")) as session:
        settle(session)

    grow(client, admin, range(2))
    grow_the_plan(database, range(2))
    grow_plan(database, range(2))
    for path in LISTS:
        with counted(database) as statements:
            assert client.get(path, headers=headers).status_code in ((200,) if headers else (200, 401))
        few[path] = len(statements)
    grow(client, admin, range(2, 22))
    grow_the_plan(database, range(2, 22))
    grow_plan(database, range(2, 22))
    many = {}
    for path in LISTS:
        with counted(database) as statements:
            client.get(path, headers=headers)
        many[path] = len(statements)

    built = {path: count for path, count in many.items() if count}  # a kept answer that is still true costs none
    assert built == {path: few[path] for path in built}
    assert len(built) > len(LISTS) // 2
    assert max(few.values()) <= 12, few


def test_statements_of_an_import_do_not_grow_with_its_rows(
    client: TestClient, admin: Headers, database: Database
) -> None:
    def cost(days: int) -> int:
        lines = "\n".join(f"koppa,2026-05-{n + 1:02d},5" for n in range(days))
        with counted(database) as statements:
            body = f"place,date,adults\n{lines}".encode()
            answer = client.post("/v1/imports/visits", content=body, headers=admin | {"Content-Type": "text/csv"})
        assert answer.json()["counts"]["created"] > 0
        return len(statements)

    assert cost(2) == cost(28)


def test_who_may_see_whom_is_found_out_in_few_statements(client: TestClient, database: Database) -> None:
    with database.writing(Command("test")) as session:
        county = rows.find(session, Area, "county-12")
        coordinator = users.create(session, "coordinator@example.com", PASSWORD_HASH)
        contact = users.create(session, "contact@example.com", PASSWORD_HASH)
        session.add(Grant(user_id=coordinator.id, role=Role.coordinator, kind="area", item_id=county.id))
        for slug in ("491", "507", "740"):
            area = rows.find(session, Area, slug)
            session.add(Grant(user_id=contact.id, role=Role.coordinator, kind="area", item_id=area.id))
        session.flush()
        contact_id = contact.id
    headers = headers_of(database, "coordinator@example.com")

    counts = {}
    for method, path in (("GET", "/v1/users"), ("GET", "/v1/grants"), ("POST", f"/v1/users/{contact_id}/links")):
        with counted(database) as statements:
            assert client.request(method, path, headers=headers).status_code in (200, 201)
        counts[method, path.rpartition("/")[2]] = len(statements)

    assert counts == {("GET", "users"): 6, ("GET", "grants"): 5, ("POST", "links"): 14}
