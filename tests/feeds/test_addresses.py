"""Secret addresses of calendars: who has them, what they show, and that they are secret."""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts import opaque
from app.accounts.models import MachineToken, User
from app.accounts.roles import EVERYTHING, Role
from app.accounts.schemas import GrantOnlyWrite, ThingWrite
from app.accounts.service import grants, users
from app.core import clock
from app.core.database import Database
from app.core.deletions import Deletion
from app.feeds.models import CalendarAddress
from app.feeds.service import addresses
from app.kinds import KINDS
from app.networks.models import Seat
from app.organisations.models import Person
from tests.conftest import PASSWORD_HASH, headers_of, id_of, trail_of
from tests.feeds import calendars
from tests.live import serving
from tests.meetings import networks
from tests.meetings.conftest import Headers, Room
from tests.meetings.test_races import at_once
from tests.reliability.test_access_log import stopped

PATH = "/v1/calendar-addresses"
TODAY = clock.today()
REMOTE = "https://kokous.example.org/huone"
NOT_THERE = (404, "no-such-thing")


def make(room: Room, of: str = "me", id: str | None = None, *, headers: Headers | None = None, **other: Any) -> Any:
    answer = room.client.post(PATH, json={"of": of, "id": id, **other}, headers=headers or room.admin)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(made: dict[str, Any]) -> str:
    """The path of a secret address."""
    return "/v1/calendars/s/" + str(made["url"]).rpartition("/")[2]


def titles(room: Room, path: str) -> list[str]:
    """Titles of the meetings in the calendar at a secret address."""
    answer = room.client.get(path)
    assert answer.status_code == 200, answer.text
    found = calendars.by_python(answer.content).values()
    return sorted(event["summary"].partition(": ")[2].rpartition(" (")[0] for event in found)


def somebody(database: Database, email: str, *networks_led: str) -> Headers:
    """Somebody who leads networks."""
    with database.writing(networks.TEST) as session:
        user = users.create(session, email, PASSWORD_HASH)
        for slug in networks_led:
            on = ThingWrite(kind="network", id=slug)
            grants.give(session, KINDS, grants.OPERATOR, user, GrantOnlyWrite(role=Role.network_lead, on=on))
    return headers_of(database, email)


def sits(database: Database, email: str, seat: str, *, deputy: bool = False, **validity: Any) -> None:
    """Let somebody who signs in hold a seat, or be the deputy of who holds it."""
    networks.with_deputy(database, seat)
    with database.writing(networks.TEST) as session:
        user = users.with_email(session, email)
        seated = session.get_one(Seat, uuid.UUID(seat))
        person_id = seated.deputy_id if deputy else seated.person_id
        before = session.scalars(select(Person).where(Person.user_id == user.id)).first()  # type: ignore[arg-type]
        if before is None:
            session.get_one(Person, person_id).user_id = user.id
        else:
            setattr(seated, "deputy_id" if deputy else "person_id", before.id)
        for name, value in validity.items():
            setattr(seated, name, value)


def test_an_address_is_shown_once_and_stored_nowhere(room: Room, database: Database) -> None:
    made = make(room, "network", "ryhma", name="Puhelin")

    secret = path_of(made).rpartition("/")[2].removesuffix(".ics")
    listed = room.get(PATH)
    one = room.get(f"{PATH}/{made['id']}")

    assert made["url"] == f"http://testserver/v1/calendars/s/{secret}.ics"
    assert len(secret) == 43
    assert {**one.json(), "url": made["url"]} == made
    assert listed.json()["items"] == [one.json()]
    assert (made["of"], made["thing"]["slug"], made["name"]) == ("network", "ryhma", "Puhelin")
    assert secret not in listed.text + one.text
    assert "digest" not in made
    assert listed.headers["Cache-Control"] == "no-store"
    with database.reading() as session:
        stored = session.scalars(select(CalendarAddress)).one()
        [(_, changes)] = trail_of(session, "makeCalendarAddress")
    assert stored.digest == opaque.digest(secret)
    assert secret not in str(stored.model_dump())
    assert [(c.kind, c.action) for c in changes] == [("calendar_address", "created")]


def test_what_an_address_is_of_is_judged(room: Room) -> None:
    def told(**body: Any) -> list[tuple[str, str]]:
        answer = room.post(PATH, body)
        assert answer.status_code == 422
        return [(fault["code"], fault["pointer"]) for fault in answer.json()["errors"]]

    assert told(of="network") == [("missing", "/id")]
    assert told(of="area", id=None) == [("missing", "/id")]
    assert told(of="me", id="ryhma") == [("no-thing", "/id")]
    assert told(of="network", id="nowhere") == [("unknown-network", "/id")]
    assert told(of="area", id="nowhere") == [("unknown-area", "/id")]
    assert told(of="everything")[0][1] == "/of"
    assert room.get(PATH).json()["items"] == []


def test_a_key_is_not_taken_since_the_answer_is_secret(room: Room) -> None:
    headers = room.admin | {"Idempotency-Key": "calendar-1"}

    answer = room.client.post(PATH, json={"of": "me"}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "key-not-taken")


def test_machines_have_none(room: Room, database: Database) -> None:
    token = opaque.machine_token()
    with database.writing(networks.TEST) as session:
        made = {"name": "x", "digest": opaque.digest(token), "hint": token[:8], "scopes": ["meetings:read"]}
        later = clock.now() + timedelta(days=1)
        session.add(MachineToken(**made, kind=EVERYTHING, expires_at=later))
    headers = {"Authorization": f"Bearer {token}"}

    for answer in (room.client.get(PATH, headers=headers), room.client.post(PATH, json={"of": "me"}, headers=headers)):
        assert (answer.status_code, answer.json()["code"]) == (403, "not-a-person")


def test_an_address_of_a_network_shows_what_its_owner_may_see(room: Room, database: Database) -> None:
    room.plan(title="Avoin", remote_url=REMOTE, agenda=[{"title": "Salainen"}])
    room.plan(title="Sisäinen", is_public=False)
    lead, stranger = somebody(database, "lead@example.org", "ryhma"), somebody(database, "other@example.org")

    of_lead = path_of(make(room, "network", "ryhma", headers=lead))
    of_stranger = path_of(make(room, "network", "ryhma", headers=stranger))

    assert titles(room, of_lead) == ["Avoin", "Sisäinen"]
    assert titles(room, of_stranger) == ["Avoin"]
    assert REMOTE in "".join(calendars.lines(room.client.get(of_lead).content))
    assert "- Salainen" in "".join(calendars.lines(room.client.get(of_lead).content))
    assert REMOTE not in "".join(calendars.lines(room.client.get(of_stranger).content))
    assert "Salainen" not in room.client.get(of_stranger).text


def test_an_address_of_an_area_shows_what_its_owner_may_see_in_each_network(room: Room, database: Database) -> None:
    for network in ("ryhma", "toinen"):
        room.plan(title=f"Avoin {network}", network=network)
        room.plan(title=f"Sisäinen {network}", network=network, is_public=False)
    lead = somebody(database, "lead@example.org", "ryhma")

    path = path_of(make(room, "area", "county-12", headers=lead))

    assert titles(room, path) == ["Avoin ryhma", "Avoin toinen", "Sisäinen ryhma"]


@pytest.mark.parametrize("deputy", [False, True])
def test_ones_own_calendar_holds_the_networks_in_which_one_sits_on_the_day(
    room: Room, database: Database, deputy: bool
) -> None:
    last = TODAY + timedelta(days=30)
    for day in (-1, 0, 29, 30):
        room.plan(TODAY + timedelta(days=day), title=f"Päivä {day}")
    room.plan(TODAY + timedelta(days=3), local_start=f"{last - timedelta(days=1)}T23:59", title="Viimeinen")
    room.plan(TODAY, title="Muualla", network="toinen")
    member = somebody(database, "member@example.org", "ryhma")
    path = path_of(make(room, headers=member))
    before = titles(room, path)

    sits(database, "member@example.org", room.seats["ryhma"]["member"], deputy=deputy, valid_from=TODAY, valid_to=last)

    assert before == []
    assert titles(room, path) == ["Päivä 0", "Päivä 29", "Viimeinen"]
    assert "X-WR-CALNAME:Omat kokoukset" in room.client.get(path).text


def test_one_who_sits_without_a_right_sees_their_networks_until_the_seat_ends(room: Room, database: Database) -> None:
    room.plan(title="Avoin", remote_url=REMOTE)
    room.plan(title="Sisäinen", is_public=False)
    room.plan(title="Muualla", is_public=False, network="toinen")
    headers = somebody(database, "member@example.org")
    mine, whole = path_of(make(room, headers=headers)), path_of(make(room, "area", "county-12", headers=headers))
    sits(database, "member@example.org", room.seats["ryhma"]["member"])

    assert titles(room, mine) == titles(room, whole) == ["Avoin", "Sisäinen"]
    assert REMOTE in "".join(calendars.lines(room.client.get(mine).content))
    networks.end(database, room.seats["ryhma"]["member"], TODAY)
    assert titles(room, mine) == titles(room, whole) == ["Avoin"]
    assert REMOTE not in "".join(calendars.lines(room.client.get(mine).content))


def test_a_right_that_ends_ends_in_the_calendar_too(room: Room, database: Database) -> None:
    room.plan(title="Avoin")
    room.plan(title="Sisäinen", is_public=False)
    lead = somebody(database, "lead@example.org", "ryhma")
    path = path_of(make(room, "network", "ryhma", headers=lead))
    tag = {"If-None-Match": room.client.get(path).headers["ETag"]}
    with database.writing(networks.TEST) as session:
        [grant] = session.scalars(grants.grants(user_id=users.with_email(session, "lead@example.org").id)).all()
        grant.valid_from, grant.valid_to = TODAY - timedelta(days=2), TODAY

    assert titles(room, path) == ["Avoin"]
    assert room.client.get(path, headers=tag).status_code == 200


def test_who_may_sign_in_no_more_reads_what_is_public(room: Room, database: Database) -> None:
    room.plan(title="Avoin")
    room.plan(title="Sisäinen", is_public=False)
    lead = somebody(database, "lead@example.org", "ryhma")
    sits(database, "lead@example.org", room.seats["ryhma"]["member"])
    paths = [path_of(make(room, *of, headers=lead)) for of in (("network", "ryhma"), ("area", "491"), ("me",))]
    before = [titles(room, path) for path in paths]

    with database.writing(networks.TEST) as session:
        session.get_one(User, id_of(database, "lead@example.org")).is_active = False

    assert before == [["Avoin", "Sisäinen"]] * 3
    assert [titles(room, path) for path in paths] == [["Avoin"]] * 3


def test_a_revoked_address_is_as_if_it_had_never_been(room: Room, database: Database) -> None:
    made = make(room, "network", "ryhma")
    path = path_of(made)
    assert room.client.get(path).status_code == 200

    stale = room.delete(f"{PATH}/{made['id']}", version=2)
    unstated = room.client.delete(f"{PATH}/{made['id']}", headers=room.admin)
    done = room.delete(f"{PATH}/{made['id']}")

    assert (stale.status_code, unstated.status_code, done.status_code) == (412, 428, 204)
    asked = (path, f"/v1/calendars/s/{opaque.made()}.ics", "/v1/calendars/s/x.ics", f"/v1/calendars/s/{'ä' * 900}.ics")
    told = []
    for each in asked:
        answer = room.client.get(each)
        problem = answer.json() | {"request_id": None}
        told.append((answer.status_code, answer.headers["Cache-Control"], problem))
    assert told == [told[0]] * 4
    assert told[0][:2] == (404, "no-store")
    assert room.delete(f"{PATH}/{made['id']}").status_code == 404
    with database.reading() as session:
        assert session.scalars(select(Deletion.kind)).all() == ["calendar_address"]


def test_of_two_who_revoke_an_address_at_once_one_does(room: Room, database_url: str) -> None:
    headers = room.admin | {"If-Match": '"v1"'}

    with serving(database_url) as server, httpx.Client(headers=headers, timeout=30) as client:
        for _ in range(8):
            url = f"{server.address}{PATH}/{make(room)['id']}"
            assert at_once(*[lambda url=url: client.delete(url)] * 2) == [204, 404]


def test_who_is_put_out_of_use_while_they_wait_to_write_makes_none(
    room: Room, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, turn = somebody(database, "lead@example.org", "ryhma"), Database.turn

    @asynccontextmanager
    async def too_late(self: Database) -> AsyncIterator[None]:
        async with turn(self):
            with self.writing(networks.TEST) as session:
                users.with_email(session, "lead@example.org").is_active = False
            yield

    monkeypatch.setattr(Database, "turn", too_late)
    answer = room.client.post(PATH, json={"of": "me"}, headers=lead)

    assert (answer.status_code, answer.json()["code"]) == (401, "token-not-accepted")
    with database.reading() as session:
        assert session.scalars(select(CalendarAddress)).all() == []


def test_addresses_of_others_are_not_there(room: Room, database: Database) -> None:
    lead = somebody(database, "lead@example.org", "ryhma")
    made = make(room, headers=lead)

    for answer in (room.get(f"{PATH}/{made['id']}"), room.delete(f"{PATH}/{made['id']}")):
        assert (answer.status_code, answer.json()["code"]) == NOT_THERE
    assert room.get(PATH).json()["items"] == []
    assert room.get(f"{PATH}/{made['id']}", lead).status_code == 200


def test_a_secret_calendar_is_kept_by_its_reader_alone_and_told_again_only_when_it_changes(room: Room) -> None:
    meeting = room.plan(title="Sisäinen", is_public=False)
    path = path_of(make(room, "network", "ryhma"))
    first = room.client.get(path)
    tag = {"If-None-Match": first.headers["ETag"]}

    again = room.client.get(path, headers=tag)
    room.patch(f"/v1/meetings/{meeting['id']}", {"title": "Toisin"})
    changed = room.client.get(path, headers=tag)

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Last-Modified" in first.headers
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (changed.status_code, titles(room, path)) == (200, ["Toisin"])


def test_reading_at_a_secret_address_counts_as_a_public_read(room: Room) -> None:
    answer = room.client.get(path_of(make(room)))

    assert answer.headers["RateLimit"].startswith('"public-reads"')


def test_a_secret_gets_into_no_log(room: Room, database_url: str) -> None:
    path = path_of(make(room, "network", "ryhma"))
    secret = path.rpartition("/")[2].removesuffix(".ics")
    missing = opaque.made()

    with serving(database_url) as server, httpx.Client(base_url=server.address, timeout=30) as client:
        asked = (path, f"/v1/calendars/s/{missing}.ics", f"{path}?x=1", f"{path}/y", path.replace(".ics", ".ICS"))
        told = [client.get(each).status_code for each in asked] + [client.post(path).status_code]
        stopped(server)
        log = server.log()

    assert told == [200, 404, 422, 404, 404, 405]
    assert secret not in log
    assert missing not in log
    lines = [json.loads(line) for line in log.splitlines() if '"event": "request"' in line]
    assert [line["operation"] for line in lines][:2] == ["readSecretCalendar"] * 2


def test_whose_person_is_erased_has_an_empty_calendar(room: Room, database: Database) -> None:
    room.plan(title="Avoin")
    path = path_of(make(room, headers=somebody(database, "member@example.org")))
    sits(database, "member@example.org", room.seats["ryhma"]["member"])
    assert titles(room, path) == ["Avoin"]
    with database.reading() as session:
        found = select(Person.id).where(Person.user_id == id_of(database, "member@example.org"))  # type: ignore[arg-type]
        person_id = session.scalars(found).one()
    person = f"/v1/persons/{person_id}"

    erased = room.client.delete(person, headers=room.admin | {"If-Match": room.get(person).headers["ETag"]})

    assert erased.status_code == 204
    assert titles(room, path) == []


def test_nobody_has_more_addresses_than_they_can_look_after(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "MOST_ADDRESSES", 2)
    make(room)
    spare = make(room)

    refused = room.client.post(PATH, json={"of": "me"}, headers=room.admin)

    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-addresses")
    gone = room.client.delete(f"{PATH}/{spare['id']}", headers=room.admin | {"If-Match": '"v1"'})
    assert gone.status_code == 204
    make(room)
