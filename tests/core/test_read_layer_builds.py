"""The read layer alone: what is built, for whom, how often, and how much of it is kept."""

import asyncio
from typing import Any

import pytest

from app.core import clock, read_layer
from app.core.read_layer import OVERHEAD, Refused
from tests.core.read_world import BODY, World


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
