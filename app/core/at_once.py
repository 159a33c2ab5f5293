"""A finished answer written to the client's connection at once.

The server looks through every header of every answer, which costs more than all else that a kept answer takes. One
that was looked through when it was built need not be looked through again: what is left is to write it, and to tell
the server's cycle of request and response that it is over. Where that cycle is not the one known here, or is not in
its usual state, nothing is written, and the answer goes the usual way.
"""

from typing import Any

from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

Headers = list[tuple[bytes, bytes]]
COPIED = 64 << 10  # a larger body is handed over as it is


def lines(headers: Headers) -> bytes:
    """Headers as they are written."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


class AtOnce:
    """Writes answers at once. It remembers the headers of the server, which change once a second."""

    def __init__(self) -> None:
        self._servers: Any = None
        self._lines = b""

    def sent(self, send: Send, status: int, told: bytes, own: bytes, body: bytes) -> bool:
        """Whether the answer is on its way: its headers ``told`` as lines, those of this request, and its body."""
        cycle = getattr(send, "__self__", None)
        if (
            type(cycle) is not RequestResponseCycle
            or not cycle.keep_alive
            or cycle.disconnected
            or cycle.response_started
            or cycle.flow.write_paused
        ):
            return False
        if cycle.default_headers is not self._servers:
            self._servers, self._lines = cycle.default_headers, lines(cycle.default_headers)
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        parts = STATUS_LINE[status], self._lines, told, own, b"\r\n"
        if len(body) > COPIED:
            cycle.transport.writelines((b"".join(parts), body))
        else:
            cycle.transport.write(b"".join((*parts, body)))
        cycle.message_event.set()
        cycle.on_response()
        return True
