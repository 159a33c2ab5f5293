"""Passwords: argon2id, a few at a time."""

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's second profile, 2025
_at_a_time = BoundedSemaphore(2)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def hashed(password: str) -> str:
    """The password as it may be stored."""
    with _at_a_time:
        return _hasher.hash(password)


NOBODYS = hashed(secrets.token_hex())


def is_right(password: str, stored: str | None) -> bool:
    """Whether ``password`` is the one behind ``stored``; as slow for nobody (None) as for somebody."""
    try:
        with _at_a_time:
            _hasher.verify(stored or NOBODYS, password)
        return stored is not None
    except (VerificationError, InvalidHashError):
        return False


def made_up() -> str:
    """A password of about 99 random bits that can be read over a telephone: ``4 groups of 5``."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
