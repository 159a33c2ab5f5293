"""The read layer alone: who is given what, and from when on no more."""

import asyncio
import gzip
from datetime import timedelta

import brotli
import pytest

from app.core.read_layer import Refused
from app.core.revision_check import CONNECTION
from tests.core.read_world import BODY, World


def test_an_answer_is_built_once_and_given_again(world: World) -> None:
    async def story() -> None:
        first, again = await world.kept(), await world.kept()

        assert first.whole.body == BODY
        assert again is first
        assert (b"x-always", b"yes") in first.whole.headers
        assert len(world.seen) == 1

    asyncio.run(story())


@pytest.mark.parametrize(("family", "builds"), [("places", 2), ("areas", 2), ("networks", 1)])
def test_an_answer_is_built_anew_when_a_family_that_it_shows_has_grown(world: World, family: str, builds: int) -> None:
    async def story() -> None:
        await world.kept()
        world.wrote(family)
        await world.kept()

        assert len(world.seen) == builds

    asyncio.run(story())


@pytest.mark.parametrize(
    ("target", "later", "builds"),
    [
        ("/places", timedelta(hours=11, minutes=59), 1),  # 23.59 in Helsinki
        ("/places", timedelta(hours=12), 2),
        ("/open-now", timedelta(seconds=59), 1),
        ("/open-now", timedelta(minutes=1), 2),
    ],
)
def test_an_answer_ends_with_the_day_or_the_minute(world: World, target: str, later: timedelta, builds: int) -> None:
    async def story() -> None:
        await world.kept(target)
        world.now += later
        await world.kept(target)

        assert len(world.seen) == builds

    asyncio.run(story())


@pytest.mark.parametrize(
    ("other", "is_the_same"),
    [
        ("/places?b=2&a=1", True),
        ("/places?a=1&b=2&lang=fi", False),  # a list links to its next page as it was asked for
        ("/places?a=1&b=%32", True),
        ("/places?a=1&b=2&lang=en", False),
        ("/places?a=1&b=2&lang=xx", False),
        ("/places?a=1&b=2&lang=fi&lang=fi", False),
        ("/places?a=1&b=3", False),
        ("/places?a=1", False),
        ("/places?a=1&b=2&c=", False),
    ],
)
def test_who_asks_for_the_same_gets_the_same_bytes(world: World, other: str, is_the_same: bool) -> None:
    async def story() -> None:
        await world.kept("/places?a=1&b=2")
        await world.kept(other)

        assert (len(world.seen) == 1) == is_the_same

    asyncio.run(story())


def test_values_of_a_repeated_name_keep_their_order(world: World) -> None:
    async def story() -> None:
        await world.kept("/places?a=1&a=2")
        await world.kept("/places?a=2&a=1")

        assert len(world.seen) == 2

    asyncio.run(story())


def test_each_language_has_its_own_answer(world: World) -> None:
    async def story() -> None:
        for accepted in ("fi", "fi-FI,fi;q=0.9", "sv", "en", "en-GB", "fi;q=0.1, en;q=0.9"):
            await world.kept(accept_language=accepted)

        assert [dict(scope["headers"])[b"accept-language"] for scope in world.seen] == [b"fi", b"en"]

    asyncio.run(story())


def test_the_application_is_shown_nothing_of_a_request_but_what_is_in_the_key(world: World) -> None:
    async def story() -> None:
        sent = {"cookie": "a=b", "origin": "https://a.example", "host": "h", "user_agent": "x", "if_none_match": '"y"'}
        await world.kept("/places?b=1&a=2&a=1", accept_encoding="br", **sent)
        world.wrote("places")
        await world.get("/places?a=2&a=1&b=1", "HEAD", accept_language="fi")

        first, second = world.seen
        assert first == second
        assert (first["method"], first["query_string"]) == ("GET", b"a=2&a=1&b=1")
        assert first["headers"] == [(b"accept-language", b"fi"), (b"origin", b"null")]
        assert (first["client"], first["server"], first["state"]) == (None, None, {"operation": "listPlaces"})

    asyncio.run(story())


def test_each_encoding_has_its_own_bytes_and_tag_but_one_build(world: World) -> None:
    async def story() -> None:
        plain = await world.kept()
        zipped = await world.kept(accept_encoding="gzip")
        best = await world.kept(accept_encoding="gzip, deflate, br;q=1")

        assert gzip.decompress(zipped.whole.body) == BODY
        assert brotli.decompress(best.whole.body) == BODY
        assert [answer.etag for answer in (plain, zipped, best)] == [b'"v3-1f0c"', b'"v3-1f0c-gzip"', b'"v3-1f0c-br"']
        for answer, encoding in ((zipped, b"gzip"), (best, b"br")):
            told = dict(answer.whole.headers)
            assert told[b"content-encoding"] == encoding
            assert int(told[b"content-length"]) == len(answer.whole.body) < len(BODY)
            assert b"Accept-Encoding" in told[b"vary"]
        assert b"Accept-Encoding" in dict(plain.whole.headers)[b"vary"]
        assert len(world.seen) == 1
        assert await world.kept(accept_encoding="br, gzip") is best

    asyncio.run(story())


def test_an_answer_that_packing_would_not_shorten_is_given_as_it_is(world: World) -> None:
    async def story() -> None:
        world.body = b"{}"

        answer = await world.kept(accept_encoding="gzip")

        assert answer.whole.body == b"{}"
        assert b"content-encoding" not in dict(answer.whole.headers)

    asyncio.run(story())


def test_a_large_answer_is_packed_beside_the_event_loop(world: World) -> None:
    async def story() -> None:
        world.body = BODY * 100

        answer = await world.kept(accept_encoding="gzip")

        assert gzip.decompress(answer.whole.body) == world.body

    asyncio.run(story())


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ('"v3-1f0c"', 304),
        ('W/"v3-1f0c"', 304),
        ('"other", "v3-1f0c"', 304),
        ('"other",W/"v3-1f0c" , "third"', 304),
        (', ,"other",, "v3-1f0c",', 304),
        ("*", 304),
        ('"v3-1f0"', 200),
        ('"v3-1f0cd"', 200),
        ("v3-1f0c", 200),
        ('"other" "v3-1f0c"', 200),
        ("", 200),
    ],
)
def test_who_has_the_answer_is_told_so(world: World, known: str, status: int) -> None:
    async def story() -> None:
        answer = await world.kept()

        form = answer.for_who_has(known.encode())

        assert form.status == status
        assert form.body == (b"" if status == 304 else BODY)
        assert dict(form.headers)[b"etag"] == b'"v3-1f0c"'
        assert (b"content-length" in dict(form.headers)) == (status == 200)
        assert form.lines == b"".join(b"%b: %b\r\n" % header for header in form.headers)

    asyncio.run(story())


def test_what_must_not_be_stored_is_not_kept(world: World) -> None:
    async def story() -> None:
        world.headers = [(b"cache-control", b"no-store")]

        assert isinstance(await world.get(), Refused)

    asyncio.run(story())


def test_an_answer_without_a_tag_gets_one(world: World) -> None:
    async def story() -> None:
        world.headers = []

        first = await world.kept()
        world.wrote("places")

        assert (await world.kept()).etag == first.etag
        world.body += b" "
        world.wrote("places")
        assert (await world.kept()).etag != first.etag

    asyncio.run(story())


@pytest.mark.parametrize(
    ("target", "method", "headers"),
    [
        ("/private", "GET", {}),
        ("/places", "POST", {}),
        ("/places", "OPTIONS", {}),
        ("/places", "GET", {"authorization": "Bearer x"}),
        ("/places?q=" + "x" * 2000, "GET", {}),
    ],
)
def test_other_requests_pass_by(world: World, target: str, method: str, headers: dict[str, str]) -> None:
    async def story() -> None:
        await world.kept()

        assert await world.get(target, method, **headers) is None

    asyncio.run(story())


def test_while_the_database_can_not_be_asked_nothing_kept_is_given(world: World) -> None:
    async def story() -> None:
        numbers = world.numbers
        await world.kept()
        world.numbers = None

        assert await world.get() is None

        world.numbers = numbers
        await world.kept()
        assert len(world.seen) == 1

    asyncio.run(story())


def test_an_answer_does_not_outlive_the_connection_by_which_its_numbers_came(world: World) -> None:
    """Behind another one there may be another server, which has lost a change and counted another one."""

    async def story() -> None:
        await world.kept()
        world.numbers = {**(world.numbers or {}), CONNECTION: 2}
        await world.kept()

        assert len(world.seen) == 2

    asyncio.run(story())
