"""Who keeps a connection without using it is cut off; who is only slow, or waits for us, is not."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from app.core.slow_clients import GuardedHttp, Limits
from tests.connections import answered, connected, end, is_closed

PATIENCE_S, RATE, UNREAD_S = 0.8, 1000, 1.0
LONG_S = 2.5 * PATIENCE_S
ENOUGH_S = LONG_S + PATIENCE_S / 2
IN_TIME: dict[str, Any] = {"seconds": 10, "once": True}
BIG = 12 << 20  # more than the system takes for a client that does not read
PLAIN: dict[str, Any] = {"interface": "asgi3", "lifespan": "off", "log_config": None, "proxy_headers": False}
PLAIN |= {"date_header": False, "server_header": False}


class Hasty(GuardedHttp):
    limits = Limits(half_open=8, connections=14, patience_s=PATIENCE_S, bytes_per_s=RATE, unread_s=UNREAD_S)


class Stage:
    """A server, and what its application has seen."""

    def __init__(self, loop: str) -> None:
        self.disconnects = 0
        config = uvicorn.Config(self.app, port=0, http=Hasty, loop=loop, ws="none", **PLAIN)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self) -> "Stage":
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive()

    @property
    def open(self) -> int:
        return len(self.server.server_state.connections)

    async def app(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """``/body`` counts the body, ``/late/body`` after a while; ``/big`` is long, ``/big/close`` the last answer."""
        assert scope["type"] == "http"
        path, read, more = scope["path"], 0, True
        if path.startswith("/late"):
            await asyncio.sleep(LONG_S)
        while more and path.endswith("/body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                self.disconnects += 1
                return
            assert message["type"] == "http.request"
            read, more = read + len(message["body"]), message["more_body"]
        length = BIG if path.startswith("/big") else len(str(read))
        headers = [(b"content-length", str(length).encode())]
        if path.endswith("/close"):
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
        parts = [bytes(BIG)] if path == "/big/close" else [bytes(BIG // 48)] * 48 if path == "/big" else None
        for part in parts or [str(read).encode()]:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture(params=["asyncio", "uvloop"], scope="module")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    with Stage(request.param) as made:
        yield made


def test_who_does_not_send_a_whole_request_in_time_is_cut(stage: Stage) -> None:
    before = stage.disconnects
    clients = {
        "nothing": sending(stage),
        "half a head": sending(stage, "GET / HTTP/1.1\r\nHost"),
        "a head byte by byte": sending(stage, "GET / HTTP/1.1\r\nX: ", *"x" * 20),
        "half a body": sending(stage, post("/body", 100), "half"),
        "a body byte by byte": sending(stage, post("/body", 100), *"x" * 20),
        "half a next request": sending(stage, get("/"), "GET / HT"),
        "line breaks for ever": sending(stage, get("/"), *["\r\n"] * 20),
        "a body after its answer": sending(stage, post("/", 100), *"x" * 20),
    }

    outcomes = asyncio.run(together(clients))

    assert {name: answer[-1:] for name, (answer, _) in outcomes.items()} == {
        "nothing": "",
        "half a head": "",
        "a head byte by byte": "",
        "half a body": "",
        "a body byte by byte": "",
        "half a next request": "0",
        "line breaks for ever": "0",
        "a body after its answer": "0",
    }
    assert stage.disconnects - before == 2
    print({name: round(lasted, 2) for name, (_, lasted) in outcomes.items()})
    assert max(lasted for _, lasted in outcomes.values()) < 10 * PATIENCE_S


def test_who_is_only_slow_or_waits_for_us_is_not_cut(stage: Stage) -> None:
    length = 8 * RATE
    steady = ["x" * (length // 20)] * 20
    clients = {
        "a steady upload": sending(stage, post("/body", length), *steady, pause_s=LONG_S / 20, **IN_TIME),
        "a body that nobody reads yet": sending(stage, post("/late/body", 3 << 20), "x" * (3 << 20), **IN_TIME),
        "an answer that takes long": sending(stage, get("/late"), **IN_TIME),
        "a body not asked for yet": sending(stage, post("/late/body", 4, "Expect: 100-continue"), seconds=ENOUGH_S),
        "half a next request behind": sending(stage, get("/late") + "GET / HT", **IN_TIME),
    }

    outcomes = asyncio.run(together(clients))

    assert {name: answer.rpartition("\r\n\r\n")[::2] for name, (answer, _) in outcomes.items()} == {
        "a steady upload": (ok(4), "8000"),
        "a body that nobody reads yet": (ok(7), "3145728"),
        "an answer that takes long": (ok(1), "0"),
        "a body not asked for yet": ("HTTP/1.1 100 Continue", ""),
        "half a next request behind": (ok(1), "0"),
    }


def test_where_too_many_are_half_open_the_one_that_brought_nothing_for_longest_goes(stage: Stage) -> None:
    async def fill() -> tuple[list[bool], str]:
        waiting = await connected(stage.address, post("/late/body", 1 << 20))
        sent = asyncio.create_task(asyncio.get_running_loop().sock_sendall(waiting, b"x" * (1 << 20)))
        await asyncio.sleep(0.1)
        others = [await connected(stage.address) for _ in range(10)]
        await asyncio.sleep(0.2)
        gone = [await is_closed(connection, 0.01) for connection in others]
        answer = await answered(waiting, 10, once=True)
        await sent
        end([waiting, *others])
        return gone, answer.rpartition("\r\n\r\n")[2]

    gone, answer = asyncio.run(fill())

    assert gone == [True] * 3 + [False] * 7
    assert answer == "1048576"


def test_idle_connections_make_room_for_new_ones(stage: Stage) -> None:
    async def fill() -> tuple[int, str]:
        idle = []
        for _ in range(20):
            idle.append(await connected(stage.address, get("/")))
            assert (await answered(idle[-1], 10, once=True)).endswith("0")
        still = 20 - sum([await is_closed(connection, 0.01) for connection in idle])
        new = await connected(stage.address, get("/"))
        answer = await answered(new, 10, once=True)
        end([*idle, new])
        return still, answer

    still, answer = asyncio.run(fill())

    assert still <= 14
    assert answer.endswith("0")


def test_who_does_not_take_an_answer_is_cut_and_who_takes_it_slowly_is_not(stage: Stage) -> None:
    async def listen() -> tuple[int, int]:
        paths = ("/big", "/big/close", "/big")
        clients = [await connected(stage.address, get(path), takes=1 << 16) for path in paths]
        taken = 0
        while taken < BIG and (part := await asyncio.get_running_loop().sock_recv(clients[2], 1 << 17)):
            taken += len(part)
            await asyncio.sleep(0.02)
        still = stage.open
        end(clients)
        return taken, still

    while stage.open:
        time.sleep(0.05)
    began = time.monotonic()
    taken, still = asyncio.run(listen())
    lasted = time.monotonic() - began

    assert lasted > 2 * UNREAD_S
    assert taken >= BIG
    assert still == 1


async def sending(
    stage: Stage,
    *parts: str,
    pause_s: float = PATIENCE_S / 5,
    seconds: float = 9 * PATIENCE_S,
    once: bool = False,
) -> tuple[str, float]:
    """What came back, and how long that took, when ``parts`` were sent with a pause behind each."""
    began = time.monotonic()

    async def send() -> None:
        with suppress(ConnectionError):
            for part in parts:
                await asyncio.get_running_loop().sock_sendall(connection, part.encode())
                await asyncio.sleep(pause_s)

    with await connected(stage.address) as connection:
        sent = asyncio.create_task(send())
        answer = await answered(connection, seconds, once=once)
        sent.cancel()
        await asyncio.wait([sent])
    return answer, time.monotonic() - began


async def together(clients: dict[str, Coroutine[Any, Any, tuple[str, float]]]) -> dict[str, tuple[str, float]]:
    return dict(zip(clients, await asyncio.gather(*clients.values()), strict=True))


def ok(length: int) -> str:
    return f"HTTP/1.1 200 OK\r\ncontent-length: {length}"


def get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"


def post(path: str, length: int, *more: str) -> str:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {length}", *more, "", ""])
