"""What is asked for by a public read: the key of its answer, and the request that is made of the key.

Whatever else clients send, the application that builds an answer for many does not see it.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from starlette.types import Message, Scope

from app.core import encodings, language

ANY_PAGE = (b"origin", b"null")  # whoever asks, the answer says that any page may read it


class Asked(NamedTuple):
    """What is asked for: whoever asks for the same gets the same bytes."""

    path: str
    query: tuple[tuple[str, str], ...]
    language: str
    encoding: str  # empty: as it is

    @classmethod
    def by(cls, scope: Scope, headers: Mapping[bytes, bytes]) -> "Asked":
        """What a request asks for."""
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return cls(
            scope["path"],
            tuple(sorted(pairs, key=lambda pair: pair[0])),
            language.asked(scope),
            encodings.chosen(headers.get(b"accept-encoding", b"").decode("latin-1")),
        )

    def request(self, state: Mapping[str, object]) -> Scope:
        """A request for the same. ``state`` is that of the one who asks first, for whom a refusal is written."""
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self.path,
            "raw_path": quote(self.path).encode(),
            "root_path": "",
            "query_string": urlencode(self.query).encode(),
            "headers": [(b"accept-language", self.language.encode()), ANY_PAGE],
            "client": None,
            "server": None,
            "state": dict(state),
        }


class NothingComes:
    """What a read receives: an empty body, and then nothing more, whoever leaves."""

    def __init__(self) -> None:
        self._is_read = False

    async def __call__(self) -> Message:
        if self._is_read:
            await asyncio.get_running_loop().create_future()
        self._is_read = True
        return {"type": "http.request", "body": b"", "more_body": False}
