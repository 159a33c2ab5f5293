"""Only tokens of ours that are valid now are believed. PyJWT, with the same options, must say the same."""

import base64
import hashlib
import hmac
import json
import random
import time
import uuid
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

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


def test_what_is_forged_is_refused_by_a_peer_with_the_same_options_too() -> None:
    assert [name for name, token in FORGED.items() if believed_by_a_peer(token)] == []
    assert believed_by_a_peer(signed(CLAIMS))


def test_twenty_thousand_changed_tokens_are_refused_by_us_and_by_a_peer() -> None:
    chance, tried, differences, believed = random.Random(20_261_124), 0, [], []
    while tried < 20_000:
        token = signed(CLAIMS | {"jti": str(tried)})
        changed = mutated(token, chance)
        if changed == token:
            continue
        tried += 1
        ours, theirs = believed_by_us(changed), believed_by_a_peer(changed)
        believed += [changed] if ours else []
        differences += [changed] if ours != theirs else []

    print(f"\n{tried} changed tokens, {len(believed)} believed, {len(differences)} differences")
    assert (believed, differences) == ([], [])


def mutated(token: str, chance: random.Random) -> str:
    """The token with one to three slips or tricks."""
    letters = "ABCDEFxyz0189-_.=ä\0 +/"
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(token)) if token else 0
        head, tail = token[:at], token[at:]
        parts = token.split(".")
        other = signed(CLAIMS | {"sub": str(uuid.UUID(int=chance.getrandbits(128)))}).split(".")
        token = chance.choice(
            [
                head + chance.choice(letters) + tail[1:],
                head + chance.choice(letters) + tail,
                head + tail[1:],
                head,
                head + tail.swapcase(),
                ".".join(chance.sample(parts, len(parts))),
                ".".join([parts[0], other[1], *parts[2:]]),
                ".".join([*parts[:2], other[2]]),
                token + "." + parts[-1],
            ]
        )
    return token


def believed_by_us(token: str) -> bool:
    try:
        return SIGNER.bearer_of(token) == Bearer(USER, SESSION)
    except NotAToken:
        return False


def believed_by_a_peer(token: str) -> bool:
    """PyJWT's verdict with our options, each said again in other words."""
    options: Any = {"require": list(CLAIMS), "verify_iat": True}
    try:
        if len(token) > 2048 or [p for p in token.split(".") if rewritten(p) != p]:
            return False
        if pyjwt.get_unverified_header(token) != {"alg": "HS256", "typ": "JWT"}:
            return False
        if base64.urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "==").count(b'"alg"') != 1:
            return False
        claims = pyjwt.decode(token, SECRET, ["HS256"], options=options, audience="perhekeskus", issuer="perhekeskus")
        whole = all(type(claims[name]) is int for name in ("iat", "exp")) and type(claims["jti"]) is str
        if not whole or not 0 < claims["exp"] - claims["iat"] <= 900 or claims["aud"] != "perhekeskus":
            return False
        return (claims["sub"], claims["sid"]) == (str(USER), str(SESSION))
    except (pyjwt.PyJWTError, UnicodeEncodeError, ValueError, RecursionError):
        return False


def rewritten(part: str) -> str:
    return base64.urlsafe_b64encode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).decode().rstrip("=")


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
