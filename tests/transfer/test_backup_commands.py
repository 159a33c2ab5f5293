"""``perhekeskus backup`` and ``restore`` as operators and their scripts use them."""

import json
from pathlib import Path

from tests.commands import good, run

OTHER = {"PERHEKESKUS_DATABASE_URL": "sqlite:///other.db"}


def test_a_backup_from_one_database_to_the_next(tmp_path: Path) -> None:
    good(tmp_path, "migrate")
    good(tmp_path, "load-plan")
    assert good(tmp_path, "backup", "a.backup").startswith("Wrote a.backup: ")
    checked = json.loads(good(tmp_path, "restore", "--check", "a.backup", "--json"))
    assert (checked["tables"]["area"], checked["bytes"]) == (18, (tmp_path / "a.backup").stat().st_size)

    restored = run(tmp_path, "restore", "a.backup", **OTHER)

    assert restored.returncode == 0, restored.stderr
    assert "perhekeskus doctor" in restored.stdout
    assert "must sign in again" in restored.stdout
    assert "\x1b" not in restored.stdout + restored.stderr
    assert good(tmp_path, "load-plan", **OTHER) == good(tmp_path, "load-plan")
    good(tmp_path, "doctor", **OTHER)


def test_refusals_exit_with_1_and_say_what_to_do(tmp_path: Path) -> None:
    early = run(tmp_path, "backup", "a.backup")
    good(tmp_path, "migrate")
    good(tmp_path, "load-plan")
    good(tmp_path, "backup", "a.backup")
    (tmp_path / "text").write_text("no backup")
    (tmp_path / "cut").write_bytes((tmp_path / "a.backup").read_bytes()[:-100])

    told = {
        "perhekeskus migrate": early,
        "--overwrite": run(tmp_path, "backup", "a.backup"),
        "Not a backup to be replaced": run(tmp_path, "backup", "text", "--overwrite"),
        "No such file": run(tmp_path, "backup", "nowhere/a.backup"),
        "The database is not empty": run(tmp_path, "restore", "a.backup"),
        "Not a backup": run(tmp_path, "restore", "text"),
        "no whole backup": run(tmp_path, "restore", "cut", **OTHER),
        "ei ole tyhjä": run(tmp_path, "restore", "a.backup", PERHEKESKUS_LANG="fi"),
    }

    assert {words: (done.returncode, words in done.stderr) for words, done in told.items()} == dict.fromkeys(
        told, (1, True)
    )
    assert all("Traceback" not in done.stderr for done in told.values())
    assert good(tmp_path, "backup", "a.backup", "--overwrite").startswith("Wrote a.backup")
    assert run(tmp_path, "restore", "none").returncode == 2
