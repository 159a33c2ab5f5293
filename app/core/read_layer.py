"""Public reads as finished bytes, in front of the application, never older than the last commit.

An answer is kept with a stamp: the numbers of the families of data that it shows, read before it was built, and the
day in Helsinki. It is given again only while the stamp, made anew for each request, is the same; so nobody has to
tell this layer that something has changed. What the answer may depend on besides is its key (``Asked``), and the
application that builds it is shown a request that is made of the key. Requests with a token pass by.

A process has one build and one set of settings; an entity tag covers the finished bytes.
"""

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from weakref import WeakValueDictionary

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import at_once, clock, encodings, etags
from app.core.asked import Asked, NothingComes
from app.core.metrics import Metrics
from app.core.needs import Need
from app.core.operations import Operation
from app.core.revision_check import CONNECTION, CheckFailed, RevisionCheck

LONGEST_ASKED = 1_000
REQUESTS_BYTES = 16 << 20  # of what is remembered of requests, so that they need not be read again
A_REQUEST = 1_500  # what one takes besides its texts
OVERHEAD = 4_000  # of an answer, besides its body: its headers, its keys, and what holds them
LARGEST_AT_ONCE = 64 << 10  # larger bodies are compressed in a thread, not on the event loop
OF_THE_BODY = frozenset((b"content-length", b"content-type", b"content-encoding", b"content-language"))
NEVER = datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
Header = tuple[bytes, bytes]
Headers = list[Header]
Stamp = tuple[object, ...]


class Form(NamedTuple):
    """One form of an answer, ready to be sent. ``lines`` are its headers as they are written."""

    status: int
    headers: Headers
    lines: bytes
    body: bytes

    @classmethod
    def of(cls, status: int, headers: Headers, body: bytes = b"") -> "Form":
        """A form with these headers."""
        return cls(status, headers, at_once.lines(headers), body)


@dataclass(slots=True, frozen=True)
class Kept:
    """A finished answer: whole, and for those who have it."""

    stamp: Stamp
    etag: bytes
    whole: Form
    not_modified: Form

    @property
    def size(self) -> int:
        return len(self.whole.body) + OVERHEAD

    def for_who_has(self, known: bytes | None) -> Form:
        """The answer for a client that has those of an ``If-None-Match``."""
        if known is None:
            return self.whole
        if known == self.etag or etags.is_known(self.etag.decode("latin-1"), known.decode("latin-1")):
            return self.not_modified
        return self.whole


@dataclass(slots=True, frozen=True)
class Refused:
    """An answer that is not kept: an application that sends it as it is."""

    messages: list[Message]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for message in self.messages:
            await send(message)


class Wanted:
    """An answer that has been asked for, and its bytes where they are kept."""

    __slots__ = ("__weakref__", "asked", "kept", "operation")

    def __init__(self, asked: Asked, operation: Operation) -> None:
        self.asked, self.operation = asked, operation
        self.kept: Kept | None = None


class ReadLayer:
    """What is kept of the answers of ``app``.

    ``find`` tells which paths are public reads, ``always`` are headers that every answer gets, and ``most_bytes``
    is what all kept answers may take.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        check: RevisionCheck,
        find: Callable[[str], Operation | None],
        metrics: Metrics,
        most_bytes: int,
        always: Iterable[Header] = (),
    ) -> None:
        self._app, self._check, self._find, self._metrics = app, check, find, metrics
        self._always, self._bytes, self._most_bytes = tuple(always), 0, most_bytes
        self._by_request: dict[tuple[object, ...], Wanted] = {}
        self._requests_bytes = 0
        self._by_asked: WeakValueDictionary[Asked, Wanted] = WeakValueDictionary()
        self._kept: OrderedDict[Wanted, None] = OrderedDict()  # the least recently given first
        self._building: dict[tuple[Wanted, Stamp], asyncio.Task[Kept | Refused | None]] = {}
        self._numbers: Mapping[str, int] | None = None
        self._day_begins, self._day_ends = NEVER
        self._stamps: dict[tuple[str, ...], Stamp] = {}

    async def answer(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Kept | Refused | None:
        """The answer to a public read, from what is kept or built now; None where the application must be asked."""
        if scope["method"] not in ("GET", "HEAD") or b"authorization" in headers:
            return None
        wanted = self._wanted(scope, headers)
        if wanted is None:
            return None
        try:
            stamp = self._stamp(wanted.operation.need, await self._check())
        except CheckFailed:  # the application says itself what it can't do
            return None
        state, kept = scope["state"], wanted.kept
        state["operation"] = wanted.operation.id
        if kept is not None and kept.stamp == stamp:
            state["source"] = "kept"
            self._kept.move_to_end(wanted)
            return kept
        built, is_first = await self._built(wanted, stamp, scope)
        if not isinstance(built, Kept):
            return built if is_first else None  # a refusal is for the one for whom it was made
        state["source"] = "built"
        return built

    def _wanted(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Wanted | None:
        """What a request asks for, if it is a public read."""
        raw = (
            scope["path"],
            scope["query_string"],
            headers.get(b"accept-language", b""),
            headers.get(b"accept-encoding", b""),
        )
        try:
            return self._by_request[raw]
        except KeyError:
            pass
        if sum(map(len, raw)) > LONGEST_ASKED:
            return None
        operation = self._find(scope["path"])
        if operation is None:
            return None
        size = A_REQUEST + 2 * sum(map(sys.getsizeof, raw))
        if self._requests_bytes + size > REQUESTS_BYTES:
            self._by_request.clear()
            self._requests_bytes = 0
        self._requests_bytes += size
        wanted = self._by_request[raw] = self._the_one(Asked.by(scope, headers), operation)
        return wanted

    def _the_one(self, asked: Asked, operation: Operation) -> Wanted:
        wanted = self._by_asked.get(asked)
        if wanted is None:
            wanted = self._by_asked[asked] = Wanted(asked, operation)
        return wanted

    def _stamp(self, need: Need, numbers: Mapping[str, int]) -> Stamp:
        """What an answer holds good for that is built now."""
        now = clock.now()
        if numbers is not self._numbers or not self._day_begins <= now < self._day_ends:
            self._stamps.clear()
            self._numbers = numbers
            self._day_begins, self._day_ends = _day_of(now)
        stamp = self._stamps.get(need.families)
        if stamp is None:
            stamp = (
                self._day_begins,
                numbers.get(CONNECTION, 0),
                *(numbers.get(family, 0) for family in need.families),
            )
            self._stamps[need.families] = stamp
        return (*stamp, now.replace(second=0, microsecond=0)) if need.changes_with == "minute" else stamp

    async def _built(self, wanted: Wanted, stamp: Stamp, scope: Scope) -> tuple[Kept | Refused | None, bool]:
        """The answer, built once for all who ask for it at a time; and whether it is built for this one.

        It is built in a task of its own: whoever leaves meanwhile leaves it to the others. None where the application
        crashed: whoever asks it again sees that crash where it is logged.
        """
        task = self._building.get((wanted, stamp))
        is_first = task is None
        if task is None:
            task = self._building[wanted, stamp] = asyncio.create_task(self._build(wanted, stamp, scope))
            task.add_done_callback(lambda _: self._building.pop((wanted, stamp)))
        await asyncio.wait((task,))
        return None if task.exception() else task.result(), is_first

    async def _build(self, wanted: Wanted, stamp: Stamp, scope: Scope) -> Kept | Refused | None:
        asked = wanted.asked
        built: Kept | Refused | None
        if not asked.encoding:
            built = await self._from_application(asked, stamp, scope)
        else:
            plain = self._the_one(asked._replace(encoding=""), wanted.operation)
            if plain.kept is not None and plain.kept.stamp == stamp:
                built = plain.kept
            else:
                built, is_first = await self._built(plain, stamp, scope)
                if isinstance(built, Refused) and not is_first:
                    return None
            if isinstance(built, Kept):
                built = await _encoded(built, asked.encoding)
        if isinstance(built, Kept):
            self._keep(wanted, built)
        return built

    async def _from_application(self, asked: Asked, stamp: Stamp, scope: Scope) -> Kept | Refused:
        sent: list[Message] = []

        async def collect(message: Message) -> None:
            sent.append(message)

        await self._app(asked.request(scope["state"]), NothingComes(), collect)
        headers = sent[0]["headers"]
        told = dict(headers)
        if sent[0]["status"] != 200 or b"no-store" in told.get(b"cache-control", b""):
            return Refused(sent)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        always = [header for header in self._always if header[0] not in told]
        changed = {
            b"etag": told.get(b"etag") or etags.of(body, versioned=False).encode(),
            b"vary": _varies(told.get(b"vary", b"")),
        }
        return _finished(stamp, [*always, *_replaced(headers, changed)], body)

    def _keep(self, wanted: Wanted, kept: Kept) -> None:
        if kept.size > self._most_bytes // 2:  # it would drive out most of the others
            return
        before, wanted.kept = wanted.kept, kept
        self._bytes += kept.size - (before.size if before else 0)
        self._kept[wanted] = None
        self._kept.move_to_end(wanted)
        while self._bytes > self._most_bytes:
            oldest, _ = self._kept.popitem(last=False)
            if oldest.kept is not None:
                self._bytes -= oldest.kept.size
                oldest.kept = None
        self._metrics.kept_bytes.set(self._bytes)


def _varies(vary: bytes) -> bytes:
    """What a kept answer varies with: not with the origin of a page, since any may read it."""
    names = [name.strip() for name in vary.split(b",")]
    return b", ".join([*(name for name in names if name and name.lower() != b"origin"), b"Accept-Encoding"])


def _replaced(headers: Headers, changed: Mapping[bytes, bytes]) -> Headers:
    return [*(header for header in headers if header[0] not in changed), *changed.items()]


def _day_of(now: datetime) -> tuple[datetime, datetime]:
    """When the day in Helsinki began, and when it ends."""
    today = now.astimezone(clock.HELSINKI).date()
    begins, ends = (datetime.combine(day, time(), clock.HELSINKI) for day in (today, today + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def _finished(stamp: Stamp, headers: Headers, body: bytes) -> Kept:
    """An answer to be kept."""
    brief = [header for header in headers if header[0] not in OF_THE_BODY]
    return Kept(stamp, dict(headers)[b"etag"], Form.of(200, headers, body), Form.of(304, brief))


async def _encoded(plain: Kept, encoding: str) -> Kept:
    """The same answer in an encoding, under a tag of its own; as it is where that saves nothing."""
    body, headers = plain.whole.body, dict(plain.whole.headers)
    if not encodings.is_worth_it(body, headers[b"content-type"].decode("latin-1")):
        return plain
    if len(body) > LARGEST_AT_ONCE:
        packed = await anyio.to_thread.run_sync(encodings.encoded, body, encoding)
    else:
        packed = encodings.encoded(body, encoding)
    changed = {
        b"etag": b'%b-%b"' % (plain.etag[:-1], encoding.encode()),
        b"content-length": b"%d" % len(packed),
        b"content-encoding": encoding.encode(),
    }
    return _finished(plain.stamp, _replaced(plain.whole.headers, changed), packed)
