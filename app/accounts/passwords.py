"""Passwords: argon2id, of the text in NFC, so that an ä is an ä whichever keyboard wrote it."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.text import composed

SHORTEST, LONGEST = 12, 200
AT_A_TIME = 2  # of a server; each takes 19 MiB and a processor
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's second profile, 2025
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def hashed(password: str) -> str:
    """The password as it may be stored."""
    return _hasher.hash(composed(password))


NOBODYS = hashed(secrets.token_hex())


def is_right(password: str, stored: str | None) -> bool:
    """Whether ``password`` is the one behind ``stored``; as slow for nobody (None) as for somebody."""
    try:
        _hasher.verify(stored or NOBODYS, composed(password))
        return stored is not None
    except (VerificationError, InvalidHashError):
        return False


def made_up() -> str:
    """A password of about 99 random bits that can be read over a telephone: ``4 groups of 5``."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
