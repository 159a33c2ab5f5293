"""The page ``/plan``: the same verdicts, for people who open no JSON."""

import re

from starlette.testclient import TestClient

from app.core.database import Database

ON = {"on": "2026-10-01"}


def test_the_page_shows_every_verdict_in_both_languages(on_demo: TestClient) -> None:
    counts = on_demo.get("/v1/plans/toimintasuunnitelma-2026-2029/compliance", params=ON).json()["counts"]
    finnish, english = (on_demo.get("/plan", params={**ON, "lang": lang}).text for lang in ("fi", "en"))

    assert re.findall(r"<strong>(\d+)</strong></li>", finnish) == [
        str(counts[status]) for status in ("breached", "at_risk", "advisory", "on_track", "met", "not_due")
    ]
    assert "Ei toteudu (" in finnish
    assert "Kokouksia paikan päällä: Pidetty 0, suunniteltu 0, tavoite 1." in finnish
    assert "Broken (" in english
    assert "Meetings live: 0 of 1 held, 0 planned." in english
    assert finnish.count("<li><p>") == english.count("<li><p>") == sum(counts.values())


def test_the_page_has_no_script_and_asks_nobody_else(on_demo: TestClient) -> None:
    answer = on_demo.get("/plan", params=ON)

    assert "<script" not in answer.text
    assert "http" not in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_nobody_is_named_on_the_page(on_demo: TestClient, demo_database: Database) -> None:
    page = on_demo.get("/plan", params=ON).text

    assert [name for name in ("Sammalkivi", "Havunlehti", "example.org") if name in page] == []


def test_what_is_no_day_is_said_beside_the_state_of_today(on_demo: TestClient) -> None:
    answer = on_demo.get("/plan", params={"on": "1.10.2026", "lang": "fi"})

    assert answer.status_code == 422
    assert "Päivää ei voi näyttää" in answer.text
    assert 'role="alert"' in answer.text
    assert on_demo.get("/plan?on=").status_code == 200


def test_a_plan_that_is_not_there_is_not_found(on_demo: TestClient) -> None:
    unknown = on_demo.get("/plan?plan=no-such-plan")
    assert (unknown.status_code, unknown.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "Tällaista suunnitelmaa ei ole" in unknown.text
    assert "?plan=toimintasuunnitelma-2026-2029" in unknown.text


def test_the_page_is_kept_until_something_changes(on_demo: TestClient) -> None:
    first = on_demo.get("/plan", params=ON)

    assert on_demo.get("/plan", params=ON, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
