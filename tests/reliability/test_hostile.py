"""Whatever is sent to whatever address: refused in the house's form, never echoed, and nothing is written.

The operations, their parameters and their example bodies are read from the contract, so a new operation is
attacked from its first day.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.database import Database
from app.tables import METADATA

CANARY = "kanarialintu"
MIB = 1 << 20
KNOWN = {"place": "koppa", "date": "2026-03-12", "part": "2", "area": "491", "indicator": "", "kind_or_id": "visits"}
DAY = {"form_version": 1, "status": "open", "counts": {"adults": 5}}


@dataclass(frozen=True)
class Operation:
    """An operation of the contract, with a request that would be in order."""

    method: str
    path: str
    media_type: str | None
    example: Any
    query: dict[str, dict[str, Any]]  # name -> schema

    @property
    def url(self) -> str:
        return self.path.format(**KNOWN)

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def body(self) -> bytes:
        return text_of(self.example).encode() if self.media_type else b""


@dataclass(frozen=True)
class Attack:
    """A request that must be refused; or, with ``is_harmless``, survived."""

    what: str
    operation: Operation
    url: str = ""
    body: bytes | None = None
    is_chunked: bool = False
    headers: dict[str, str | bytes] = field(default_factory=dict)
    method: str = ""
    is_harmless: bool = False


@pytest.fixture
def operations(app: FastAPI, client: TestClient, admin: dict[str, str]) -> list[Operation]:
    """Every operation, on a database where each address has something."""
    KNOWN["indicator"] = client.get("/v1/indicators?limit=1").json()["items"][0]["id"]
    for url in ("2026-03-12", "2026-03-12/2"):
        assert client.put(f"/v1/meeting-places/koppa/visits/{url}", json=DAY, headers=admin).status_code == 201
    return [operation_of(p, m, o) for p, verbs in app.openapi()["paths"].items() for m, o in verbs.items()]


def operation_of(path: str, method: str, stated: dict[str, Any]) -> Operation:
    content: dict[str, Any] = stated.get("requestBody", {}).get("content", {})
    media_type = next(iter(content), None)
    example = content[media_type].get("example") if media_type else None
    query = {p["name"]: p["schema"] for p in stated["parameters"] if p["in"] == "query"}
    return Operation(method.upper(), path, media_type, example, query)


def text_of(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example)


# ---- bodies

WHOLE = [
    *(b"null", b"5", b"true", b'"x"', b"[]", b"[{}]", b"nul", b"'a'", b"{", b"}", b"{'a': 1}", b"\0", b"\0" * 99),
    *(b"\xff\xfe", b'{"\xc3\x28": 1}', b'{"name": "\xed\xa0\x80"}', b"\x1f\x8b\x08\0\0\0\0\0", b"<a/>", b"--x\r\n"),
    *(b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":1,"a":1}', b'{"\\ud800": 1}'),
    *(f'{{"{CANARY}": 1}}'.encode(), f'{{"{CANARY}": "{CANARY}"}}'.encode(), b'{"__proto__": {}}', b'{"": 1}'),
    *(b"1" * 10_000, b"-1e999", b"NaN", b"// x\n{}", f'"{CANARY}"'.encode(), f"{CANARY}={CANARY}".encode()),
    *(f"{CANARY};{CANARY}\r\n1;2\r\n".encode(), b'"a\n', b"=1+1;@x\n", b",,,\n" * 1000, b"a" * MIB, b" " * 3 * MIB),
]
ANY_NUMBER = ("NaN", "Infinity", "-Infinity", "1e999", "1" * 30, "1" * 5000, "-" + "9" * 30, "1.5", "-1")
NOT_A_NUMBER = (*ANY_NUMBER, '"5"', "true", "[1]", "{}", f'"{CANARY}"')
NOT_A_TEXT = ("5", "true", "1e999", "NaN", "[]", "{}", f'["{CANARY}"]', f'{{"{CANARY}": "{CANARY}"}}')
BAD_TEXT = ('"\\u0000"', '"\\ud800"', '"\\udc00x"', '"\\u0007"', '"\\u2028"', '"a\tb\0"', f'"{CANARY * 10_000}"')
NOT_AN_OBJECT = ("5", '"x"', "[]", "true", f'"{CANARY}"')
WRONG_TYPES = ("", "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonx", "*/*")


def bodies(operation: Operation) -> Iterator[Attack]:
    """Bodies that are no good, whole or in one place, and good ones of another media type."""
    kind: dict[str, str | bytes] = {"Content-Type": operation.media_type or "application/json"}
    for n, body in enumerate([*WHOLE, *broken(operation.body)]):
        for is_chunked in (False, True) if len(body) > 1000 else (False,):
            yield Attack(f"body {n} {body[:30]!r}", operation, body=body, is_chunked=is_chunked, headers=kind)
    if operation.media_type == "application/json":
        for body in changed(operation.example):
            yield Attack(f"body {body[:300]!r}", operation, body=body, headers=kind)
    if operation.media_type:
        for other in (*WRONG_TYPES, "x" * 10_000, f"{CANARY}/{CANARY}", "\xff/\xff".encode("latin-1")):
            yield Attack(f"media type {other[:30]!r}", operation, headers={"Content-Type": other})


def broken(good: bytes) -> list[bytes]:
    """A good body cut, doubled, and in other encodings."""
    return [good[: len(good) // 3], good.decode().encode("utf-16"), good.decode().encode("utf-32")] if good else []


def changed(example: Any) -> Iterator[bytes]:
    """A good JSON body with one place spoilt, for each place and each way; and with one field too many."""
    mark = "spoilt here"
    for copy, leaf in spoilt(example, mark):
        text = json.dumps(copy)
        for value in ways(leaf):
            yield text.replace(f'"{mark}"', value).encode("utf-8", "surrogatepass")
    text = json.dumps(example)
    for extra in (f'"{CANARY}": 1', '"id": "x"', '"version": 9', '"county_id": null', '"note ": null'):
        yield f"{text[:-1]}, {extra}}}".encode()
    first = json.dumps(next(iter(example)))
    yield f"{text[:-1]}, {first}: {json.dumps(next(iter(example.values())))}}}".encode()
    yield (text + text).encode()
    yield b"\xef\xbb\xbf" + text.encode()


def spoilt(value: Any, mark: str) -> Iterator[tuple[Any, Any]]:
    """Copies of a JSON value with the mark in the place of one of its parts, and that part."""
    yield mark, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        for copy, leaf in spoilt(part, mark):
            whole = value.copy()
            whole[key] = copy
            yield whole, leaf


def ways(leaf: Any) -> Sequence[str]:
    """How a place that holds such a value can be spoilt, as JSON."""
    if isinstance(leaf, str):
        return *NOT_A_TEXT, *BAD_TEXT
    if isinstance(leaf, int | float):
        return NOT_A_NUMBER
    return NOT_AN_OBJECT if isinstance(leaf, dict) else ("5", f'"{CANARY}"')


# ---- addresses

ODD = ("%00", "%07", "a%00b", "%1b[31m", "%e2%80%a8", "%7f", "%c2%85")
NOT_A_WHOLE_NUMBER = ("5.5", "-1", "0", "201", "1e999", "9" * 100, "NaN", CANARY, "", "0x5", "5_0", "true", "%d9%a3")
NOT_A_DAY = ("0", "1700000000", "1699920000", "2026-13-01", "2026-02-30", "20260312", "99999-01-01", "", CANARY)
NOT_A_DAY_BUT_A_MOMENT = ("2026-03-12T00:00:00", "2026-03-12T00:00:00Z")
NO_CURSOR = (CANARY, "", "%00", "!", "AAAA", "A" * 1999, "A" * 60_000, "%ff", "....", "eyJhIjoxfQ==", "%ed%a0%80")
NO_PLACE = (*ODD, CANARY, "%ff", "%ed%a0%80", "..%2f..%2fetc%2fpasswd", "a" * 81, "a" * 60_000, "'--", "%25", "%0a")
NO_PART = ("0", "10", "-1", "1.5", "x", "9" * 100, "%00", "%d9%a3", CANARY, "1e0")


def addresses(operation: Operation) -> Iterator[Attack]:
    """Parameters that there are not, that are twice, or hold what they can't; paths to nothing."""
    for text in (f"{CANARY}=1", "%00=1", "=1", "%ff=1", f"lang={CANARY}", "lang=", "lang=fi&lang=en", "LANG=fi"):
        yield Attack(f"query {text}", operation, url=f"{operation.url}?{text}")
    for name, schema in operation.query.items():
        for value in wrong_values(name, schema):
            yield Attack(f"{name}={value[:40]}", operation, url=f"{operation.url}?{name}={value}")
    for name in [name for name in KNOWN if f"{{{name}}}" in operation.path]:
        for value in {"date": (*NOT_A_DAY[:-2], CANARY, *ODD), "part": NO_PART}.get(name, NO_PLACE):
            url = operation.path.format(**KNOWN | {name: value})
            yield Attack(f"path {name} {value[:40]}", operation, url=url)
    for url in (f"{operation.url}/{CANARY}", f"{operation.url}//", f"/{CANARY}", f"{operation.url}/%00"):
        yield Attack(f"address {url}", operation, url=url)
    for method in (CANARY, "TRACE", "PROPFIND"):
        yield Attack(f"method {method}", operation, method=method)


def wrong_values(name: str, schema: dict[str, Any]) -> Iterator[str]:
    """Values that a query parameter of this schema can't have."""
    yield from ODD
    if "enum" in schema or "$ref" in schema:
        yield from (CANARY, "", "%ff", "a" * 60_000)
    elif schema.get("type") == "integer":
        yield from NOT_A_WHOLE_NUMBER
    elif schema.get("format") == "date":
        yield from (*NOT_A_DAY, *NOT_A_DAY_BUT_A_MOMENT)
    elif name == "cursor":
        yield from NO_CURSOR
    elif "maxLength" in schema:
        yield "a" * (schema["maxLength"] + 1)


# ---- headers

NO_TOKEN: tuple[str | bytes, ...] = (
    *("", "Bearer", "Bearer ", "Bearer x", f"Bearer {CANARY}", "Bearer a.b.c", "Bearer a.b.c.d.e", "Basic YTpi"),
    *("Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer " + "a" * 60_000, b"Bearer \xff\xfe", "Bearer ..", "Token x"),
    *("Bearer eyJhbGciOiJIUzI1NiJ9.bnVsbA.x", "Bearer W10.W10.W10", "bearer null", "Bearer a b", "Negotiate"),
)
NO_VERSION: tuple[str | bytes, ...] = (CANARY, "", '"', '""', "W/", '"v1', "v1", "1", '"v0"', '"v99999999"', b"\xff\xfe")
NO_VERSION = (*NO_VERSION, '"a",' * 200, "x" * 60_000, '"v1"' + "x" * 60_000, "\u0661".encode(), ",,,", '"v1-1" ' * 300)
HARMLESS: tuple[tuple[str, str | bytes], ...] = (
    ("Accept-Language", CANARY),
    ("Accept-Language", "fi;q=NaN, en;q=1e999, ;;;q=, *;q=-1"),
    ("Accept-Language", "en," * 20_000),
    ("Accept-Language", b"\xff\xfe"),
    ("Accept", "image/png"),
    ("X-Request-Id", f"{CANARY}!"),
    ("X-Request-Id", b"\xff" * 9),
    ("X-Request-Id", "a" * 60_000),
    ("If-None-Match", f'"{CANARY}", W/"x", "'),
    ("Cookie", f"{CANARY}={CANARY}; =;;"),
    ("Origin", f"https://{CANARY}.example"),
    ("Range", "bytes=0-1"),
    ("X-Forwarded-For", f"{CANARY}, 1.2.3.4"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Forwarded", f"for={CANARY}"),
    ("Prefer", CANARY),
)


def heads(operation: Operation) -> Iterator[Attack]:
    """Headers that say nothing, or too much."""
    for token in NO_TOKEN:
        yield Attack(f"Authorization: {token[:40]!r}", operation, headers={"Authorization": token})
    if operation.method in ("PATCH", "PUT", "DELETE"):
        for tag in NO_VERSION:
            yield Attack(f"If-Match: {tag[:40]!r}", operation, headers={"If-Match": tag})
    for name, value in HARMLESS:
        if operation.is_write:
            yield Attack(f"{name}: {value[:40]!r}", operation, url=f"{operation.url}?x", headers={name: value})
        else:
            yield Attack(f"{name}: {value[:40]!r}", operation, headers={name: value}, is_harmless=True)


# ---- the attacks and their judge


@pytest.mark.parametrize(("attacks", "least"), [(bodies, 900), (addresses, 900), (heads, 700)], ids=lambda x: str(x))
def test_what_is_hostile_is_refused_and_leaves_no_trace(
    attacks: Any, least: int, client: TestClient, admin: dict[str, str], operations: list[Operation], database: Database
) -> None:
    before = contents(database)
    wrong, sent = [], 0
    for operation in operations:
        if attacks is bodies and not operation.is_write:
            continue
        for attack in attacks(operation):
            answer = launched(client, attack, admin)
            wrong += [f"{operation.method} {operation.path} {attack.what}: {said}" for said in judged(attack, answer)]
            sent += 1

    print(f"\n{sent} hostile requests")
    assert "\n".join(wrong) == ""
    assert contents(database) == before
    assert sent >= least


def launched(client: TestClient, attack: Attack, admin: dict[str, str]) -> Response:
    """Send it, with whatever it leaves open as it ought to be."""
    operation = attack.operation
    body = operation.body if attack.body is None else attack.body
    kind = {"Content-Type": operation.media_type} if operation.media_type else {}
    given = {name.lower() for name in attack.headers}
    usual = {name: value for name, value in {**admin, **kind}.items() if name.lower() not in given}
    content = (body[n : n + 65536] for n in range(0, len(body), 65536)) if attack.is_chunked else body
    method, url = attack.method or operation.method, attack.url or operation.url
    return client.request(method, url, content=content or None, headers={**usual, **attack.headers})


def judged(attack: Attack, answer: Response) -> Iterator[str]:
    """What is wrong with the answer."""
    if CANARY in answer.text or CANARY in str(answer.headers.raw):
        yield "echoed"
    if attack.is_harmless and answer.status_code < 400:
        return
    if not 400 <= answer.status_code < 500:
        yield f"answered {answer.status_code} {answer.text[:200]}"
        return
    if answer.headers.get("Content-Type") != "application/problem+json":
        yield f"answered {answer.status_code} as {answer.headers.get('Content-Type')}"
        return
    problem = answer.json()
    if problem.get("status") != answer.status_code or not problem.get("title") or not problem.get("code"):
        yield f"answered {problem}"


def contents(database: Database) -> dict[str, list[str]]:
    """Every row of every table."""
    with database.snapshot() as session:
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in METADATA.sorted_tables}
