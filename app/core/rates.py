"""How often somebody may ask: one limit a minute for each class of requests.

Counted is per process, in windows of a minute that begin with the first request: public reads and sign-ins by
the client's address, reads and writes with a token by caller. Tokens that are nobody's count for the address, in a
budget of their own: once it is used up, what comes with a token from there is refused before anybody looks it up. An
answer 304 is free, but not to ``If-None-Match: *``, which names no answer that one has.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from limits import RateLimitItemPerMinute
from starlette.types import Scope

from app.core.addresses import network_of
from app.core.errors import TooMany
from app.core.language import Words

WINDOW_S = 60
MOST_COUNTERS = 100_000
MOST_NAMES = 10_000


class TooManyRequests(TooMany):
    """More requests came within a minute than this server takes from one caller or one address."""

    title = Words("Liian monta pyyntöä", "Too many requests")
    detail = Words(
        "Pyyntöjä tuli yli {most} minuutissa. Yritä {seconds} s kuluttua.",
        "More than {most} requests came within a minute. Try again in {seconds} s.",
    )
    cure = Words(
        "Odota otsakkeen Retry-After verran. RateLimit kertoo jokaisessa vastauksessa, montako on jäljellä. Lähetä "
        "If-None-Match: vastaus 304 on ilmainen.",
        "Wait as Retry-After says. RateLimit tells in each answer how many are left. Send If-None-Match: an answer "
        "304 is free.",
    )


class Counts:
    """At most ``MOST_COUNTERS`` counters in memory. All last equally long, so the one that began first ends first.

    The storage of the library starts a thread a hundred times a second that looks through every key: whoever comes from
    many addresses would keep it busy.
    """

    def __init__(self) -> None:
        self._counted: OrderedDict[str, list[float]] = OrderedDict()  # how many, and when that ends

    def count(self, key: str, seconds: int) -> list[float]:
        """Count, and show the counter: how many, and when that ends by the monotonic clock."""
        found, now = self._counted.get(key), time.monotonic()
        if found is None or found[1] <= now:
            self._counted.pop(key, None)
            self._make_room(now)
            found = self._counted[key] = [0, now + seconds]
        found[0] += 1
        return found

    def of(self, key: str) -> float:
        """How many are counted now."""
        found = self._counted.get(key)
        return found[0] if found and found[1] > time.monotonic() else 0

    def _make_room(self, now: float) -> None:
        """Forget counters that have ended, and the oldest where there are too many."""
        while self._counted:
            key, found = self._counted.popitem(last=False)
            if found[1] > now and len(self._counted) < MOST_COUNTERS - 1:
                self._counted[key] = found
                self._counted.move_to_end(key, last=False)
                return


class Limit:
    """One class of requests, and how many of it a minute somebody may send."""

    def __init__(self, name: str, per_minute: int, counts: Counts) -> None:
        self._item, self._counts, self.most = RateLimitItemPerMinute(per_minute, namespace=name), counts, per_minute
        self.quoted = b'"%b"' % name.encode()
        self.policy = (b"ratelimit-policy", b"%b;q=%d;w=%d" % (self.quoted, per_minute, WINDOW_S))
        self.line = b"%b: %b\r\n" % self.policy
        self._key = lru_cache(MOST_NAMES)(self._item.key_for)

    def take(self, whom: str) -> list[float]:
        """Count a request of somebody: how many there are now, and when that ends by the monotonic clock."""
        return self._counts.count(self._key(whom), WINDOW_S)

    def is_used_up(self, whom: str) -> bool:
        """Whether one more request of somebody would be one too many."""
        return self._counts.of(self._key(whom)) >= self.most


class Meter:
    """What one request counts for: its caller, once they are known, else its address."""

    __slots__ = ("_address", "_by_address", "_by_caller", "_count", "_counter", "_has_answer", "_limit")

    def __init__(
        self, by_caller: Limit, by_address: Limit, address: str, *, is_counted: bool, has_answer: bool = True
    ) -> None:
        self._by_caller, self._by_address, self._address = by_caller, by_address, address
        self._has_answer = has_answer
        self._limit: Limit | None = None
        self._count = 0.0
        if is_counted:
            self._take(by_address, address)

    def _take(self, limit: Limit, whom: str) -> None:
        self._limit, self._counter = limit, limit.take(whom)
        self._count = self._counter[0]

    def count_caller(self, caller: str) -> None:
        """Count the request for a known caller. Raises TooManyRequests."""
        self._take(self._by_caller, caller)
        if self.is_over:
            raise self.refusal()

    def settle(self, status: int) -> bool:
        """Settle what an answer counts: 304 is free, and who sent a token but is nobody counts by address.

        True where the answer must not go out, because it is one too many and does not say so.
        """
        if self._limit is None:
            self._take(self._by_address, self._address)
        elif status == 304 and self._has_answer:
            self._counter[0] -= 1
            self._count -= 1
        return self.is_over and status != 429

    @property
    def is_over(self) -> bool:
        """Whether this request is one too many."""
        return self._limit is not None and self._count > self._limit.most

    def refusal(self) -> TooManyRequests:
        """Why the request is refused, once it was counted."""
        assert self._limit is not None, "nothing is counted yet"
        seconds = self._seconds()
        return TooManyRequests(most=self._limit.most, seconds=seconds, retry_after_s=seconds)

    def headers(self) -> list[tuple[bytes, bytes]]:
        """``RateLimit`` and ``RateLimit-Policy`` as structured fields."""
        return [] if self._limit is None else [self._limit.policy, (b"ratelimit", self._left(self._limit))]

    def lines(self) -> bytes:
        """The same as they are written."""
        return b"" if self._limit is None else b"%bratelimit: %b\r\n" % (self._limit.line, self._left(self._limit))

    def _left(self, limit: Limit) -> bytes:
        return b"%b;r=%d;t=%d" % (limit.quoted, max(0, limit.most - self._count), self._seconds())

    def _seconds(self) -> int:
        return max(1, math.ceil(self._counter[1] - time.monotonic()))


class Rates:
    """The limits of a process, a minute each.

    ``sign_in_paths`` are those to which passwords and one-time secrets are sent.
    """

    def __init__(
        self, *, public_reads: int, token_reads: int, writes: int, sign_ins: int, sign_in_paths: Iterable[str] = ()
    ) -> None:
        counts = Counts()
        self._public_reads = Limit("public-reads", public_reads, counts)
        self._token_reads = Limit("token-reads", token_reads, counts)
        self._writes = Limit("writes", writes, counts)
        self._sign_ins = Limit("sign-ins", sign_ins, counts)
        self._sign_in_paths = frozenset(sign_in_paths)

    def meter(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Meter:
        """What a request counts for. Without a token, and at a sign-in, it is counted now: by its address."""
        client, method, has_token = scope.get("client"), scope["method"], b"authorization" in headers
        address = network_of(client[0]) if client else ""
        if method == "POST" and scope["path"] in self._sign_in_paths:
            return Meter(self._writes, self._sign_ins, address, is_counted=True)
        by_caller = self._token_reads if method in ("GET", "HEAD") else self._writes
        if has_token:
            address = f"token {address}"
        is_counted = not has_token or self._public_reads.is_used_up(address)
        has_answer = headers.get(b"if-none-match", b"").strip() != b"*"
        return Meter(by_caller, self._public_reads, address, is_counted=is_counted, has_answer=has_answer)
