"""Access tokens: JSON Web Tokens, and the only module that touches python-jose.

python-jose 3.5 accepts by itself: an empty secret, a public key in DER form as a secret, tokens without
expiry, foreign ``typ`` and unknown ``crit`` headers. So: one algorithm, a checked secret, every claim
required, the header compared whole before anything else is looked at, and every error one refusal.
"""

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jose import jwt

from app.core import clock

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "perhekeskus"
LIFE = timedelta(minutes=15)
LONGEST = 2048
_HEADER = {"alg": ALGORITHM, "typ": "JWT"}
_REQUIRED = ("exp", "iat", "sub", "aud", "iss", "jti")
_SESSION = "sid"


class NotAToken(Exception):
    """Anything but a token of ours that is valid now."""


@dataclass(frozen=True)
class Bearer:
    """Whom a token names: a person, and the sign-in that it came from."""

    user_id: uuid.UUID
    session_id: uuid.UUID


class UnfitSecret(ValueError):
    """The secret can't sign tokens safely. The message says why and what to do."""


@dataclass(frozen=True)
class Signer:
    """Makes and reads tokens with one secret."""

    secret: str

    def __post_init__(self) -> None:
        must_be_fit(self.secret)

    def token_for(self, user_id: uuid.UUID, session_id: uuid.UUID) -> str:
        """A token that says who the caller is and since which sign-in, for ``LIFE``."""
        issued = int(clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "iat": issued,
            "exp": issued + int(LIFE.total_seconds()),
            "jti": str(uuid.uuid4()),
            _SESSION: str(session_id),
        }
        return str(jwt.encode(claims, self.secret, algorithm=ALGORITHM, headers={"typ": "JWT"}))

    def bearer_of(self, token: str) -> Bearer:
        """Whom a token names. Raises NotAToken for every other input, whatever it is."""
        try:
            if len(token) > LONGEST or not token.isascii():
                raise NotAToken
            parts = token.split(".")
            if len(parts) != 3 or not all(map(_is_canonical, parts)) or _decoded(parts[0]) != _HEADER:
                raise NotAToken
            claims = jwt.decode(
                token,
                self.secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={f"require_{claim}": True for claim in _REQUIRED} | {"leeway": 0},
            )
            return self._checked(claims)
        except Exception:  # noqa: BLE001 - whatever breaks on hostile input, the answer is the same
            raise NotAToken from None

    @staticmethod
    def _checked(claims: Mapping[str, Any]) -> Bearer:
        now, issued, ends = clock.now().timestamp(), claims["iat"], claims["exp"]
        if not all(type(moment) is int for moment in (issued, ends)) or not issued <= now + 5 or not now < ends:
            raise NotAToken
        if ends - issued > LIFE.total_seconds() or claims["aud"] != AUDIENCE or type(claims["jti"]) is not str:
            raise NotAToken
        return Bearer(uuid.UUID(claims["sub"]), uuid.UUID(claims[_SESSION]))


def must_be_fit(secret: str) -> None:
    """Refuse a secret that is short or is a key of another kind. Raises UnfitSecret."""
    raw = secret.encode()
    if len(raw) < 32:
        raise UnfitSecret(
            f"PERHEKESKUS_SECRET_KEY has {len(raw)} bytes; it needs 32 or more. `openssl rand -hex 32` makes one."
        )
    if "-----BEGIN" in secret or secret.startswith(("ssh-", "ecdsa-")) or _is_der(secret):
        raise UnfitSecret(
            "PERHEKESKUS_SECRET_KEY is a PEM, DER or SSH key; it must be random text. `openssl rand -hex 32` makes one."
        )


def _is_der(secret: str) -> bool:
    """Whether the text, or what it is base64 or hex of, starts as an ASN.1 SEQUENCE of its own length."""
    candidates = [secret.encode("latin-1", "replace")]
    compact = "".join(secret.split())
    for decode in (lambda s: base64.b64decode(s, validate=True), bytes.fromhex):
        try:
            candidates.append(decode(compact))
        except (ValueError, binascii.Error):
            continue
    return any(_is_sequence(raw) for raw in candidates)


def _is_sequence(raw: bytes) -> bool:
    if len(raw) < 4 or raw[0] != 0x30:
        return False
    if raw[1] < 0x80:
        return len(raw) == 2 + raw[1]
    width = raw[1] & 0x7F
    return 0 < width <= 4 and len(raw) == 2 + width + int.from_bytes(raw[2 : 2 + width], "big")


def _raw(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _is_canonical(part: str) -> bool:
    """Whether a part is written in the one way that its bytes have: no token can be rewritten and still be good."""
    return base64.urlsafe_b64encode(_raw(part)).decode().rstrip("=") == part


def _decoded(part: str) -> Any:
    pairs = json.loads(_raw(part), object_pairs_hook=list)
    return dict(pairs) if isinstance(pairs, list) and len(dict(pairs)) == len(pairs) else None
