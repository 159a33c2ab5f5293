"""The read layer alone, before an application that counts what it is asked."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest

from app.core import clock, read_layer
from app.core.metrics import Metrics
from app.core.needs import Need
from app.core.operations import Operation
from app.core.read_layer import OVERHEAD, Kept, ReadLayer, Refused
from app.core.revision_check import CONNECTION, CheckFailed

NOON = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)
BODY = b'{"items": [' + b'"a long text", ' * 100 + b'"end"]}'
OPERATIONS = {
    "/places": Operation("listPlaces", Need("public", families=("places", "areas"))),
    "/networks": Operation("listNetworks", Need("public", families=("networks",))),
    "/open-now": Operation("openNow", Need("public", families=("places",), changes_with="minute")),
}


class World:
    """A layer, and what it stands on: the application's answer, the numbers of the families, the time."""

    def __init__(self, most_bytes: int = 1 << 20) -> None:
        self.numbers: dict[str, int] | None = {"places": 1, "areas": 1, "networks": 1}
        self.body, self.status, self.headers = BODY, 200, [(b"etag", b'"v3-1f0c"')]
        self.seen: list[dict[str, Any]] = []
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Event()
        self.now = NOON
        self.layer = ReadLayer(
            self._app,
            check=self._check,  # type: ignore[arg-type]
            find=OPERATIONS.get,
            metrics=Metrics(),
            most_bytes=most_bytes,
            always=((b"x-always", b"yes"),),
        )

    async def _check(self) -> dict[str, int]:
        if self.numbers is None:
            raise CheckFailed
        return self.numbers

    async def _app(self, scope: Any, receive: Any, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self.seen.append(scope)
        self.begun.set()
        body = self.body
        if self.gate:
            await self.gate.wait()
        if self.status == 0:
            raise RuntimeError("crash")
        about = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": about})
        await send({"type": "http.response.body", "body": body[:10], "more_body": True})
        await send({"type": "http.response.body", "body": body[10:]})

    def wrote(self, family: str) -> None:
        assert self.numbers is not None
        self.numbers = {**self.numbers, family: self.numbers[family] + 1}

    async def get(self, target: str = "/places", method: str = "GET", **headers: str) -> Kept | Refused | None:
        path, _, query = target.partition("?")
        sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "state": {}}
        return await self.layer.answer({**scope, "headers": list(sent.items())}, sent)

    async def kept(self, target: str = "/places", **headers: str) -> Kept:
        found = await self.get(target, **headers)
        assert isinstance(found, Kept)
        return found


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


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


def test_requests_that_come_together_are_built_for_once(world: World) -> None:
    async def story() -> None:
        world.gate = asyncio.Event()
        asked = [asyncio.create_task(world.kept(accept_encoding=e)) for e in ("", "gzip", "br", "", "gzip") * 20]
        await asyncio.sleep(0)
        world.gate.set()
        answers = await asyncio.gather(*asked)

        assert len(world.seen) == 1
        assert len({answer.etag for answer in answers}) == 3

    asyncio.run(story())


def test_who_asks_after_a_write_is_not_given_what_is_being_built_from_before(world: World) -> None:
    async def story() -> None:
        world.gate = asyncio.Event()
        before = asyncio.create_task(world.kept())
        await world.begun.wait()
        world.wrote("places")
        world.body = b'{"new": true}'
        after = asyncio.create_task(world.kept())
        await asyncio.sleep(0)
        world.gate.set()

        assert (await before).whole.body == BODY
        assert (await after).whole.body == world.body
        assert (await world.kept()).whole.body == world.body

    asyncio.run(story())


def test_who_leaves_while_an_answer_is_built_leaves_it_to_the_others(world: World) -> None:
    async def story() -> None:
        world.gate = asyncio.Event()
        leaves = asyncio.create_task(world.kept())
        await asyncio.sleep(0)
        stays = asyncio.create_task(world.kept())
        await asyncio.sleep(0)
        leaves.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaves
        world.gate.set()

        assert (await stays).whole.body == BODY
        assert len(world.seen) == 1

    asyncio.run(story())


def test_a_refusal_goes_to_the_one_for_whom_it_was_made_and_is_not_kept(world: World) -> None:
    async def story() -> None:
        world.status, world.gate = 404, asyncio.Event()
        asked = [asyncio.create_task(world.get(accept_encoding=e)) for e in ("gzip", "gzip", "")]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        world.gate.set()
        answers = await asyncio.gather(*asked)
        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(message)

        refused = [answer for answer in answers if isinstance(answer, Refused)]
        await refused[0]({}, None, send)  # type: ignore[arg-type]

        assert [answer for answer in answers if answer not in refused] == [None] * (3 - len(refused))
        assert len(refused) == len(world.seen) == 1
        assert sent[0]["status"] == 404
        assert isinstance(await world.get(), Refused)
        assert len(world.seen) == 2

    asyncio.run(story())


@pytest.mark.parametrize("encoding", ["", "br"])
def test_a_crash_is_left_to_where_it_is_logged(world: World, encoding: str) -> None:
    async def story() -> None:
        world.status = 0

        assert await world.get(accept_encoding=encoding) is None
        world.status = 200
        assert (await world.kept(accept_encoding=encoding)).etag.startswith(b'"v3-1f0c')

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


def test_the_least_recently_given_answer_leaves_when_the_room_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        one = len(BODY) + OVERHEAD
        world = World(most_bytes=3 * one)
        monkeypatch.setattr(clock, "now", lambda: world.now)
        for n in (1, 2, 3):
            await world.kept(f"/places?n={n}")
        await world.kept("/places?n=1")
        await world.kept("/places?n=4")

        for n in (1, 3, 4):
            await world.kept(f"/places?n={n}")
        assert len(world.seen) == 4
        await world.kept("/places?n=2")
        assert len(world.seen) == 5

    asyncio.run(story())


def test_what_is_kept_stays_within_its_bytes_however_many_things_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        most = 20 * (len(BODY) + OVERHEAD)
        world = World(most_bytes=most)
        monkeypatch.setattr(clock, "now", lambda: world.now)
        for n in range(500):
            await world.kept(f"/places?n={n}", accept_encoding="gzip" if n % 2 else "")
            if n % 50 == 0:
                world.wrote("places")

        held = [wanted.kept for wanted in world.layer._kept]
        assert sum(kept.size for kept in held if kept) == world.layer._bytes <= most
        assert None not in held

    asyncio.run(story())


def test_an_answer_that_would_take_most_of_the_room_drives_out_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        world = World(most_bytes=10 * (len(BODY) + OVERHEAD))
        monkeypatch.setattr(clock, "now", lambda: world.now)
        await world.kept("/places?n=1")
        world.body = BODY * 50
        await world.kept("/places?n=2")
        await world.kept("/places?n=1")

        assert len(world.seen) == 2

    asyncio.run(story())


def test_what_is_remembered_of_requests_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr(read_layer, "REQUESTS_BYTES", 100_000)
        most = 0
        for n in range(200):
            await world.get(f"/places?n={n}&q={'x' * 300}")
            await world.get(f"/nowhere/{n}")
            most = max(most, len(world.layer._by_request))

        assert 10 < most < 60
        assert world.layer._requests_bytes <= 100_000

    asyncio.run(story())


def test_an_answer_larger_than_all_room_is_given_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        world = World(most_bytes=100)
        monkeypatch.setattr(clock, "now", lambda: world.now)

        assert (await world.kept()).whole.body == BODY
        assert (await world.kept()).whole.body == BODY
        assert world.layer._bytes == 0
        assert len(world.seen) == 2

    asyncio.run(story())
