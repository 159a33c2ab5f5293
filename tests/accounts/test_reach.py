"""Lists and checks agree: a thing is in a list exactly where a check of it alone says yes."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session

from app.accounts.models import Grant, User
from app.accounts.reach import Kind
from app.accounts.roles import EVERYTHING, SCOPES_OF, Role
from app.accounts.rules import Caller, Held, Thing
from app.accounts.service import grants, users
from app.accounts.service.callers import GRANT
from app.areas import service as areas
from app.areas.models import Area, AreaKind, AreaLink
from app.areas.queries import AREA, LINK
from app.areas.schemas import AreaSpec
from app.core import clock, rows
from app.core.database import Command, Database
from app.core.localized import Localized
from app.kinds import KINDS
from app.places import service as places
from app.places.models import MeetingPlace
from app.places.queries import PLACE
from app.places.schemas import PlaceWrite
from tests.conftest import PASSWORD_HASH

PLACED = {"near": "491", "hirvensalmi": "097", "merged": "507", "moved": "593", "elsewhere-place": "999"}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Two counties; a place of a municipality that was merged, and one of a municipality that moved yesterday."""
    yesterday = clock.today() - timedelta(days=1)
    with database.writing(Command("test")) as work:
        county: dict[str, Any] = {
            "kind": AreaKind.wellbeing_county,
            "holds_plan": True,
            "within": {"service": "finland"},
        }
        town: dict[str, Any] = {"kind": AreaKind.municipality, "within": {"service": "elsewhere"}}
        areas.load(
            work,
            [
                AreaSpec(slug="elsewhere", code="99", name=Localized(fi="Muualla"), **county),
                AreaSpec(slug="999", code="999", name=Localized(fi="Toinen kunta"), **town),
            ],
        )
        for slug, municipality in PLACED.items():
            write = PlaceWrite(slug=slug, name=Localized(fi=slug), municipality=municipality)
            places.found(work, write, grants.OPERATOR)
        merged = rows.find(work, MeetingPlace, "merged")
        merged.municipality_id = rows.find(work, Area, "588").id
        link = work.scalars(
            select(AreaLink).where(LINK.area_id == rows.find(work, Area, "593").id, LINK.scheme == "service")
        ).one()
        link.valid_to = yesterday
        new_parent = rows.find(work, Area, "area-savonlinna").id
        work.add(AreaLink(area_id=link.area_id, parent_id=new_parent, scheme="service", valid_from=yesterday))
    with database.snapshot() as found:
        yield found


def chains(session: Session, kind: Kind, columns: Any) -> dict[uuid.UUID, list[Thing]]:
    """Everything of a kind, each with what it lies in."""
    return {id: list(kind.chain_of(session, str(id)) or ()) for id in session.scalars(select(columns.id))}


def test_what_was_merged_or_moved_lies_where_it_is_today(session: Session) -> None:
    def above(kind: Kind, slug: str) -> list[str]:
        slugs = dict(session.execute(select(AREA.id, AREA.slug)).all())
        return [slugs[id] for name, id in kind.chain_of(session, slug) or () if name == "area"]

    assert above(places.KIND, "koppa") == ["491", "area-mikkeli", "county-12", "finland"]
    assert above(places.KIND, "merged") == ["588", "507", "area-mikkeli", "county-12", "finland"]
    assert above(places.KIND, "moved") == ["593", "area-savonlinna", "county-12", "finland"]
    assert above(places.KIND, "elsewhere-place") == ["999", "elsewhere", "finland"]
    assert places.KIND.chain_of(session, "nowhere") is areas.KIND.chain_of(session, "nowhere") is None


@pytest.mark.parametrize(("kind", "columns"), [(places.KIND, PLACE), (areas.KIND, AREA)], ids=["places", "areas"])
def test_what_lies_inside_some_things_has_one_of_them_in_its_chain(session: Session, kind: Kind, columns: Any) -> None:
    chain_of = chains(session, kind, columns)
    things = [("meeting_place", id) for id in session.scalars(select(PLACE.id))]
    things += [("area", id) for id in session.scalars(select(AREA.id))]
    inside: Callable[..., Any] = kind.inside  # type: ignore[assignment]

    @rounds(max_examples=100, deadline=None)
    @given(st.sets(st.sampled_from(things), max_size=4))
    def agree(held: set[Thing]) -> None:
        assert set(session.scalars(inside(session, held))) == {
            id for id, chain in chain_of.items() if held & set(chain)
        }

    agree()


def test_an_id_of_one_kind_holds_nothing_of_another(session: Session) -> None:
    koppa, mikkeli = rows.find(session, MeetingPlace, "koppa").id, rows.find(session, Area, "491").id

    assert list(session.scalars(places.inside(session, {("area", koppa), ("meeting_place", mikkeli)}))) == []
    assert list(session.scalars(areas.inside(session, {("meeting_place", mikkeli)}))) == []


def test_the_places_that_a_caller_reaches_are_those_where_they_may(session: Session) -> None:
    chain_of = chains(session, places.KIND, PLACE)
    things: list[Any] = [(EVERYTHING, None)]
    things += [("meeting_place", id) for id in session.scalars(select(PLACE.id))]
    things += [("area", id) for id in session.scalars(select(AREA.id))]
    held = st.builds(lambda role, thing: Held(SCOPES_OF[role], *thing), st.sampled_from(Role), st.sampled_from(things))
    layers = st.lists(st.lists(held, max_size=3).map(tuple), min_size=1, max_size=2).map(tuple)

    @rounds(max_examples=100, deadline=None)
    @given(layers, st.sampled_from(["visits:read", "visits:write", "places:write", "audit:read"]))
    def agree(rights: Any, scope: str) -> None:
        caller = Caller(uuid.UUID(int=0), "user", "maija@example.org", rights)
        reached = select(PLACE.id).where(places.reachable(session, caller, scope))

        assert set(session.scalars(reached)) == {id for id, chain in chain_of.items() if caller.may(scope, chain)}

    agree()


def test_the_grants_that_a_caller_sees_in_a_list_are_those_that_they_see_one_by_one(database: Database) -> None:
    with database.writing(Command("test")) as work:
        things: list[Any] = [(EVERYTHING, None)]
        things += [("meeting_place", id) for id in work.scalars(select(PLACE.id))]
        things += [("area", id) for id in work.scalars(select(AREA.id))]
        for number, (kind, id) in enumerate(things):
            user = users.create(work, f"person-{number}@example.org", PASSWORD_HASH)
            work.add(Grant(user_id=user.id, role=Role.recorder, kind=kind, item_id=id))
    with database.snapshot() as session:
        given_ = session.execute(select(GRANT.id, GRANT.user_id, GRANT.kind, GRANT.item_id)).all()
        chain = {g.id: grants.chain_of(session, KINDS, g.kind, g.item_id) for g in given_}
        people = list(session.scalars(select(User)))
        held = st.builds(
            lambda role, thing: Held(SCOPES_OF[role], *thing), st.sampled_from(Role), st.sampled_from(things)
        )

        @rounds(max_examples=60, deadline=None)
        @given(st.lists(held, max_size=3).map(tuple), st.sampled_from(people))
        def agree(layer: Any, me: User) -> None:
            caller = Caller(me.id, "user", me.email, (layer,))
            seen = {grant.id for grant in session.scalars(grants.grants(seen=users.visible(session, KINDS, caller)))}

            assert seen == {g.id for g in given_ if g.user_id == me.id or caller.may("users:read", chain[g.id])}

        agree()
