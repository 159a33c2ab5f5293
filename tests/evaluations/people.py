"""A small set of criteria, and people who judge, as tests of evaluations need them."""

from datetime import timedelta
from typing import Any

from app.accounts.roles import Role
from app.accounts.schemas import GrantOnlyWrite, ThingWrite
from app.accounts.service import grants, users
from app.areas.models import Area
from app.areas.schemas import AreaSpec
from app.areas.service import load as load_areas
from app.core import clock, rows
from app.core.database import Command, Database, Work
from app.core.text import folded, sort_name
from app.evaluations.schemas import CriteriaSetSpec
from app.evaluations.service import criteria
from app.kinds import KINDS
from app.organisations.models import Organisation, Person
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec
from app.organisations.service import organisations
from app.places import service as places
from app.places.schemas import PlaceWrite
from tests.conftest import PASSWORD_HASH, headers_of

TEST = Command("test")
SCALE = {"min": 1, "max": 4, "labels": {"1": {"fi": "Ei vielä"}, "4": {"fi": "Erinomaisesti"}}}
CODES = ("door", "coffee", "prams")
ORGANISATIONS = ("kaupunki", "seurakunta")


def spec(code: str = "small", edition: int = 1, **other: Any) -> CriteriaSetSpec:
    """A set of three criteria under two headings."""
    body = {
        "code": code,
        "edition": edition,
        "name": {"fi": "Pieni"},
        "scale": SCALE,
        "areas": [{"code": "in", "name": {"fi": "Sisällä"}}, {"code": "out", "name": {"fi": "Ulkona"}}],
        "topics": [{"code": "open", "name": {"fi": "Avoimuus"}}],
        "criteria": [
            {"code": "door", "area": "out", "topic": "open", "text": {"fi": "Ovi on auki"}},
            {"code": "coffee", "area": "in", "text": {"fi": "Kahvi riittää"}},
            {"code": "prams", "area": "in", "text": {"fi": "Vaunut mahtuvat"}, "text_source": "placeholder"},
        ],
    }
    return CriteriaSetSpec.model_validate(body | other)


def settle(session: Work) -> None:
    """The sets ``small`` and ``region`` (not of places), two organisations, and a county beside with a place."""
    county = {"kind": "wellbeing_county", "code": "98", "holds_plan": True, "within": {"service": "finland"}}
    inside = {"kind": "municipality", "code": "998", "within": {"service": "beside"}}
    load_areas(
        session,
        [
            AreaSpec.model_validate({"slug": "beside", "name": {"fi": "Vieressä"}} | county),
            AreaSpec.model_validate({"slug": "998", "name": {"fi": "Vierekkäinen"}} | inside),
        ],
    )
    places.found(session, PlaceWrite(slug="beside-place", name={"fi": "V"}, municipality="998"), grants.OPERATOR)
    for county_slug in ("county-12", "beside"):
        county_id = rows.find(session, Area, county_slug).id
        criteria.load_sets(session, county_id, [spec(), spec("regional", level="region")])
        organisations.load_kinds(session, county_id, [OrganisationKindSpec(code="other", name={"fi": "Muu"})])
        named = [
            OrganisationSpec(
                slug=slug if county_slug == "county-12" else f"{slug}-beside", kind="other", name={"fi": slug}
            )
            for slug in ORGANISATIONS
        ]
        organisations.load(session, county_id, named)


def person(session: Work, name: str, organisation: str = "kaupunki") -> Person:
    """Somebody who works at an organisation."""
    employer = rows.find(session, Organisation, organisation)
    return rows.add(
        session,
        Person(
            county_id=employer.county_id,
            organisation_id=employer.id,
            display_name=name,
            purpose="Arvioija",
            retention_until=clock.today() + timedelta(days=900),
            sort_name=sort_name(name),
            search_name=folded(name),
        ),
    )


def enter(session: Work, name: str, role: Role, kind: str, slug: str) -> None:
    """Somebody with a role on a thing."""
    user = users.create(session, f"{name}@example.org", PASSWORD_HASH)
    on = ThingWrite(kind=kind, id=slug)
    grants.give(session, KINDS, grants.OPERATOR, user, GrantOnlyWrite(role=role, on=on))


def somebody(database: Database, name: str, role: Role, kind: str, slug: str) -> dict[str, str]:
    """Somebody with a role on a thing: the headers by which they are known."""
    with database.writing(TEST) as session:
        enter(session, name, role, kind, slug)
    return headers_of(database, f"{name}@example.org")
