"""Plain connections of a client, to send what no client library would."""

import asyncio
import re
import socket
from contextlib import suppress

import httpx


async def connected(address: str, sends: str = "", *, takes: int = 0) -> socket.socket:
    """A connection that has sent that; the system takes about ``takes`` bytes for it that nobody reads."""
    made = socket.socket()
    if takes:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
    made.setblocking(False)
    await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", httpx.URL(address).port))
    await asyncio.get_running_loop().sock_sendall(made, sends.encode())
    return made


async def answered(connection: socket.socket, seconds: float, *, once: bool = False) -> str:
    """What comes until the server closes, but for ``seconds`` at most; with ``once``, until an answer is whole."""
    got = b""
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(seconds):
            while part := await asyncio.get_running_loop().sock_recv(connection, 1 << 16):
                got += part
                if once and _is_whole(got):
                    break
    return got.decode()


def _is_whole(got: bytes) -> bool:
    head, end, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return bool(end and length and len(body) >= int(length[1]))


async def is_closed(connection: socket.socket, seconds: float) -> bool:
    """Whether the server closes within ``seconds``, having said nothing."""
    try:
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(connection, 1), seconds) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def end(connections: list[socket.socket]) -> None:
    for connection in connections:
        connection.close()
