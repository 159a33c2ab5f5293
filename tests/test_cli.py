"""The command line, as people and scripts use it: from an empty folder, with exit codes."""

import json
import sqlite3
from pathlib import Path

import pytest

from app.core import schema
from tests.commands import cold, good, run

VISITS = "place;date;adults;children\nkoppa;12.3.2026;5;7\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder, in which nothing of the product lies."""
    return tmp_path


def test_a_first_day_from_an_empty_folder(folder: Path) -> None:
    assert f"Schema {schema.head()}" in cold(folder, "migrate").stdout
    assert "18 areas" in good(folder, "load-plan")
    assert "Nothing new" in good(folder, "load-plan")
    assert "Password, shown only this once" in good(folder, "user", "first-admin")
    assert good(folder, "user", "first-admin") == ""
    assert "admin@example.org" in good(folder, "user", "list")
    (folder / "visits.csv").write_text(VISITS)
    report = json.loads(good(folder, "import", "visits", "visits.csv", "--json"))
    assert report["counts"]["created"] == 1
    exported = good(folder, "export", "visits")
    assert exported.splitlines()[1].startswith("koppa,2026-03-12,1,open,,5,7")
    (folder / "again.csv").write_text(exported)
    assert "1 unchanged" in good(folder, "import", "visits", "again.csv")
    good(folder, "export", "visits", "excel.csv", "--dialect", "excel-fi")
    assert (folder / "excel.csv").read_bytes().startswith(b"\xef\xbb\xbfplace;date;")
    assert "1 unchanged" in good(folder, "import", "visits", "excel.csv")
    good(folder, "doctor")


def test_serve_refuses_a_schema_that_it_does_not_know_and_says_what_to_do(folder: Path) -> None:
    refused = cold(folder, "serve", "--port", "0")

    assert refused.returncode == 1
    assert "perhekeskus migrate" in refused.stderr


def test_a_schema_of_a_newer_version_is_left_alone(folder: Path) -> None:
    good(folder, "migrate")
    with sqlite3.connect(folder / "data" / "perhekeskus.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    for words in (["migrate"], ["serve"], ["load-plan"]):
        refused = run(folder, *words)
        assert (refused.returncode, "newer version" in refused.stderr) == (1, True), words
    assert run(folder, "doctor").returncode == 1


def test_a_refused_import_exits_1_and_names_the_cell(folder: Path) -> None:
    good(folder, "migrate")
    good(folder, "load-plan")
    (folder / "visits.csv").write_text("place;date;adults\nkoppa;12.3.2026;viisi\nkoppa;13.3.2026;4\n")

    refused = run(folder, "import", "visits", "visits.csv")
    partly = run(folder, "import", "visits", "visits.csv", "--mode", "partial")
    strictly = run(folder, "import", "visits", "visits.csv", "--mode", "partial", "--strict")

    assert (refused.returncode, partly.returncode, strictly.returncode) == (1, 0, 1)
    assert "row 2, adults" in refused.stdout
    assert "\x1b" not in refused.stdout + refused.stderr  # no bar and no colour in a pipe


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["import", "dogs", "f.csv"], 1),
        (["import", "visits", "none.csv"], 2),
        (["nothing"], 2),
        (["user", "reset", "a@b.fi"], 1),
        (["user", "create", "x", "--role", "reader"], 1),
        (["import", "visits", "f.csv", "--to", "http://127.0.0.1:1"], 1),
    ],
    ids=str,
)
def test_a_refusal_is_1_and_wrong_usage_2(folder: Path, words: list[str], status: int) -> None:
    good(folder, "migrate")
    (folder / "f.csv").write_text("a\n")

    assert run(folder, *words).returncode == status


def test_another_countys_plan_is_another_file_and_its_faults_are_named_by_place(folder: Path) -> None:
    good(folder, "migrate")
    (folder / "bad.yaml").write_text(
        "format: 1\ncounty: x\nareas:\n  - {slug: A, kind: county, code: '1', name: {sv: B}}\n"
    )
    (folder / "lost.yaml").write_text("format: 1\ncounty: nowhere\n")
    (folder / "broken.yaml").write_text("format: [1\n")

    faults = run(folder, "load-plan", "bad.yaml")

    assert faults.returncode == 1
    assert {line.strip().partition(":")[0] for line in faults.stderr.splitlines()[1:]} == {
        "/areas/0/slug",
        "/areas/0/kind",
        "/areas/0/name/fi",
    }
    assert "/county" in run(folder, "load-plan", "lost.yaml").stderr
    assert "line 2" in run(folder, "load-plan", "broken.yaml").stderr


def test_demo_data_does_not_mix_with_what_people_wrote(folder: Path) -> None:
    good(folder, "migrate")
    assert "days" in good(folder, "load-plan", "--demo")
    before = good(folder, "export", "visits")
    assert "nothing changed" in good(folder, "load-plan", "--demo")
    assert good(folder, "export", "visits") == before
    other = {"PERHEKESKUS_DATABASE_URL": "sqlite:///other.db"}
    good(folder, "migrate", **other)
    good(folder, "load-plan", **other)
    (folder / "visits.csv").write_text(VISITS)
    good(folder, "import", "visits", "visits.csv", **other)
    assert "real data" in run(folder, "load-plan", "--demo", **other).stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SUPPRESS_BELOW", "many"),
        ("DATABASE_URL", "nonsense"),
        ("SECRET_KEY", "-----BEGIN PUBLIC KEY-----" + "x" * 40),
    ],
)
def test_a_setting_that_is_wrong_is_named(folder: Path, name: str, value: str) -> None:
    good(folder, "migrate")

    refused = run(folder, "serve", **{f"PERHEKESKUS_{name}": value})

    assert (refused.returncode, f"PERHEKESKUS_{name}" in refused.stderr) == (1, True), refused.stderr


def test_doctor_names_what_is_wrong_and_how_to_mend_it(folder: Path) -> None:
    empty = run(folder, "doctor", "--json", PERHEKESKUS_SECRET_KEY="a" * 40)

    findings = {f["what"]: f for f in json.loads(empty.stdout)}
    assert empty.returncode == 1
    assert "perhekeskus migrate" in findings["database"]["cure"]
    assert findings["secret"]["said"] == "guessable"
    gone = run(folder, "doctor", PERHEKESKUS_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert (gone.returncode, "Check PERHEKESKUS_DATABASE_URL" in gone.stdout) == (1, True)


def test_the_contract_is_printed_whatever_the_environment_says(folder: Path) -> None:
    printed = good(folder, "openapi", PERHEKESKUS_SECRET_KEY="short")

    assert json.loads(printed)["openapi"].startswith("3.1")
    assert list(folder.iterdir()) == []
