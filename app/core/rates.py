"""How often somebody may ask: one limit a minute for each class of requests.

Counted is per process, in windows of a minute that begin with the first request: public reads and sign-ins by
the client's address, reads and writes with a token by caller. An answer 304 is free.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache

from limits import RateLimitItemPerMinute
from limits.storage import Storage
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


class Counts(Storage):
    """At most ``MOST_COUNTERS`` counters in memory. All last equally long, so the one that began first ends first.

    The library's own storage starts a thread a hundred times a second that looks through every key: whoever comes
    from many addresses would keep it busy.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._counted: OrderedDict[str, list[float]] = OrderedDict()  # how many, and when that ends

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def count(self, key: str, expiry: int, amount: int = 1) -> list[float]:
        """Count, and show the counter: how many, and when that ends by the monotonic clock."""
        found, now = self._counted.get(key), time.monotonic()
        if found is None or found[1] <= now:
            self._counted.pop(key, None)
            self._make_room(now)
            found = self._counted[key] = [0, now + expiry]
        found[0] += amount
        return found

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return int(self.count(key, expiry, amount)[0])

    def get(self, key: str) -> int:
        found = self._counted.get(key)
        return int(found[0]) if found and found[1] > time.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        found = self._counted.get(key)
        return time.time() + (found[1] - time.monotonic() if found else 0)

    def _make_room(self, now: float) -> None:
        """Forget counters that have ended, and the oldest where there are too many."""
        while self._counted:
            key, found = self._counted.popitem(last=False)
            if found[1] > now and len(self._counted) < MOST_COUNTERS - 1:
                self._counted[key] = found
                self._counted.move_to_end(key, last=False)
                return

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        forgotten = len(self._counted)
        self._counted.clear()
        return forgotten

    def clear(self, key: str) -> None:
        self._counted.pop(key, None)


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


class Meter:
    """What one request counts for: its caller, once they are known, else its address."""

    __slots__ = ("_address", "_by_address", "_by_caller", "_count", "_counter", "_limit")

    def __init__(self, by_caller: Limit, by_address: Limit, address: str, *, is_counted: bool) -> None:
        self._by_caller, self._by_address, self._address = by_caller, by_address, address
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
        elif status == 304:
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

    def meter(self, scope: Scope, *, has_token: bool) -> Meter:
        """What a request counts for. Without a token, and at a sign-in, it is counted now: by its address."""
        client = scope.get("client")
        address = network_of(client[0]) if client else ""
        if scope["method"] in ("GET", "HEAD"):
            return Meter(self._token_reads, self._public_reads, address, is_counted=not has_token)
        if scope["method"] == "POST" and scope["path"] in self._sign_in_paths:
            return Meter(self._writes, self._sign_ins, address, is_counted=True)
        return Meter(self._writes, self._public_reads, address, is_counted=not has_token)
