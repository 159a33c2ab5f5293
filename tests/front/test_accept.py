"""The page behind a one-time link: what it shows, what it takes, and that a link works once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from app.core import clock
from app.core.database import Database
from tests.conftest import trail_of

Headers = dict[str, str]
EMAIL = "maija@example.org"
PASSWORD = "lumi takka harava kissa"
GRANTS = [{"role": "reader", "on": {"kind": "everything"}}]
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action "
)
# The page is the same on each engine; what is stored is tried on both.
ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def invited(client: TestClient, admin: Headers, email: str = EMAIL) -> str:
    """The token of the link of somebody new."""
    made = client.post("/v1/users", json={"email": email, "grants": GRANTS}, headers=admin)
    assert made.status_code == 201, made.text
    return str(made.json()["link"]["token"])


def sent(client: TestClient, token: str, password: str, repeat: str | None = None, lang: str = "en") -> Response:
    """The answer to the form as a browser sends it, redirections followed."""
    form = {"token": token, "password": password, "repeat": password if repeat is None else repeat}
    return client.post(f"/accept?lang={lang}", data=form, follow_redirects=True)


def sign_in(client: TestClient, password: str, email: str = EMAIL) -> int:
    return int(client.post("/v1/auth/token", data={"username": email, "password": password}).status_code)


def heading(page: Response) -> str:
    found = re.search("<h1>(.*?)</h1>", page.text)
    return unescape(found[1]) if found else ""


def title(page: Response) -> str:
    found = re.search("<title>(.*?)</title>", page.text)
    return unescape(found[1]) if found else ""


def test_a_link_opens_as_often_as_one_likes_and_sets_the_password_once(client: TestClient, admin: Headers) -> None:
    token = invited(client, admin)

    opened = [client.get(f"/accept?token={token}") for _ in range(3)] + [client.head(f"/accept?token={token}")]
    assert [page.status_code for page in opened] == [200, 200, 200, 200]
    assert EMAIL in opened[0].text
    done = sent(client, token, PASSWORD)
    assert (done.status_code, heading(done)) == (200, "Your password is set")
    assert sign_in(client, PASSWORD) == 200
    assert client.get(f"/accept?token={token}").status_code == 410
    assert sent(client, token, "another " + PASSWORD).status_code == 410
    assert sign_in(client, PASSWORD) == 200


@ON_ONE_ENGINE
def test_a_password_that_was_set_answers_with_a_page_that_can_be_loaded_again(
    client: TestClient, admin: Headers
) -> None:
    form = {"token": invited(client, admin), "password": PASSWORD, "repeat": PASSWORD}

    answer = client.post("/accept?lang=fi", data=form, follow_redirects=False)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/accept/done?lang=fi")
    assert answer.headers["Cache-Control"] == "no-store"


def test_two_at_once_set_one_password(client: TestClient, admin: Headers, database: Database) -> None:
    token = invited(client, admin)
    tried = [f"{PASSWORD} {i}" for i in range(4)]

    with ThreadPoolExecutor(4) as crowd:
        statuses = list(crowd.map(lambda password: sent(client, token, password).status_code, tried))

    assert sorted(statuses) == [200, 410, 410, 410]
    assert [sign_in(client, password) for password in tried] == [200 if s == 200 else 401 for s in statuses]
    with database.reading() as session:
        assert [[c.kind for c in changes] for _, changes in trail_of(session, "acceptLink")] == [["user_account"]]


@ON_ONE_ENGINE
@pytest.mark.parametrize(
    ("password", "repeat", "wrong"),
    [
        ("", "", {"password": "Type a password."}),
        ("", PASSWORD, {"password": "Type a password."}),
        ("eleven char", "eleven char", {"password": "The password is too short. It needs at least 12 characters."}),
        ("x" * 201, "x" * 201, {"password": "The password is too long. It can have at most 200 characters."}),
        (PASSWORD, PASSWORD.upper(), {"repeat": "The passwords are not the same."}),
        (PASSWORD, "", {"repeat": "Type the same password once more."}),
        (
            "short-one",
            "short-two",
            {
                "password": "The password is too short. It needs at least 12 characters.",
                "repeat": "The passwords are not the same.",
            },
        ),
    ],
    ids=["nothing", "only the repeat", "eleven", "two hundred and one", "other case", "no repeat", "both"],
)
def test_a_mistake_is_told_at_its_field_and_the_link_stays(
    client: TestClient, admin: Headers, password: str, repeat: str, wrong: dict[str, str]
) -> None:
    token = invited(client, admin)

    page = sent(client, token, password, repeat)

    assert (page.status_code, title(page)) == (422, "Error: Set your password – Perhekeskus")
    assert 'role="alert"' in page.text
    for field in ("password", "repeat"):
        [box] = re.findall(f'<input [^>]*id="{field}"[^>]*>', page.text)
        assert ('aria-invalid="true"' in box) == (field in wrong)
        assert (f"{field}-mistake" in box) == (field in wrong)
    for field, words in wrong.items():
        assert f'<a href="#{field}">{words}</a>' in page.text
        assert f'id="{field}-mistake"><strong>Error: </strong>{words}</p>' in page.text
    for typed in filter(None, (password, repeat)):
        assert typed not in page.text
    assert sent(client, token, PASSWORD).status_code == 200


@ON_ONE_ENGINE
@pytest.mark.parametrize("length", [12, 200])
def test_the_shortest_and_the_longest_password_work(client: TestClient, admin: Headers, length: int) -> None:
    assert sent(client, invited(client, admin), "ä" * length).status_code == 200
    assert sign_in(client, "ä" * length) == 200


@ON_ONE_ENGINE
@pytest.mark.parametrize("query", ["", "?token=", "?token=x", "?token=%3Cb%3E%22", "?token=" + "x" * 5000, "?token=ä"])
@pytest.mark.parametrize(("lang", "words"), [("fi", "Linkki ei ole voimassa"), ("en", "The link is not valid")])
def test_a_link_that_is_not_valid_says_what_to_do(client: TestClient, query: str, lang: str, words: str) -> None:
    page = client.get("/accept" + query, headers={"Accept-Language": lang})

    assert (page.status_code, heading(page)) == (410, words)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<ul>" in page.text
    assert "<form" not in page.text


@ON_ONE_ENGINE
def test_a_form_without_its_link_is_told_so_and_its_password_is_not_looked_at(client: TestClient) -> None:
    answers = [sent(client, "", PASSWORD), sent(client, "x", "short"), client.post("/accept", data={"password": "x"})]

    assert [page.status_code for page in answers] == [410, 410, 410]


def test_an_expired_a_replaced_and_a_withdrawn_link_are_not_valid(
    client: TestClient, admin: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = client.post("/v1/users", json={"email": EMAIL, "grants": GRANTS}, headers=admin).json()
    newer = client.post(f"/v1/users/{made['id']}/links", headers=admin).json()["token"]
    assert client.get(f"/accept?token={made['link']['token']}").status_code == 410
    assert client.get(f"/accept?token={newer}").status_code == 200

    with monkeypatch.context() as patch:
        later = clock.now() + timedelta(days=7, seconds=1)
        patch.setattr(clock, "now", lambda: later)
        assert client.get(f"/accept?token={newer}").status_code == 410
        assert sent(client, newer, PASSWORD).status_code == 410
    version = {**admin, "If-Match": f'"v{made["version"]}"'}
    assert client.patch(f"/v1/users/{made['id']}", json={"is_active": False}, headers=version).status_code == 200
    assert client.get(f"/accept?token={newer}").status_code == 410


def test_a_reset_by_link_ends_what_was_begun_with_the_old_password(client: TestClient, admin: Headers) -> None:
    sent(client, invited(client, admin), PASSWORD)
    signed_in = client.post("/v1/auth/token", data={"username": EMAIL, "password": PASSWORD}).json()["access_token"]
    bearer = {"Authorization": f"Bearer {signed_in}"}
    user = client.get("/v1/me", headers=bearer).json()["id"]
    link = client.post(f"/v1/users/{user}/links", headers=admin).json()["token"]

    assert client.get("/v1/me", headers=bearer).status_code == 200
    assert sent(client, link, "new " + PASSWORD).status_code == 200
    assert client.get("/v1/me", headers=bearer).status_code == 401
    assert (sign_in(client, PASSWORD), sign_in(client, "new " + PASSWORD)) == (401, 200)


@ON_ONE_ENGINE
def test_the_language_can_be_changed_and_the_link_is_kept(client: TestClient, admin: Headers) -> None:
    token = invited(client, admin)

    fi = client.get(f"/accept?token={token}", headers={"Accept-Language": "sv, fi;q=0.5"})
    assert (heading(fi), fi.headers["Content-Language"]) == ("Aseta salasana", "fi")
    assert '<html lang="fi">' in fi.text
    [switch] = re.findall(r'href="(\?[^"]*lang=en)"', fi.text)
    en = client.get("/accept" + unescape(switch), headers={"Accept-Language": "fi"})
    assert (en.status_code, heading(en)) == (200, "Set your password")
    assert 'action="/accept?lang=en"' in en.text
    assert title(sent(client, token, "x", lang="fi")) == "Virhe: Aseta salasana – Perhekeskus"
    assert f"token={token}&amp;lang=en" in sent(client, token, "x", lang="fi").text


@ON_ONE_ENGINE
def test_only_the_form_may_be_sent_and_nothing_is_kept(client: TestClient, admin: Headers) -> None:
    token = invited(client, admin)
    form, wrong = client.get(f"/accept?token={token}"), sent(client, token, "x")
    late, done = client.get("/accept"), client.get("/accept/done")

    for page in (form, wrong):
        assert page.headers["Content-Security-Policy"] == POLICY + "'self'"
    for page in (late, done):
        assert page.headers["Content-Security-Policy"] == POLICY + "'none'"
    for page in (form, wrong, late, done):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "set-cookie" not in page.headers
        assert "<script" not in page.text
        assert "//" not in page.text


@ON_ONE_ENGINE
def test_what_is_shown_is_escaped(client: TestClient, admin: Headers) -> None:
    email = "o'b&c@example.org"
    token = invited(client, admin, email)

    for page in (client.get(f"/accept?token={token}"), sent(client, token, "x")):
        assert "<strong>o&#x27;b&amp;c@example.org</strong>" in page.text
    assert "<b>" not in client.get("/accept?token=<b>&lang=<b>").text


@ON_ONE_ENGINE
def test_what_mail_programs_add_to_a_link_does_no_harm(client: TestClient, admin: Headers) -> None:
    token = invited(client, admin, "posti@example.org")

    page = client.get(f"/accept?token={token}&utm_source=mail&lang=xx")

    assert (page.status_code, "posti@example.org" in page.text) == (200, True)


@ON_ONE_ENGINE
def test_a_mistake_of_a_program_is_a_problem_document(client: TestClient) -> None:
    refused = [client.post("/accept", json={}), client.put("/accept")]

    assert [answer.status_code for answer in refused] == [415, 405]
    assert {answer.headers["Content-Type"] for answer in refused} == {"application/problem+json"}


@ON_ONE_ENGINE
def test_the_page_is_no_part_of_the_contract(app: FastAPI) -> None:
    assert not [path for path in app.openapi()["paths"] if "/v1" not in path]
