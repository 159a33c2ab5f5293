"""Three groups with people on their seats, a year clock by which they meet, and duties that go round among them."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import deployment
from app.accounts.roles import Role
from app.accounts.schemas import GrantOnlyWrite, ThingWrite
from app.accounts.service import grants, users
from app.areas.models import Area
from app.core import clock, rows
from app.core.database import Command, Database, Work
from app.core.text import folded, sort_name
from app.kinds import KINDS
from app.main import create_app
from app.networks.models import Seat
from app.organisations.models import Organisation, Person
from app.plan.models import PlanRule, RuleType
from app.plan.queries import PLAN
from app.transfer import demo
from app.year_clock import service as year_clock
from app.year_clock.schemas import YearClockSpec
from tests.conftest import ENGINES, PASSWORD_HASH, Ground, Grounds, headers_of, settings_for
from tests.meetings import networks
from tests.meetings.networks import Seats

TEST = Command("test")
CLOCK = "/v1/year-clocks/kello"
Headers = dict[str, str]
SEATS = [
    {"role": "member", "organisation": "seurakunta"},
    {"role": "chair", "organisation": "kaupunki"},
    {"role": "family"},
]
WINDOWS: list[dict[str, Any]] = [
    {"code": "spring", "name": {"fi": "Kevät"}, "network_kind": "group", "first_month": 3, "last_month": 4,
     "mode": "live", "topics": [{"code": "trainings", "text": {"fi": "Koulutukset", "en": "Trainings"}}]},
    {"code": "autumn", "name": {"fi": "Syksy"}, "network_kind": "group", "first_month": 10, "last_month": 10,
     "topics": [{"code": "goals", "text": {"fi": "Tavoitteet"}}, {"code": "news", "text": {"fi": "Nostot"}}]},
]  # fmt: skip


@dataclass
class Desk:
    """A client that plans the year of the groups ``ryhma``, ``toinen`` and ``kolmas`` as a coordinator of the county.

    It is 2 November 2026.
    """

    client: TestClient
    database: Database
    headers: Headers
    seats: dict[str, Seats]

    def post(self, path: str, body: Any, version: int | None = None, **headers: str) -> Any:
        tag = {"If-Match": f'"v{version}"'} if version else {}
        return self.client.post(path, json=body, headers=self.headers | tag | headers)

    def get(self, path: str, headers: Headers | None = None) -> Any:
        return self.client.get(path, headers=self.headers if headers is None else headers)

    def plan(self, network: str, start: str, **other: Any) -> Any:
        body = {"network": network, "mode": "live", "local_start": start, "duration_minutes": 60} | other
        made = self.post("/v1/meetings", body)
        assert made.status_code == 201, made.text
        return made.json()

    def proposals(self, **asked: Any) -> Any:
        answer = self.post(f"{CLOCK}/proposals", {"year": 2028} | asked)
        assert answer.status_code == 200, answer.text
        return answer.json()["proposals"]

    def accept(self, proposals: Any, year: int = 2028, **headers: str) -> Any:
        return self.post(f"{CLOCK}/proposals/accept", {"year": year, "meetings": proposals}, **headers)

    def sit(self, name: str, *seats: str) -> uuid.UUID:
        """Let somebody hold some seats."""
        with self.database.writing(TEST) as session:
            person_id = _person(session, name)
            for id in seats:
                seat = session.get_one(Seat, uuid.UUID(id))
                seat.person_id, seat.is_held = person_id, True
            return person_id

    def deputise(self, holder_of: str, on: str) -> None:
        """Let who holds one seat be the deputy on another."""
        with self.database.writing(TEST) as session:
            seat, other = (session.get_one(Seat, uuid.UUID(id)) for id in (holder_of, on))
            other.deputy_id = seat.person_id

    def lead_of(self, network: str) -> Headers:
        """The headers of somebody who leads a network."""
        email = f"lead-of-{network}@example.org"
        with self.database.writing(TEST) as session:
            user = users.create(session, email, PASSWORD_HASH)
            on = ThingWrite(kind="network", id=network)
            grants.give(session, KINDS, grants.OPERATOR, user, GrantOnlyWrite(role=Role.network_lead, on=on))
        return headers_of(self.database, email)


def _person(session: Work, name: str) -> uuid.UUID:
    organisation = rows.find(session, Organisation, "kaupunki")
    person = Person(
        county_id=organisation.county_id,
        organisation_id=organisation.id,
        display_name=name,
        purpose="test",
        retention_until=date(2040, 1, 1),
        sort_name=sort_name(name),
        search_name=folded(name),
    )
    return rows.add(session, person).id


def rotation(session: Work, code: str, subject: tuple[str, str], duty: str, *among: str, **other: Any) -> None:
    """Let a duty go round."""
    facts = {"rule": "R10", "type": RuleType.rotation, "plan_ref": "13.4"} | other
    plan_id = session.scalars(select(PLAN.id).where(PLAN.first_year == 2026)).first()
    parameters = {"duty": duty, "among": list(among)}
    kind, of = subject
    session.add(PlanRule(plan_id=plan_id, code=code, subject_kind=kind, subject=of, parameters=parameters, **facts))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let it be another day from now on: of what is ahead. Tokens go by the time that it is."""
    return lambda day: monkeypatch.setattr(clock, "today", lambda: date.fromisoformat(day))


def with_groups(database: Database) -> dict[str, Seats]:
    """The groups: two in Mikkeli, one in Savonlinna; their year clock, the rules by which duties go round, and who
    coordinates it all. Answers their seats by slug and role.
    """
    found = networks.found(
        database,
        networks.network("ryhma", seats=SEATS),
        networks.network("toinen", "740", seats=SEATS),
        networks.network("kolmas", seats=SEATS),
    )
    with database.writing(TEST) as session:
        spec = {"slug": "kello", "name": {"fi": "Kello"}, "windows": WINDOWS}
        county_id = rows.find(session, Area, "county-12").id
        year_clock.load(session, county_id, [YearClockSpec.model_validate(spec)])
        rotation(session, "lead", ("network", "ryhma"), "lead", "toinen", "kolmas")
        rotation(session, "secretary", ("network_kind", "group"), "secretary")
        user = users.create(session, "county@example.org", PASSWORD_HASH)
        on = ThingWrite(kind="area", id="county-12")
        grant = GrantOnlyWrite(role=Role.coordinator, on=on, valid_from=date(2026, 1, 1))
        grants.give(session, KINDS, grants.OPERATOR, user, grant)
    return found


@pytest.fixture
def ground() -> Ground:
    return with_groups


@pytest.fixture
def desk(client: TestClient, database: Database, grounded: dict[str, Seats], at: Callable[[str], None]) -> Desk:
    at("2026-11-02")
    return Desk(client, database, headers_of(database, "county@example.org"), grounded)


@pytest.fixture(scope="session", params=ENGINES)
def demo_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, grounds: Grounds
) -> Iterator[Database]:
    """A database with the shipped plan and the demo, on each engine in turn; nobody changes it."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        made = grounds.file(template, tmp_path_factory.mktemp("demo"), demo.load)
    else:
        server, template = (request.getfixturevalue(name) for name in ("postgres", "postgres_template"))
        made = grounds.database(server, template, "demo_of_tests", demo.load)
    database = deployment.database(settings_for(made.url))
    yield database
    database.engine.dispose()


@pytest.fixture
def on_demo(demo_database: Database) -> Iterator[TestClient]:
    """A client without a token, of a server with the demo."""
    with TestClient(create_app(settings_for(demo_database.url), demo_database)) as client:
        yield client
