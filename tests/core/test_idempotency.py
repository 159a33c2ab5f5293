"""Keys: what is one, what it stands for, and which operations take one."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import Depends, Request
from pydantic import BaseModel
from sqlmodel import SQLModel

from app.core.database import HeldKey, ReadSession, WriteSession
from app.core.idempotency import Key, KeyMalformed, key_of
from app.core.needs import Need
from app.core.route import Route
from app.core.shapes import Secret, answer, holds_secret


def asked(*keys: str, path: str = "/v1/things", query: str = "") -> Request:
    headers = [(b"idempotency-key", key.encode("latin-1")) for key in keys]
    return Request({"type": "http", "method": "POST", "path": path, "query_string": query.encode(), "headers": headers})


def hash_of(body: bytes = b"", **request: str) -> str:
    key = key_of(asked("k", **request), "make")
    assert key is not None
    key.covers(body)
    return key.hash.hexdigest()


@pytest.mark.parametrize(
    ("sent", "known_as"),
    [
        ("abc", "abc"),
        ('"abc"', "abc"),
        ("k" * 200, "k" * 200),
        (f'"{"k" * 200}"', "k" * 200),
        ('a"b', 'a"b'),
        ("!", "!"),
    ],
)
def test_a_key_comes_bare_or_in_quotes(sent: str, known_as: str) -> None:
    found = key_of(asked(sent), "make")

    assert isinstance(found, Key)
    assert found.key == known_as


@pytest.mark.parametrize(
    "sent", ["", '""', '"', '"abc', "a b", "a, b", "k" * 201, f'"{"k" * 201}"', "ä", "a\tb", "\x7f"]
)
def test_what_is_no_key_is_refused(sent: str) -> None:
    with pytest.raises(KeyMalformed):
        key_of(asked(sent), "make")


def test_two_keys_are_no_key() -> None:
    with pytest.raises(KeyMalformed):
        key_of(asked("a", "a"), "make")


def test_no_header_is_no_key() -> None:
    assert key_of(asked(), "make") is None


def test_a_key_stands_for_path_query_and_body_whatever_the_order_of_the_query() -> None:
    first = hash_of(b"{}", query="a=1&b=2")

    assert hash_of(b"{}", query="b=2&a=1") == first
    others = [
        hash_of(b"{ }", query="a=1&b=2"),
        hash_of(b"{}", query="a=1&b=3"),
        hash_of(b"{}"),
        hash_of(b"{}", query="a=1&b=2", path="/v1/others"),
        hash_of(b"a=1&b=2\n{}"),
    ]
    assert len({first, *others}) == 6


class Plain(BaseModel):
    name: str


class Shown(SQLModel):
    name: str
    token: Secret | None = None


class Deep(BaseModel):
    items: list[dict[str, Shown]]


@pytest.mark.parametrize(
    ("model", "is_secret"),
    [(None, False), (Plain, False), (list[Plain], False), (Shown, True), (Deep, True), (answer(Shown), True)],
)
def test_a_secret_is_found_at_any_depth(model: Any, is_secret: bool) -> None:
    assert holds_secret(model) is is_secret


async def someone() -> None: ...


async def anyone() -> None: ...


someone.need = Need("scope", scope="things:write")  # type: ignore[attr-defined]
anyone.need = Need("public")  # type: ignore[attr-defined]
Someone = Annotated[None, Depends(someone)]


def make_plain(_: Someone, session: WriteSession) -> Any: ...
def make_for_anyone(_: Annotated[None, Depends(anyone)], session: WriteSession) -> Any: ...
def only_read(_: Someone, session: ReadSession) -> Any: ...
def make_in_own_way(_: Someone, key: HeldKey) -> Any: ...


@pytest.mark.parametrize(
    ("endpoint", "method", "status", "model", "takes"),
    [
        pytest.param(make_plain, "POST", 201, Plain, True, id="a creation"),
        pytest.param(make_plain, "POST", 201, Deep, False, id="an answer with a secret"),
        pytest.param(make_plain, "POST", 200, Plain, False, id="a POST that creates nothing"),
        pytest.param(make_plain, "PUT", 201, Plain, False, id="a PUT"),
        pytest.param(make_for_anyone, "POST", 201, Plain, False, id="nobody whose key it would be"),
        pytest.param(only_read, "POST", 201, Plain, False, id="no transaction to keep it in"),
        pytest.param(make_in_own_way, "POST", 200, Plain, True, id="one that asks for it"),
        pytest.param(make_in_own_way, "POST", 200, Shown, False, id="one that asks for it and shows a secret"),
    ],
)
def test_an_operation_takes_a_key_or_not(
    endpoint: Callable[..., Any], method: str, status: int, model: type[Any], takes: bool
) -> None:
    route = Route("/things", endpoint, methods=[method], status_code=status, response_model=model)

    assert route.takes_key is takes
