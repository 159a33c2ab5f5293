"""People: invited with a link, given roles, put out of use. Plan 2.5, 8.1, 8.3, 8.6."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from app.accounts.models import Grant, OneTimeLink, User
from app.accounts.service import callers
from app.accounts.service.callers import GRANT
from app.areas.queries import AREA
from app.core import clock
from app.core.database import Command, Database
from app.places.models import MeetingPlace
from app.places.queries import PLACE
from tests.conftest import headers_of, trail_of

Headers = dict[str, str]
KOPPA = {"kind": "meeting_place", "id": "koppa"}
MIKKELI = {"kind": "area", "id": "491"}
COUNTY = {"kind": "area", "id": "county-12"}
PASSWORD = "four words of mine"


def invite(client: TestClient, by: Headers, email: str, role: str, on: dict[str, Any], **validity: str) -> Any:
    body = {"email": email, "grants": [{"role": role, "on": on, **validity}]}
    return client.post("/v1/users", json=body, headers=by)


def settled(client: TestClient, database: Database, by: Headers, email: str, role: str, on: dict[str, Any]) -> Headers:
    """Somebody who was invited and has set a password."""
    made = invite(client, by, email, role, on)
    assert made.status_code == 201, made.text
    accepted = client.post("/v1/auth/accept", json={"token": made.json()["link"]["token"], "password": PASSWORD})
    assert accepted.status_code == 204, accepted.text
    return headers_of(database, email)


def test_an_invitation_leads_to_a_password_and_to_what_was_granted(client: TestClient, admin: Headers) -> None:
    made = invite(client, admin, "Maija@Example.org", "recorder", KOPPA)

    assert made.status_code == 201, made.text
    user = made.json()
    assert (user["email"], user["state"]) == ("maija@example.org", "invited")
    assert user["grants"][0]["on"] | {"id": ""} == {
        "kind": "meeting_place",
        "id": "",
        "slug": "koppa",
        "name": {"fi": "Koppa", "sv": None, "en": None},
    } | {"name": user["grants"][0]["on"]["name"]}
    assert user["link"]["url"] == f"http://testserver/accept?token={user['link']['token']}"
    assert made.headers["Cache-Control"] == "no-store"
    assert client.post("/v1/auth/token", data={"username": "maija@example.org", "password": "x"}).status_code == 401

    link = {"token": user["link"]["token"], "password": PASSWORD}
    assert client.post("/v1/auth/accept", json=link | {"password": "short"}).json()["code"] == "password-too-short"
    assert client.post("/v1/auth/accept", json=link).status_code == 204
    spent = client.post("/v1/auth/accept", json=link | {"password": "another four words"})
    assert (spent.status_code, spent.json()["code"]) == (410, "link-not-valid")

    issued = client.post("/v1/auth/token", data={"username": "Maija@example.org", "password": PASSWORD}).json()
    me = client.get("/v1/me", headers={"Authorization": f"Bearer {issued['access_token']}"}).json()
    assert (me["role"], me["scopes"]) == ("recorder", ["visits:read", "visits:write"])
    assert [g["on"]["slug"] for g in me["grants"]] == ["koppa"]
    assert client.get(f"/v1/users/{user['id']}", headers=admin).json()["state"] == "active"


def test_a_link_expires_and_a_newer_one_takes_its_place(
    client: TestClient, admin: Headers, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    user = invite(client, admin, "maija@example.org", "recorder", KOPPA).json()
    first = user["link"]["token"]
    second = client.post(f"/v1/users/{user['id']}/links", headers=admin).json()["token"]
    assert client.post("/v1/auth/accept", json={"token": first, "password": PASSWORD}).status_code == 410

    later = datetime.now(UTC) + timedelta(days=7, seconds=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post("/v1/auth/accept", json={"token": second, "password": PASSWORD}).status_code == 410
    with database.reading() as session:
        assert session.scalars(select(User).where(User.email == "maija@example.org")).one().password_hash is None  # type: ignore[arg-type]
        assert first not in str(session.scalars(select(OneTimeLink)).all())


def test_a_reset_by_link_ends_sign_ins_and_the_old_password_works_until_then(
    client: TestClient, admin: Headers, database: Database
) -> None:
    maija = settled(client, database, admin, "maija@example.org", "recorder", KOPPA)
    id = client.get("/v1/me", headers=maija).json()["id"]

    link = client.post(f"/v1/users/{id}/links", headers=admin).json()["token"]
    assert client.get("/v1/me", headers=maija).status_code == 200
    assert client.post("/v1/auth/accept", json={"token": link, "password": "other four words"}).status_code == 204

    assert client.get("/v1/me", headers=maija).status_code == 401
    body = {"username": "maija@example.org", "password": PASSWORD}
    assert client.post("/v1/auth/token", data=body).status_code == 401
    assert client.post("/v1/auth/token", data=body | {"password": "other four words"}).status_code == 200


def test_who_is_put_out_of_use_is_refused_on_the_very_next_request(
    client: TestClient, admin: Headers, database: Database
) -> None:
    maija = settled(client, database, admin, "maija@example.org", "recorder", KOPPA)
    user = client.get("/v1/users?q=maija", headers=admin).json()["items"][0]
    address = f"/v1/users/{user['id']}"

    assert client.patch(address, json={"is_active": False}, headers=admin).status_code == 428
    changed = client.patch(address, json={"is_active": False}, headers=admin | {"If-Match": f'"v{user["version"]}"'})

    assert changed.json()["state"] == "disabled"
    assert client.get("/v1/me", headers=maija).status_code == 401
    refused = client.post(f"{address}/links", headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "disabled")
    back = client.patch(address, json={"is_active": True}, headers=admin | {"If-Match": changed.headers["ETag"]})
    assert back.json()["state"] == "active"
    assert client.get("/v1/me", headers=maija).status_code == 401  # signing in again is needed


def test_a_grant_that_is_ended_ends_on_the_very_next_request(
    client: TestClient, admin: Headers, database: Database
) -> None:
    maija = settled(client, database, admin, "maija@example.org", "recorder", KOPPA)
    grant = client.get("/v1/me", headers=maija).json()["grants"][0]
    visits = "/v1/meeting-places/koppa/visits"
    assert client.get(visits, headers=maija).status_code == 200

    ended = client.patch(
        f"/v1/grants/{grant['id']}",
        json={"valid_to": str(clock.today())},
        headers=admin | {"If-Match": f'"v{grant["version"]}"'},
    )

    assert (ended.status_code, ended.json()["is_valid"]) == (200, False)
    assert client.get(visits, headers=maija).status_code == 403
    assert client.get("/v1/me", headers=maija).json()["scopes"] == []
    with database.reading() as session:
        [(_, changes)] = trail_of(session, "changeGrant")
    assert [(c.kind, c.fields) for c in changes] == [("role_grant", ["valid_to"])]


@pytest.mark.parametrize(
    ("role", "on", "validity", "code"),
    [
        ("recorder", KOPPA, {}, None),
        ("place_contact", KOPPA, {}, None),
        ("recorder", MIKKELI, {}, "wider-than-your-own"),  # a wider place
        ("recorder", {"kind": "meeting_place", "id": "tikantanssi"}, {}, "wider-than-your-own"),
        ("recorder", {"kind": "everything"}, {}, "wider-than-your-own"),
        ("coordinator", KOPPA, {}, "wider-than-your-own"),  # scopes that they lack
        ("admin", KOPPA, {}, "wider-than-your-own"),
    ],
)
def test_nobody_gives_more_than_they_have(
    client: TestClient,
    admin: Headers,
    database: Database,
    role: str,
    on: dict[str, Any],
    validity: dict[str, str],
    code: str | None,
) -> None:
    contact = settled(client, database, admin, "contact@example.org", "place_contact", KOPPA)

    made = invite(client, contact, "new@example.org", role, on, **validity)

    assert (made.status_code, made.json().get("code")) == ((403, code) if code else (201, None))
    if code:
        with database.reading() as session:
            assert not session.scalars(select(User).where(User.email == "new@example.org")).first()  # type: ignore[arg-type]


def test_nobody_gives_for_longer_than_they_have(client: TestClient, admin: Headers, database: Database) -> None:
    until = clock.today() + timedelta(days=30)
    made = invite(client, admin, "contact@example.org", "place_contact", KOPPA, valid_to=str(until))
    client.post("/v1/auth/accept", json={"token": made.json()["link"]["token"], "password": PASSWORD})
    contact = headers_of(database, "contact@example.org")

    longer = invite(client, contact, "a@example.org", "recorder", KOPPA, valid_to=str(until + timedelta(days=1)))
    open_end = invite(client, contact, "a@example.org", "recorder", KOPPA)
    as_long = invite(client, contact, "a@example.org", "recorder", KOPPA, valid_to=str(until))

    assert [a.status_code for a in (longer, open_end, as_long)] == [403, 403, 201]
    grant = as_long.json()["grants"][0]
    prolonged = client.patch(
        f"/v1/grants/{grant['id']}",
        json={"valid_to": None},
        headers=contact | {"If-Match": f'"v{grant["version"]}"'},
    )
    assert (prolonged.status_code, prolonged.json()["code"]) == (403, "wider-than-your-own")


def test_nobody_takes_over_who_may_more_than_they(client: TestClient, admin: Headers, database: Database) -> None:
    contact = settled(client, database, admin, "contact@example.org", "place_contact", KOPPA)
    both = settled(client, database, admin, "both@example.org", "recorder", KOPPA)
    id = client.get("/v1/me", headers=both).json()["id"]
    assert client.post(f"/v1/users/{id}/links", headers=contact).status_code == 201

    wider = {"user": "both@example.org", "role": "recorder", "on": COUNTY}
    assert client.post("/v1/grants", json=wider, headers=admin).status_code == 201

    refused = client.post(f"/v1/users/{id}/links", headers=contact)
    assert (refused.status_code, refused.json()["code"]) == (403, "wider-than-your-own")
    shown = client.get(f"/v1/users/{id}", headers=contact).json()
    assert [g["on"]["slug"] for g in shown["grants"]] == ["koppa"]  # and sees no more of them
    admin_id = client.get("/v1/me", headers=admin).json()["id"]
    assert client.get(f"/v1/users/{admin_id}", headers=contact).status_code == 404


def test_the_last_administrator_stays(client: TestClient, admin: Headers) -> None:
    me = client.get("/v1/me", headers=admin).json()
    grant, user = me["grants"][0], client.get(f"/v1/users/{me['id']}", headers=admin).json()

    ended = client.patch(
        f"/v1/grants/{grant['id']}",
        json={"valid_to": str(clock.today())},
        headers=admin | {"If-Match": f'"v{grant["version"]}"'},
    )
    disabled = client.patch(
        f"/v1/users/{me['id']}", json={"is_active": False}, headers=admin | {"If-Match": f'"v{user["version"]}"'}
    )

    assert [(a.status_code, a.json()["code"]) for a in (ended, disabled)] == [(409, "last-administrator")] * 2
    assert client.get("/v1/me", headers=admin).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "place"),
    [
        ({"email": "not an address"}, 422, "/email"),
        ({"email": "admin@example.org"}, 409, None),
        ({"grants": []}, 422, "/grants"),
        ({"grants": [{"role": "king", "on": KOPPA}]}, 422, "/grants/0/role"),
        ({"grants": [{"role": "recorder", "on": {"kind": "castle", "id": "x"}}]}, 422, "/grants/0/on/kind"),
        ({"grants": [{"role": "recorder", "on": {"kind": "area", "id": "atlantis"}}]}, 422, "/grants/0/on/id"),
        ({"grants": [{"role": "recorder", "on": {"kind": "area"}}]}, 422, "/grants/0/on/id"),
        ({"grants": [{"role": "recorder", "on": {"kind": "everything", "id": "491"}}]}, 422, "/grants/0/on/id"),
        (
            {"grants": [{"role": "recorder", "on": KOPPA, "valid_from": "2026-05-01", "valid_to": "2026-04-01"}]},
            422,
            "/grants/0/valid_to",
        ),
        ({"grants": [{"role": "recorder", "on": KOPPA}] * 2}, 409, None),
        ({"is_active": False}, 422, ""),
    ],
)
def test_a_wrong_invitation_is_refused_whole(
    client: TestClient, admin: Headers, database: Database, change: dict[str, Any], status: int, place: str | None
) -> None:
    body = {"email": "new@example.org", "grants": [{"role": "recorder", "on": KOPPA}]} | change

    refused = client.post("/v1/users", json=body, headers=admin)

    assert refused.status_code == status, refused.text
    if place is not None:
        assert [e["pointer"] for e in refused.json()["errors"]] == [place]
    with database.reading() as session:
        assert not session.scalars(select(User).where(User.email == "new@example.org")).first()  # type: ignore[arg-type]


def test_a_coordinator_does_what_a_county_needs_without_an_administrator(
    client: TestClient, admin: Headers, database: Database
) -> None:
    coordinator = settled(client, database, admin, "coordination@example.org", "coordinator", COUNTY)

    contact = settled(client, database, coordinator, "contact@example.org", "place_contact", KOPPA)
    recorder = settled(client, database, contact, "recorder@example.fi", "recorder", KOPPA)

    day = "/v1/meeting-places/koppa/visits/2026-03-12"
    body = {"form_version": 1, "status": "open", "open_minutes": 60, "counts": {"adults": 2}, "note": None}
    assert client.put(day, json=body, headers=recorder).status_code == 201
    elsewhere = client.put("/v1/meeting-places/tikantanssi/visits/2026-03-12", json=body, headers=recorder)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "out-of-reach")
    assert [u["email"] for u in client.get("/v1/users", headers=contact).json()["items"]] == [
        "contact@example.org",
        "recorder@example.fi",
    ]
    listed = [u["email"] for u in client.get("/v1/users", headers=coordinator).json()["items"]]
    assert listed == ["contact@example.org", "coordination@example.org", "recorder@example.fi"]
    import_day = "place,date,adults\nkoppa,2026-03-13,4\n"
    typed = contact | {"Content-Type": "text/csv"}
    assert client.post("/v1/imports/visits", content=import_day, headers=typed).json()["outcome"] == "done"
    two = "place,date,adults\nkoppa,2026-03-14,4\ntikantanssi,2026-03-14,4\n"
    report = client.post("/v1/imports/visits", content=two, headers=typed).json()
    assert (report["outcome"], report["rows"][0]["errors"][0]["code"]) == ("refused", "out-of-reach")
    places = {"name": {"fi": "Uusi"}, "municipality": "740"}
    assert client.post("/v1/meeting-places", json=places, headers=contact).status_code == 403
    assert client.post("/v1/meeting-places", json=places, headers=coordinator).status_code == 201


def test_totals_are_true_for_those_who_may_read_every_count_behind_them(
    client: TestClient, admin: Headers, database: Database
) -> None:
    contact = settled(client, database, admin, "contact@example.org", "place_contact", KOPPA)
    body = {"form_version": 1, "status": "open", "open_minutes": 60, "counts": {"adults": 2}, "note": None}
    for place in ("koppa", "tikantanssi"):
        client.put(f"/v1/meeting-places/{place}/visits/2026-03-12", json=body, headers=admin)
    march = "/v1/visit-summaries?group=place&from=2026-03&to=2026-03&fields=adults"

    own = client.get(march + "&place=koppa", headers=contact).json()
    all_places = client.get(march, headers=contact).json()
    cut = client.get(march.replace("to=2026-03", "to=2026-03-12"), headers=contact)

    assert own["items"][0]["counts"]["adults"] == {"value": 2, "status": None}
    assert {item["counts"]["adults"]["status"] for item in all_places["items"]} == {"c"}
    assert (own["hidden_below"], all_places["hidden_below"]) == (None, 5)
    assert (cut.status_code, cut.json()["code"]) == (422, "whole-months-only")


def test_who_may_for_a_time_takes_over_nobody_who_may_for_longer(
    client: TestClient, admin: Headers, database: Database
) -> None:
    tomorrow = str(clock.today() + timedelta(days=1))
    invite(client, admin, "brief@example.org", "admin", {"kind": "everything"}, valid_to=tomorrow)
    brief = headers_of(database, "brief@example.org")
    me = client.get("/v1/me", headers=admin).json()
    user = client.get(f"/v1/users/{me['id']}", headers=admin).json()
    grant = me["grants"][0]

    tried = [
        client.post(f"/v1/users/{me['id']}/links", headers=brief),
        client.patch(
            f"/v1/users/{me['id']}",
            json={"email": "mine@example.org"},
            headers=brief | {"If-Match": f'"v{user["version"]}"'},
        ),
        client.patch(
            f"/v1/grants/{grant['id']}",
            json={"valid_to": str(clock.today())},
            headers=brief | {"If-Match": f'"v{grant["version"]}"'},
        ),
    ]

    assert [(a.status_code, a.json()["code"]) for a in tried] == [(403, "wider-than-your-own")] * 3


def test_a_link_is_worth_what_its_maker_may_do_when_it_is_used(
    client: TestClient, admin: Headers, database: Database
) -> None:
    contact = settled(client, database, admin, "contact@example.org", "place_contact", KOPPA)
    one, two = (invite(client, contact, f"{name}@example.org", "recorder", KOPPA).json() for name in ("one", "two"))
    accept = {"password": "other four words"}

    wider = {"user": "one@example.org", "role": "admin", "on": {"kind": "everything"}}
    assert client.post("/v1/grants", json=wider, headers=admin).status_code == 201
    late = client.post("/v1/auth/accept", json=accept | {"token": one["link"]["token"]})
    assert (late.status_code, late.json()["code"]) == (410, "link-not-valid")

    me = client.get("/v1/me", headers=contact).json()
    version = client.get(f"/v1/users/{me['id']}", headers=admin).headers["ETag"]
    client.patch(f"/v1/users/{me['id']}", json={"is_active": False}, headers=admin | {"If-Match": version})
    assert client.post("/v1/auth/accept", json=accept | {"token": two["link"]["token"]}).status_code == 410
    again = client.post(f"/v1/users/{two['id']}/links", headers=admin).json()["token"]
    assert client.post("/v1/auth/accept", json=accept | {"token": again}).status_code == 204


def test_who_holds_a_link_is_not_kept_out_by_those_who_guess(client: TestClient, admin: Headers) -> None:
    link = invite(client, admin, "maija@example.org", "recorder", KOPPA).json()["link"]["token"]
    guess = {"username": "maija@example.org", "password": "wrong"}
    assert [client.post("/v1/auth/token", data=guess).status_code for _ in range(6)] == [401] * 5 + [429]

    assert client.post("/v1/auth/accept", json={"token": link, "password": PASSWORD}).status_code == 204

    assert client.post("/v1/auth/token", data=guess | {"password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("password", ["  spaces at both ends  ", "a\u0308itinkieli on oma", "äitinkieli on ömä"])
def test_a_password_is_the_same_whichever_door_it_came_through(
    client: TestClient, admin: Headers, password: str
) -> None:
    link = invite(client, admin, "maija@example.org", "recorder", KOPPA).json()["link"]["token"]
    form = {"token": link, "password": password, "repeat": password}
    assert client.post("/accept", data=form, follow_redirects=False).status_code == 303

    issued = client.post("/v1/auth/token", data={"username": "maija@example.org", "password": password}).json()
    bearer = {"Authorization": f"Bearer {issued['access_token']}"}
    change = {"current_password": password, "new_password": password + " "}
    assert client.post("/v1/auth/password", json=change, headers=bearer).status_code == 204
    sign_in = {"username": "maija@example.org", "password": password + " "}
    assert client.post("/v1/auth/token", data=sign_in).status_code == 200


def test_an_address_is_the_same_however_it_is_typed(client: TestClient, admin: Headers) -> None:
    link = invite(client, admin, "Pa\u0308ivi@example.org", "recorder", KOPPA).json()
    assert link["email"] == "päivi@example.org"
    client.post("/v1/auth/accept", json={"token": link["link"]["token"], "password": PASSWORD})

    for typed in ("PÄIVI@example.org", "pa\u0308ivi@example.org", " päivi@example.org "):
        assert client.post("/v1/auth/token", data={"username": typed, "password": PASSWORD}).status_code == 200
    grant = {"user": "PA\u0308IVI@example.org", "role": "reader", "on": KOPPA}
    assert client.post("/v1/grants", json=grant, headers=admin).status_code == 201


def test_nobody_makes_a_link_for_themselves_and_links_leave_a_trail(
    client: TestClient, admin: Headers, database: Database
) -> None:
    me = client.get("/v1/me", headers=admin).json()["id"]
    own = client.post(f"/v1/users/{me}/links", headers=admin)
    assert (own.status_code, own.json()["code"]) == (409, "not-for-yourself")

    user = invite(client, admin, "maija@example.org", "recorder", KOPPA).json()
    client.post(f"/v1/users/{user['id']}/links", headers=admin)

    with database.reading() as session:
        [(entry, changes)] = trail_of(session, "makeLink")
    assert (str(entry.user_id), [(c.kind, c.fields) for c in changes]) == (me, [("user_account", ["link"])])


def test_who_loses_a_right_while_waiting_to_write_writes_nothing(
    client: TestClient, admin: Headers, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = settled(client, database, admin, "maija@example.org", "recorder", KOPPA)
    looked_up = callers.caller_behind

    def then_ended(session: Any, bearer: Any) -> Any:
        found = looked_up(session, bearer)
        if found and found.name == "maija@example.org":
            monkeypatch.setattr(callers, "caller_behind", looked_up)
            with database.writing(Command("test")) as work:
                work.execute(update(Grant).values(valid_to=clock.today()).where(GRANT.user_id == found.id))
        return found

    monkeypatch.setattr(callers, "caller_behind", then_ended)
    body = {"form_version": 1, "status": "open", "open_minutes": 60, "counts": {"adults": 2}, "note": None}
    refused = client.put("/v1/meeting-places/koppa/visits/2026-03-12", json=body, headers=recorder)

    assert (refused.status_code, refused.json()["code"]) == (403, "out-of-reach")
    assert client.get("/v1/meeting-places/koppa/visits/2026-03-12", headers=admin).status_code == 404


@pytest.mark.parametrize("email", ["<b>@x.fi", "a\u202eb@x.fi", "a\u200bb@x.fi", "a@[127.0.0.1]", "a b@x.fi", "a@x"])
def test_what_is_no_address_is_refused(client: TestClient, admin: Headers, email: str) -> None:
    refused = invite(client, admin, email, "recorder", KOPPA)

    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (422, ["/email"])


def test_a_control_character_in_a_form_is_refused(client: TestClient) -> None:
    form = {"username": "a\0@x.fi", "password": "x" * 12}
    refused = client.post("/v1/auth/token", data=form)

    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (422, ["/username"])


def test_the_days_of_a_place_in_a_merged_municipality_are_not_shown_to_who_reads_its_neighbour_only(
    client: TestClient, admin: Headers, database: Database
) -> None:
    body = {"form_version": 1, "status": "open", "open_minutes": 60, "counts": {"adults": 3}, "note": None}
    client.put("/v1/meeting-places/juva/visits/2026-03-12", json=body, headers=admin)
    with database.writing(Command("test")) as session:
        merged = select(AREA.id).where(AREA.slug == "588").scalar_subquery()
        session.execute(update(MeetingPlace).where(PLACE.slug == "juva").values(municipality_id=merged))
    puuhala = {"kind": "meeting_place", "id": "puuhala"}
    reader = settled(client, database, admin, "reader-there@example.org", "reader", puuhala)
    day = "/v1/visit-summaries?from=2026-03-12&to=2026-03-12&group=municipality&area=507&fields=adults"

    refused = client.get(day, headers=reader)

    assert (refused.status_code, refused.json()["code"]) == (422, "whole-months-only")
    assert client.get(day, headers=admin).json()["items"][0]["counts"]["adults"]["value"] == 3
