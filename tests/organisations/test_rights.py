"""What persons may do because of what they are: grants that open for a sign-in, and end with what gave them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from app.accounts.models import Grant
from app.accounts.roles import SCOPES_OF, Role
from app.accounts.rules import Caller, Chain, Held
from app.accounts.service import users
from app.accounts.service.grants import OPERATOR, WiderThanYourOwn
from app.areas import service as areas
from app.areas.models import Area
from app.core import rows
from app.core.database import Work
from app.kinds import KINDS
from app.organisations.models import Person, PersonRight
from app.organisations.service import rights
from tests.conftest import id_of
from tests.organisations.counties import TEST, TODAY, World

READER, RECORDER = "reader@example.org", "recorder@example.org"
BECAUSE = "/v1/seats/01a20ed2-70f9-7c39-95a1-7a070ff41442"
YESTERDAY, TOMORROW, LATER = TODAY - timedelta(days=1), TODAY + timedelta(days=1), TODAY + timedelta(days=90)


def held_on(slug: str, session: Session, role: Role = Role.coordinator, **validity: Any) -> Caller:
    """Somebody with a role on an area."""
    held = Held(SCOPES_OF[role], "area", rows.find(session, Area, slug).id, **validity)
    return Caller(uuid.uuid4(), "user", "somebody", ((held,),))


@dataclass
class Desk:
    """A transaction with a person who has no sign-in yet, and a municipality."""

    session: Work
    person: Person
    chain: Chain

    def begin(
        self,
        caller: Caller = OPERATOR,
        valid_from: date = TODAY,
        valid_to: date | None = None,
        role: Role = Role.place_contact,
    ) -> PersonRight:
        return rights.begin(self.session, caller, self.person, role, self.chain, valid_from, valid_to, BECAUSE)

    def link(self, email: str | None, caller: Caller = OPERATOR) -> None:
        user = users.with_email(self.session, email) if email else None
        rights.link(self.session, KINDS, caller, self.person, user)

    def grant(self, right: PersonRight) -> tuple[uuid.UUID, date | None, date | None]:
        """Whose the grant of a right is, and when it holds."""
        assert right.grant_id is not None
        found = self.session.get_one(Grant, right.grant_id)
        assert (found.because_of, found.kind) == (BECAUSE, "area")
        return found.user_id, found.valid_from, found.valid_to


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    made = world.added()
    with world.database.writing(TEST) as session:
        person = rows.find(session, Person, made["id"], lock=True)
        yield Desk(session, person, areas.chain_above(session, rows.find(session, Area, "491").id))


def test_a_right_waits_for_a_sign_in_and_opens_for_it(desk: Desk, world: World) -> None:
    right = desk.begin()
    assert right.grant_id is None

    desk.link(READER)

    assert desk.grant(right) == (users.with_email(desk.session, READER).id, TODAY, None)
    assert (right.kind, right.item_id) == desk.chain[0]


def test_a_right_of_who_signs_in_opens_at_once_and_never_before_today(desk: Desk) -> None:
    desk.link(READER)

    assert desk.grant(desk.begin(valid_from=YESTERDAY))[1:] == (TODAY, None)
    assert desk.grant(desk.begin(valid_from=TOMORROW, valid_to=LATER))[1:] == (TOMORROW, LATER)
    assert desk.begin(valid_from=YESTERDAY - timedelta(days=9), valid_to=YESTERDAY).grant_id is None


def test_another_sign_in_takes_over_and_none_ends_them(desk: Desk) -> None:
    right = desk.begin()
    desk.link(READER)
    first = right.grant_id
    desk.link(RECORDER)
    second = right.grant_id

    assert desk.grant(right)[0] == users.with_email(desk.session, RECORDER).id
    assert desk.session.get_one(Grant, first).valid_to == TODAY
    desk.link(None)
    assert right.grant_id is None
    assert desk.session.get_one(Grant, second).valid_to == TODAY
    assert desk.person.user_id is None
    desk.link(READER)
    assert desk.grant(right) == (users.with_email(desk.session, READER).id, TODAY, None)


def test_a_right_holds_at_another_time_with_its_grant(desk: Desk) -> None:
    desk.link(READER)
    right = desk.begin()

    rights.change(desk.session, OPERATOR, right, desk.chain, TODAY, LATER)

    assert desk.grant(right)[1:] == (TODAY, LATER)
    assert (right.valid_from, right.valid_to) == (TODAY, LATER)


def test_a_right_that_had_ended_before_there_was_a_sign_in_opens_when_it_goes_on(desk: Desk) -> None:
    right = desk.begin(valid_from=YESTERDAY - timedelta(days=9), valid_to=YESTERDAY)
    desk.link(READER)
    assert right.grant_id is None

    rights.change(desk.session, OPERATOR, right, desk.chain, right.valid_from, None)

    assert desk.grant(right)[1:] == (TODAY, None)


def test_a_right_goes_with_its_grant(desk: Desk) -> None:
    desk.link(READER)
    right = desk.begin()
    grant_id = right.grant_id

    rights.remove(desk.session, right)

    assert desk.session.get(Grant, grant_id) is None
    assert rights.of_person(desk.session, desk.person.id) == []


def test_nobody_gives_by_a_right_what_they_could_not_grant(desk: Desk) -> None:
    here = held_on("491", desk.session)

    for caller, more in (
        (held_on("740", desk.session), {}),
        (held_on("491", desk.session, Role.recorder), {"role": Role.recorder}),  # may not give at all
        (here, {"role": Role.admin}),
        (held_on("491", desk.session, valid_to=LATER), {}),
        (held_on("491", desk.session, valid_to=LATER), {"valid_to": LATER + timedelta(days=1)}),
    ):
        with pytest.raises(WiderThanYourOwn):
            desk.begin(caller, **more)
    assert desk.begin(here).role == Role.place_contact
    assert desk.begin(held_on("491", desk.session, valid_to=LATER), valid_to=LATER).valid_to == LATER


def test_nobody_links_a_sign_in_to_rights_that_they_could_not_grant(desk: Desk) -> None:
    desk.begin(role=Role.coordinator)

    with pytest.raises(WiderThanYourOwn):
        desk.link(READER, held_on("740", desk.session))
    with pytest.raises(WiderThanYourOwn):
        desk.link(READER, held_on("491", desk.session, Role.place_contact))
    assert desk.person.user_id is None
    desk.link(READER, held_on("491", desk.session))
    with pytest.raises(WiderThanYourOwn):
        desk.link(None, held_on("740", desk.session))
    assert desk.person.user_id is not None


def test_a_right_that_is_over_is_in_nobodys_way(desk: Desk) -> None:
    desk.begin(role=Role.admin, valid_from=YESTERDAY - timedelta(days=9), valid_to=YESTERDAY)

    desk.link(READER, held_on("740", desk.session))

    assert desk.person.user_id is not None


def test_nobody_ends_or_lengthens_by_a_right_what_they_could_not_grant(desk: Desk) -> None:
    right = desk.begin()

    for ends in (TODAY, LATER, None):
        with pytest.raises(WiderThanYourOwn):
            rights.change(desk.session, held_on("740", desk.session), right, desk.chain, TODAY, ends)
    rights.change(desk.session, held_on("491", desk.session), right, desk.chain, TODAY, LATER)
    with pytest.raises(WiderThanYourOwn):
        rights.change(desk.session, held_on("491", desk.session, valid_to=LATER), right, desk.chain, TODAY, None)


# Over HTTP


def test_a_seat_of_a_person_opens_for_the_sign_in_that_is_linked(world: World) -> None:
    made = world.added()
    world.seat(made["id"], "chair")
    assert world.grants_of(READER) == []

    linked = world.change(made["id"], user=READER)

    assert linked.json()["user_id"] == str(id_of(world.database, READER))
    assert world.grants_of(READER) == [("network_lead", str(TODAY), None)]
    assert world.change(made["id"], user=None).json()["user_id"] is None
    assert world.grants_of(READER) == [("network_lead", str(TODAY), str(TODAY))]


def test_a_sign_in_can_be_named_at_the_start(world: World) -> None:
    user_id = str(id_of(world.database, READER))

    made = world.added(user=user_id)

    assert (made["user_id"], made["version"]) == (user_id, 1)
    world.seat(made["id"], "chair")
    assert world.grants_of(READER) == [("network_lead", str(TODAY), None)]


def test_a_sign_in_is_one_persons(world: World) -> None:
    made = world.added(user=READER)
    other = world.added(display_name="Toinen", work_email=None)

    taken = world.change(other["id"], user=READER)

    assert (taken.status_code, taken.json()["code"]) == (409, "sign-in-is-linked")
    assert made["id"] in taken.json()["detail"]
    assert world.add(work_email=None, user=READER).json()["code"] == "sign-in-is-linked"
    world.change(made["id"], user=None)
    assert world.change(other["id"], user=READER).status_code == 200


def test_whose_a_sign_in_is_is_told_to_those_who_may_see_them(world: World) -> None:
    far = world.added(organisation="far")
    here = world.somebody(Role.coordinator, "area", "491", "koordinaattori")
    world.somebody(Role.reader, "area", "491", "lukija")
    world.change(far["id"], user="lukija@example.org")

    taken = world.add(here, work_email=None, user="lukija@example.org")

    assert taken.json()["code"] == "sign-in-is-linked"
    assert far["id"] not in taken.text


def test_a_sign_in_that_one_does_not_see_is_as_one_that_there_is_not(world: World) -> None:
    here = world.somebody(Role.coordinator, "area", "491", "koordinaattori")
    made = world.added()

    known = [world.change(made["id"], here, user=user).json() for user in (READER, "nobody@example.org")]

    assert [answer["errors"] for answer in known] == [known[0]["errors"]] * 2
    assert known[0]["errors"][0]["code"] == "unknown-user"
    assert world.read(made["id"])["user_id"] is None


def test_to_link_a_sign_in_takes_that_one_may_give_rights_there(world: World) -> None:
    made = world.added()
    world.somebody(Role.reader, "area", "491", "lukija")
    scopes = ["persons:read", "persons:write", "users:read"]
    body = {"name": "Kirjuri", "scopes": scopes, "on": {"kind": "area", "id": "491"}}
    token = world.client.post("/v1/tokens", json=body, headers=world.admin).json()["token"]
    machine = {"Authorization": f"Bearer {token}"}

    refused = world.change(made["id"], machine, user="lukija@example.org").json()

    assert (refused["code"], "users:write" in refused["detail"]) == ("wider-than-your-own", True)
    assert world.add(machine, work_email=None, user="lukija@example.org").json()["code"] == "wider-than-your-own"
    assert world.change(made["id"], machine, purpose="Toinen").status_code == 200
    body["scopes"] = [*scopes, "users:write"]
    token = world.client.post("/v1/tokens", json=body, headers=world.admin).json()["token"]
    machine = {"Authorization": f"Bearer {token}"}
    assert world.change(made["id"], machine, user="lukija@example.org").status_code == 200


def test_who_may_not_give_the_rights_of_a_seat_links_nobody_to_them(world: World) -> None:
    """The network works in a municipality where the one who links has nothing."""
    made = world.added(organisation="far")
    world.seat(made["id"], "chair")
    far = world.somebody(Role.coordinator, "area", "740", "koordinaattori")

    refused = world.change(made["id"], far, user="koordinaattori@example.org")  # themselves: they see who they are

    assert refused.json()["code"] == "wider-than-your-own"
    assert world.read(made["id"])["user_id"] is None
    assert world.grants_of("koordinaattori@example.org") == []


def test_a_right_goes_to_the_sign_in_of_the_moment(world: World) -> None:
    """While a seat is being opened, somebody else links, changes or unlinks the person's sign-in."""
    if world.database.is_sqlite:
        pytest.skip("one transaction writes at a time")
    id = uuid.UUID(world.added()["id"])

    def opened(email: str | None) -> uuid.UUID | None:
        with world.database.writing(TEST) as session:
            person = rows.find(session, Person, id)
            with world.database.writing(TEST) as other:
                user = users.with_email(other, email) if email else None
                rights.link(other, KINDS, OPERATOR, rows.find(other, Person, id, lock=True), user)
            chain = areas.chain_above(session, rows.find(session, Area, "491").id)
            right = rights.begin(session, OPERATOR, person, Role.reader, chain, TODAY, None, BECAUSE)
            return session.get_one(Grant, right.grant_id).user_id if right.grant_id else None

    assert opened(READER) == id_of(world.database, READER)
    assert opened(RECORDER) == id_of(world.database, RECORDER)
    assert opened(None) is None
