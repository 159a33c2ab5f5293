"""A secret that others can guess or read lets them sign tokens: the doctor tells."""

import secrets
from pathlib import Path

import pytest

from app.transfer import doctor
from app.transfer.doctor import is_guessable
from tests.conftest import settings_for

SECRET = "a1b2c3d4" + secrets.token_hex(32)


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("", "unfit"),
        ("short", "unfit"),
        ("-----BEGIN PUBLIC KEY-----" + "x" * 40, "unfit"),
        ("a" * 40, "guessable"),
        ("changeme" + secrets.token_hex(16), "guessable"),
        ("My-Secret-" + secrets.token_hex(16), "guessable"),
        ("k3v9" * 10, "guessable"),
        ("abcdefghijklmnopqrstuvwxyz0123456789", "guessable"),
        ("01" * 8 + "10" * 12, "guessable"),
    ],
)
def test_a_secret_that_can_be_guessed_is_told(secret: str, said: str) -> None:
    finding = doctor._secret(settings_for("sqlite:///a.db", secret_key=secret))

    assert (finding.level, finding.said.partition(":")[0]) == ("bad", said)
    assert "openssl rand -hex 32" in str(finding.cure)


def test_random_secrets_are_good() -> None:
    made = [make() for _ in range(500) for make in (lambda: secrets.token_hex(16), lambda: secrets.token_urlsafe(24))]

    assert [secret for secret in made if is_guessable(secret)] == []


@pytest.mark.parametrize(
    ("content", "mode", "level", "cure"),
    [
        (None, 0, "good", "None"),
        (SECRET, 0o600, "good", "None"),
        (SECRET, 0o644, "bad", "chmod 600"),
        ("short", 0o600, "bad", "Remove"),
        ("a" * 64, 0o600, "bad", "Remove"),
        ("\udcff", 0o600, "bad", "own the file"),
    ],
)
def test_a_secret_in_a_file(tmp_path: Path, content: str | None, mode: int, level: str, cure: str) -> None:
    file = tmp_path / "a.secret"
    if content is not None:
        file.write_text(content, errors="surrogateescape")
        file.chmod(mode)

    finding = doctor._secret(settings_for(f"sqlite:///{tmp_path / 'a.db'}", secret_key=None))

    assert (finding.level, cure in str(finding.cure)) == (level, True)
