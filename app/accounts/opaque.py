"""Secrets that mean nothing by themselves: tokens of machines, refresh tokens, one-time links.

Each has at least 190 random bits and is stored as its SHA-256, so that neither guessing nor a stolen
database gives one away. A machine's token ends in a checksum: a mistyped one is told apart without a
look into the database, and scanners for leaked secrets know ours by their form:
``phk_[0-9A-Za-z]{38}``.
"""

import hashlib
import secrets
import string
import zlib

PREFIX = "phk_"
_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM, _CHECKSUM = 32, 6
LENGTH = len(PREFIX) + _RANDOM + _CHECKSUM


def made() -> str:
    """A new secret: 43 letters for an address or a field."""
    return secrets.token_urlsafe(32)


def machine_token() -> str:
    """A new token of a machine: prefix, 32 random letters and digits, checksum."""
    body = PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    return body + _checksum(body)


def is_whole(token: str) -> bool:
    """Whether a text is a machine's token that was neither mistyped nor cut."""
    body, checksum = token[:-_CHECKSUM], token[-_CHECKSUM:]
    is_formed = len(token) == LENGTH and body.startswith(PREFIX) and set(body[len(PREFIX) :]) <= set(_LETTERS)
    return is_formed and checksum == _checksum(body)


def digest(secret: str) -> str:
    """How a secret is stored and looked up: SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    letters = ""
    for _ in range(_CHECKSUM):
        number, position = divmod(number, len(_LETTERS))
        letters = _LETTERS[position] + letters
    return letters
