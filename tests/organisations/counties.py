"""What tests of organisations and persons stand on: kinds of two counties, and an organisation here and there."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from app.accounts.models import Grant
from app.accounts.roles import Role
from app.accounts.service import users
from app.areas import service as areas
from app.areas.models import Area, AreaKind
from app.areas.schemas import AreaSpec
from app.core import clock, rows
from app.core.database import Command, Database, Work
from app.core.localized import Localized
from app.networks.models import Network, Seat
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.networks.service import loading
from app.organisations.models import Person, PersonRight
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec
from app.organisations.service import organisations
from tests.conftest import PASSWORD_HASH, headers_of
from tests.networks.permissions import CHAIR, CONTACT, FAMILY, MEMBER

Headers = dict[str, str]
TEST = Command("test")
TODAY = clock.today()
LATER = str(TODAY + timedelta(days=700))


def settle(session: Work) -> None:
    """A county beside this one, with one municipality; and kinds of organisations in both."""
    county: dict[str, Any] = {"kind": AreaKind.wellbeing_county, "holds_plan": True, "within": {"service": "finland"}}
    municipality: dict[str, Any] = {"kind": AreaKind.municipality, "within": {"service": "beside"}}
    areas.load(
        session,
        [
            AreaSpec(slug="beside", code="99", name=Localized(fi="Viereinen"), **county),
            AreaSpec(slug="999", code="999", name=Localized(fi="Toinen kunta"), **municipality),
        ],
    )
    for slug, codes in (("county-12", ("seura", "srk")), ("beside", ("klubi",))):
        specs = [OrganisationKindSpec(code=code, name=Localized(fi=code.title())) for code in codes]
        organisations.load_kinds(session, rows.find(session, Area, slug).id, specs)


@dataclass
class World:
    """Organisations here (Mikkeli), far (Savonlinna) and in the county beside; and a network here."""

    client: TestClient
    database: Database
    admin: Headers
    network_id: uuid.UUID = field(init=False)

    def __post_init__(self) -> None:
        with self.database.writing(TEST) as session:
            settle(session)
            for county, kind, where in (
                ("county-12", "seura", {"here": "491", "far": "740"}),
                ("beside", "klubi", {"beside-here": "999"}),
            ):
                specs = [
                    OrganisationSpec(slug=slug, kind=kind, name=Localized(fi=slug), municipality=municipality)
                    for slug, municipality in where.items()
                ]
                organisations.load(session, rows.find(session, Area, county).id, specs)
            county_id = rows.find(session, Area, "county-12").id
            group = {"code": "ryhma", "name": {"fi": "Ryhmä"}, "roles": [CHAIR, CONTACT, MEMBER, FAMILY]}
            loading.load_kinds(session, county_id, [NetworkKindSpec.model_validate(group)])
            network = {"slug": "ryhma", "kind": "ryhma", "name": {"fi": "Ryhmä"}, "area": "491"}
            loading.load(session, county_id, [NetworkSpec.model_validate(network)])
            self.network_id = rows.find(session, Network, "ryhma").id

    def somebody(self, role: Role | None, kind: str, slug: str, name: str) -> Headers:
        """Somebody who can sign in with a role on a thing, or without any: the headers by which they are known."""
        with self.database.writing(TEST) as session:
            user = users.create(session, f"{name}@example.org", PASSWORD_HASH)
            if role is not None:
                item_id = rows.find(session, {"area": Area, "network": Network}[kind], slug).id  # type: ignore[type-var]
                rows.add(session, Grant(user_id=user.id, role=role, kind=kind, item_id=item_id))
        return headers_of(self.database, f"{name}@example.org")

    def add(self, known: Headers | None = None, **other: Any) -> Any:
        """The answer to a new person."""
        body = {
            "display_name": "Maija Meikäläinen",
            "work_email": "maija.meikalainen@seura.example.org",
            "organisation": "here",
            "purpose": "Verkoston jäsen",
            "retention_until": LATER,
        } | other
        return self.client.post("/v1/persons", json=body, headers=known or self.admin)

    def added(self, known: Headers | None = None, **other: Any) -> dict[str, Any]:
        """A new person."""
        answer = self.add(known, **other)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def read(self, person_id: str, known: Headers | None = None) -> Any:
        return self.client.get(f"/v1/persons/{person_id}", headers=known or self.admin).json()

    def change(self, person_id: str, known: Headers | None = None, **patch: Any) -> Any:
        """The answer to a change of a person as they are now."""
        tag = {"If-Match": f'"v{self.read(person_id)["version"]}"'}
        return self.client.patch(f"/v1/persons/{person_id}", json=patch, headers=(known or self.admin) | tag)

    def erase(self, person_id: str, known: Headers | None = None) -> Any:
        tag = {"If-Match": f'"v{self.read(person_id)["version"]}"'}
        return self.client.delete(f"/v1/persons/{person_id}", headers=(known or self.admin) | tag)

    def seat(self, person_id: str, role: str = "member", **more: Any) -> dict[str, Any]:
        """A new seat in the network here, held by a person."""
        body = {"role": role, "organisation": "here", "person": person_id, **more}
        answer = self.client.post("/v1/networks/ryhma/seats", json=body, headers=self.admin)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def grants_of(self, email: str) -> list[tuple[str, str, str | None]]:
        """Grants of somebody that go with something: role, first day, first day without."""
        grant = Grant.__table__.c  # type: ignore[attr-defined]
        with self.database.reading() as session:
            user_id = users.with_email(session, email).id
            query = Grant.__table__.select().where(grant.user_id == user_id, grant.because_of.is_not(None))  # type: ignore[attr-defined]
            return [(g.role, str(g.valid_from), g.valid_to and str(g.valid_to)) for g in session.execute(query)]

    def rights_of(self, person_id: str) -> list[PersonRight]:
        right = PersonRight.__table__.c  # type: ignore[attr-defined]
        with self.database.reading() as session:
            query = PersonRight.__table__.select().where(right.person_id == uuid.UUID(person_id))  # type: ignore[attr-defined]
            return list(session.execute(query))

    def stored(self, table: type[Person] | type[Seat], id: str) -> Any:
        with self.database.reading() as session:
            return session.get(table, uuid.UUID(id))
