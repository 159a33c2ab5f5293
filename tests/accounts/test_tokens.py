"""Only tokens of ours that are valid now are believed. PyJWT, with the same options, must say the same."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from app.accounts.tokens import Bearer, NotAToken, Signer, UnfitSecret

SECRET = "a-secret-of-thirty-two-bytes-or-more"
SIGNER = Signer(SECRET)
USER = uuid.UUID("0190d2f0-0000-7000-8000-000000000001")
SESSION = uuid.UUID("0190d2f0-0000-7000-8000-000000000002")
NOW = int(time.time())
CLAIMS: dict[str, Any] = {
    "iss": "perhekeskus",
    "aud": "perhekeskus",
    "sub": str(USER),
    "iat": NOW,
    "exp": NOW + 900,
    "jti": "x",
    "sid": str(SESSION),
}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(claims: Any, header: Any = None, secret: str = SECRET, digest: Any = hashlib.sha256) -> str:
    head = f"{part({'alg': 'HS256', 'typ': 'JWT'} if header is None else header)}.{part(claims)}"
    return f"{head}.{part(hmac.new(secret.encode(), head.encode(), digest).digest())}"


def without(name: str) -> dict[str, Any]:
    return {k: v for k, v in CLAIMS.items() if k != name}


FORGED = {
    "empty": "",
    "dots": "..",
    "one part": "abc",
    "four parts": signed(CLAIMS) + ".x",
    "not base64": "*.*.*",
    "alg none": f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(CLAIMS)}.",
    "alg None with a signature": signed(CLAIMS, {"alg": "none", "typ": "JWT"}),
    "alg HS512": signed(CLAIMS, {"alg": "HS512", "typ": "JWT"}, digest=hashlib.sha512),
    "alg RS256": signed(CLAIMS, {"alg": "RS256", "typ": "JWT"}),
    "alg hs256": signed(CLAIMS, {"alg": "hs256", "typ": "JWT"}),
    "no alg": signed(CLAIMS, {"typ": "JWT"}),
    "no typ": signed(CLAIMS, {"alg": "HS256"}),
    "foreign typ": signed(CLAIMS, {"alg": "HS256", "typ": "at+jwt"}),
    "crit": signed(CLAIMS, {"alg": "HS256", "typ": "JWT", "crit": ["exp"]}),
    "kid": signed(CLAIMS, {"alg": "HS256", "typ": "JWT", "kid": "../../dev/null"}),
    "jwk": signed(CLAIMS, {"alg": "HS256", "typ": "JWT", "jwk": {"kty": "oct", "k": part(b"x")}}),
    "jku": signed(CLAIMS, {"alg": "HS256", "typ": "JWT", "jku": "https://example.org"}),
    "zip": signed(CLAIMS, {"alg": "HS256", "typ": "JWT", "zip": "DEF"}),
    "b64": signed(CLAIMS, {"alg": "HS256", "typ": "JWT", "b64": False}),
    "header twice": signed(CLAIMS, b'{"alg":"none","alg":"HS256","typ":"JWT"}'),
    "header a list": signed(CLAIMS, ["HS256"]),
    "header nested": signed(CLAIMS, b'{"a":' * 900 + b"1" + b"}" * 900),
    "other secret": signed(CLAIMS, secret="b" * 36),
    "empty secret": signed(CLAIMS, secret=""),
    "no signature": signed(CLAIMS).rpartition(".")[0] + ".",
    "short signature": signed(CLAIMS)[:-8],
    "claims a list": signed([CLAIMS]),
    "claims a number": signed(5),
    "claims not JSON": signed(b"{"),
    **{f"no {claim}": signed(without(claim)) for claim in CLAIMS},
    **{f"{claim} null": signed(CLAIMS | {claim: None}) for claim in CLAIMS},
    **{f"{claim} a list": signed(CLAIMS | {claim: ["perhekeskus", "x"]}) for claim in CLAIMS},
    "expired": signed(CLAIMS | {"iat": NOW - 901, "exp": NOW - 1}),
    "exp text": signed(CLAIMS | {"exp": str(NOW + 900)}),
    "exp infinite": signed(json.dumps(CLAIMS).replace(str(NOW + 900), "Infinity").encode()),
    "exp huge": signed(CLAIMS | {"exp": 10**30}),
    "exp a year": signed(CLAIMS | {"exp": NOW + 31_536_000}),
    "exp true": signed(CLAIMS | {"exp": True}),
    "exp negative": signed(CLAIMS | {"exp": -1}),
    "issued tomorrow": signed(CLAIMS | {"iat": NOW + 86400, "exp": NOW + 87000}),
    "iat a fraction": signed(CLAIMS | {"iat": NOW + 0.5}),
    "other audience": signed(CLAIMS | {"aud": "another"}),
    "audience a prefix": signed(CLAIMS | {"aud": "perhekesku"}),
    "other issuer": signed(CLAIMS | {"iss": "another"}),
    "sub not a uuid": signed(CLAIMS | {"sub": "admin"}),
    "sub empty": signed(CLAIMS | {"sub": ""}),
    "nbf to come": signed(CLAIMS | {"nbf": NOW + 600}),
    "too long": signed(CLAIMS | {"x": "y" * 3000}),
    "not ASCII": signed(CLAIMS) + "ä",
    "NUL": signed(CLAIMS) + "\0",
    "five parts, as JWE has": f"{part({'alg': 'dir', 'enc': 'A256GCM'})}....",
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_is_not_believed(token: str) -> None:
    with pytest.raises(NotAToken):
        SIGNER.bearer_of(token)


def test_at_least_sixty_attacks_are_tried() -> None:
    assert len(FORGED) >= 60


def test_our_own_token_names_its_user() -> None:
    assert SIGNER.bearer_of(SIGNER.token_for(USER, SESSION)) == Bearer(USER, SESSION)
    assert SIGNER.bearer_of(signed(CLAIMS)) == Bearer(USER, SESSION)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_a_changed_token_is_not_believed_and_a_peer_agrees(data: st.DataObject) -> None:
    token = signed(CLAIMS)
    at = data.draw(st.integers(0, len(token) - 1))
    changed = token[:at] + data.draw(st.sampled_from("ABCxyz019-_.=ä\0 ")) + token[at + 1 :]

    assert believed_by_us(changed) == (changed == token)
    assert believed_by_a_peer(changed) or not believed_by_us(changed)


def believed_by_us(token: str) -> bool:
    try:
        return SIGNER.bearer_of(token) == Bearer(USER, SESSION)
    except NotAToken:
        return False


def believed_by_a_peer(token: str) -> bool:
    options: Any = {"require": list(CLAIMS)}
    try:
        return pyjwt.decode(token, SECRET, ["HS256"], options=options, audience="perhekeskus", issuer="perhekeskus")[
            "sub"
        ] == str(USER)
    except (pyjwt.PyJWTError, UnicodeEncodeError, ValueError):
        return False


def keys() -> list[str]:
    public = [ec.generate_private_key(ec.SECP256R1()).public_key(), rsa.generate_private_key(65537, 2048).public_key()]
    der = [key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for key in public]
    pem = [key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode() for key in public]
    ssh = [key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode() for key in public]
    return [*pem, *ssh, *(base64.b64encode(raw).decode() for raw in der), *(raw.hex() for raw in der)]


@pytest.mark.parametrize("secret", ["", "x", "x" * 31, "ä" * 15, *keys()], ids=lambda s: s[:12])
def test_a_short_secret_or_a_key_of_another_kind_is_unfit(secret: str) -> None:
    with pytest.raises(UnfitSecret):
        Signer(secret)
