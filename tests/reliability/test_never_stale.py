"""Who reads after an acknowledged write sees it: at every worker, in every form, while others read and write."""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import brotli
from prometheus_client.parser import text_string_to_metric_families

from app.core.database import Database
from tests.conftest import headers_of
from tests.live import START_S, serving

PAIRS = 10_000 if os.environ.get("PERHEKESKUS_TEST_LONG") else 400
PAIRS_OF_THE_FAULT = 80
WRITERS, WORKERS, READERS = 8, 2, 3
LIST = "/v1/meeting-places?limit=200"
FORMS = [(encoding, is_conditional) for encoding in ("identity", "br") for is_conditional in (False, True)]
TOKEN = "token-of-the-metrics"
Headers = dict[str, str]


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: bytes

    @property
    def worker(self) -> str:
        """The process that answered: ids of requests begin with one of its own."""
        return self.headers["x-request-id"].rpartition("-")[0]


class Connection:
    """One connection that is kept, so one worker."""

    def __init__(self, address: str) -> None:
        self._http = HTTPConnection(urlsplit(address).netloc, timeout=60)

    def ask(self, method: str, path: str, headers: Headers, body: Any = None) -> Answer:
        typed = {"Content-Type": "application/json"} if body else {}
        self._http.request(method, path, json.dumps(body).encode() if body else None, headers | typed)
        answer = self._http.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        raw = answer.read()
        return Answer(answer.status, told, brotli.decompress(raw) if told.get("content-encoding") == "br" else raw)

    def close(self) -> None:
        self._http.close()


@dataclass
class Tally:
    """What came of all pairs. ``stale`` are those of which a read showed something older; ``seen`` are such reads."""

    pairs: int = 0
    stale: int = 0
    reads: int = 0
    meanwhile: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    workers: set[str] = field(default_factory=set)


class Writer:
    """Somebody with a meeting place of their own, who writes to it, and a reader at each worker."""

    def __init__(
        self, address: str, workers: int, admin: Headers, number: int, tally: Tally, lock: threading.Lock
    ) -> None:
        self._admin, self._tally, self._lock = admin, tally, lock
        self._writing = Connection(address)
        self._reading = one_to_each_worker(address, workers)
        founded = {"name": {"fi": f"Paikka {number}"}, "municipality": "491", "slug": f"paikka-{number}"}
        made = self._writing.ask("POST", "/v1/meeting-places", admin, founded)
        assert made.status == 201, made.body
        self._path, self._version = f"/v1/meeting-places/paikka-{number}", made.headers["etag"]
        self._tags: dict[tuple[str, str], str] = {}

    def write_and_read(self, number: int) -> None:
        """One pair: a change that is acknowledged, and reads of it by others, of which none may show the old value."""
        value = f"Katu {number}"
        written = self._writing.ask("PATCH", self._path, self._admin | {"If-Match": self._version}, {"address": value})
        assert written.status == 200, written.body
        self._version = written.headers["etag"]

        before, stale = dict(self._tags), []
        for turn, (reader, path) in enumerate((r, p) for r in self._readers(number) for p in (self._path, LIST)):
            encoding, is_conditional = FORMS[(number + turn) % len(FORMS)]
            known = before.get((path, encoding)) if is_conditional else None
            read = reader.ask("GET", path, {"Accept-Encoding": encoding} | ({"If-None-Match": known} if known else {}))
            assert read.status in (200, 304), read.body
            self._tags[path, encoding] = read.headers["etag"]
            if read.status == 304 or self._shown(path, read.body) != value:
                stale.append(f"{'list' if path == LIST else 'item'}, {encoding}, {read.status}")
            self._tally.workers.add(read.worker)
        with self._lock:
            self._tally.pairs += 1
            self._tally.reads += 2 * len(self._reading)
            self._tally.stale += bool(stale)
            self._tally.seen.update(stale)

    def _readers(self, number: int) -> list[Connection]:
        """A reader at each worker, in another order each time."""
        first = number % len(self._reading)
        return [*self._reading[first:], *self._reading[:first]]

    def _shown(self, path: str, body: bytes) -> str:
        found = json.loads(body)
        own = [item for item in found.get("items", [found]) if self._path.endswith(f"/{item['slug']}")]
        address: str = own[0]["address"]
        return address

    def close(self) -> None:
        for connection in (self._writing, *self._reading):
            connection.close()


def one_to_each_worker(address: str, workers: int) -> list[Connection]:
    """A connection to each worker, once all have started."""
    found: dict[str, Connection] = {}
    deadline = time.monotonic() + START_S
    while len(found) < workers:
        assert time.monotonic() < deadline, f"of {workers} workers, {len(found)} answer"
        made = Connection(address)
        if found.setdefault(made.ask("GET", "/health/live", {}).worker, made) is not made:
            made.close()
            time.sleep(0.01)
    return list(found.values())


def write_and_read(address: str, admin: Headers, pairs: int, workers: int = WORKERS) -> Tally:
    """Do so many pairs, by ``WRITERS`` writers at once, while others read what is kept."""
    tally, lock, numbers = Tally(), threading.Lock(), iter(range(pairs))

    def keep_writing(writer: Writer) -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            writer.write_and_read(number)

    with ExitStack() as stack:
        writers = [
            stack.enter_context(closing(Writer(address, workers, admin, number, tally, lock)))
            for number in range(WRITERS)
        ]
        with others_read(address, tally), ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(keep_writing, writers))
    return tally


@contextmanager
def others_read(address: str, tally: Tally) -> Iterator[None]:
    """Plain reads without a pause, of what changes and of what does not."""
    is_over = threading.Event()

    def keep_reading() -> int:
        done = 0
        with closing(Connection(address)) as connection:
            while not is_over.is_set():
                for path in (LIST, "/v1/meeting-places/koppa", "/v1/areas?limit=200", "/v1/networks?limit=200"):
                    assert connection.ask("GET", path, {}).status == 200
                    done += 1
        return done

    with ThreadPoolExecutor(READERS) as pool:
        reads = [pool.submit(keep_reading) for _ in range(READERS)]
        try:
            yield
        finally:
            is_over.set()
    tally.meanwhile = sum(read.result() for read in reads)


def sources(address: str) -> list[Counter[str]]:
    """How many answers of public reads came from where, as each worker tells it: all of them tell the sum."""
    found = []
    for connection in one_to_each_worker(address, WORKERS):
        with closing(connection):
            text = connection.ask("GET", "/metrics", {"Authorization": f"Bearer {TOKEN}"}).body.decode()
        counted: Counter[str] = Counter()
        for sample in (sample for family in text_string_to_metric_families(text) for sample in family.samples):
            if sample.name == "perhekeskus_answers_total" and sample.labels["operation"].startswith(("list", "read")):
                counted[sample.labels["source"]] += int(sample.value)
        found.append(counted)
    return found


def test_no_read_after_an_acknowledged_write_is_stale(database_url: str, database: Database) -> None:
    with serving(database_url, workers=WORKERS, metrics_token=TOKEN) as server:
        began = time.monotonic()
        tally = write_and_read(server.address, headers_of(database, "admin@example.org"), PAIRS)
        took = time.monotonic() - began
        came_from, as_others_tell = sources(server.address)

    assert (tally.pairs, tally.stale, tally.seen) == (PAIRS, 0, {})
    assert len(tally.workers) == WORKERS
    assert came_from == as_others_tell
    assert came_from.total() == tally.reads + tally.meanwhile
    assert came_from["kept"] > 0
    assert came_from["app"] < came_from.total() / 100
    print(f"\n{tally.pairs} pairs with {tally.reads} reads, {tally.meanwhile} reads meanwhile: {tally.stale} stale")
    print(f"{took:.1f} s; {came_from['kept'] / came_from.total():.0%} of the answers from kept bytes")


def test_numbers_that_are_believed_for_a_while_are_found_out(database_url: str, database: Database) -> None:
    """The same pairs, with a check that does not ask the database each time: so they can fail."""
    with serving(database_url, factory="tests.reliability.short_lived:from_environment") as server:
        tally = write_and_read(server.address, headers_of(database, "admin@example.org"), PAIRS_OF_THE_FAULT, workers=1)

    assert tally.pairs == PAIRS_OF_THE_FAULT
    assert tally.stale > 0
    print(f"\n{tally.stale} of {tally.pairs} pairs stale: {dict(tally.seen)}")
