"""Kept answers are written past the server's own sending: byte for byte what it would have sent."""

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.live import Server, serving

PLACES = "/v1/meeting-places?limit=200"
OWN = re.compile(rb"(x-request-id: [^\r]*|ratelimit: [^\r]*|date: [^\r]*|connection: close)\r\n")
TIMEOUT_S = 10


@pytest.fixture(scope="module")
def server(sqlite_template: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    file = tmp_path_factory.mktemp("at_once") / "test.db"
    file.write_bytes(sqlite_template.read_bytes())  # type: ignore[attr-defined]
    with serving(f"sqlite:///{file}") as found:
        yield found


def exchange(server: Server, *requests: str) -> bytes:
    """What comes back over one connection until it is closed; the last request must ask for that."""
    address = urlsplit(server.address)
    with socket.create_connection((address.hostname, address.port), timeout=TIMEOUT_S) as client:
        client.sendall("".join(requests).encode())
        return b"".join(iter(lambda: client.recv(1 << 16), b""))


def asking(target: str, *headers: str, method: str = "GET", version: str = "1.1") -> str:
    return "\r\n".join((f"{method} {target} HTTP/{version}", "Host: test", *headers, "", ""))


def answers(server: Server, *requests: str) -> list[bytes]:
    """The answers of one connection without what differs from one to the next."""
    came = OWN.sub(b"", exchange(server, *requests))
    return [b"HTTP/1.1 " + answer for answer in came.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("extra", [(), ("Accept-Encoding: gzip",), ("Accept-Encoding: br",), ("If-None-Match: *",)])
def test_an_answer_is_the_same_whichever_way_it_is_written(server: Server, extra: tuple[str, ...]) -> None:
    closing = asking(PLACES, *extra, "Connection: close")  # an answer that closes goes the server's own way

    quick, again, usual = answers(server, asking(PLACES, *extra), asking(PLACES, *extra), closing)

    assert quick == again == usual
    assert quick.startswith(b"HTTP/1.1 304" if "If-None-Match: *" in extra else b"HTTP/1.1 200")


def test_requests_sent_ahead_are_answered_in_their_order(server: Server) -> None:
    places = asking(PLACES)
    closing = asking("/health/live", "Connection: close")

    first, head, missing, last, alive = answers(
        server, places, asking(PLACES, method="HEAD"), asking("/v1/meeting-places/none"), places, closing
    )

    assert first == last
    assert first.startswith(head)
    assert head.endswith(b"\r\n\r\n")
    assert missing.startswith(b"HTTP/1.1 404")
    assert alive.startswith(b"HTTP/1.1 200")


def test_who_asks_for_the_head_first_gets_that_of_the_answer(server: Server) -> None:
    """Of what is kept and of what is not: nothing of a body, and the connection goes on."""
    targets = "/v1/areas?limit=7", "/v1", "/v1/areas/none", "/docs", "/health/ready", "/v1/me", "/nowhere"
    requests = [asking(target, method=method) for target in targets for method in ("HEAD", "GET")]
    before = len(server.log())

    found = answers(server, *requests, asking("/health/live", "Connection: close"))

    assert len(found) == len(requests) + 1
    for head, got in zip(found[:-1:2], found[1::2], strict=True):
        assert head == got.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert [answer[9:12] for answer in found[:-1:2]] == [b"200", b"200", b"404", b"200", b"200", b"401", b"404"]
    assert '"level": "error"' not in server.log()[before:]


def test_kept_answers_do_go_out_at_once(only_sqlite: str) -> None:
    factory = "tests.reliability.told_at_once:from_environment"
    with serving(only_sqlite, factory=factory) as telling:
        exchange(
            telling, *[asking(PLACES)] * 3, asking(PLACES, "If-None-Match: *"), asking(PLACES, "Connection: close")
        )
        told = re.findall("at once: (True|False)", telling.log())

    assert told == ["True"] * 4 + ["False"]


def test_an_old_client_is_answered_and_left(server: Server) -> None:
    (answer,) = answers(server, asking(PLACES, version="1.0"))

    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"}")


def test_a_read_with_a_body_gets_its_answer_and_the_connection_goes_on(server: Server) -> None:
    with_body = asking(PLACES, "Content-Length: 5") + "abcde"

    first, second = answers(server, with_body, asking(PLACES, "Connection: close"))

    assert first == second


def test_a_long_connection_is_served_to_its_end(server: Server) -> None:
    found = answers(server, *[asking(PLACES)] * 500, asking(PLACES, "Connection: close"))

    assert len(found) == 501
    assert len(set(found)) == 1


def test_every_answer_has_its_line_in_the_log(server: Server) -> None:
    exchange(
        server,
        asking(PLACES, "X-Request-Id: at-once-1"),
        asking(PLACES, "X-Request-Id: at-once-2", "Connection: close"),
    )

    lines = [line for line in server.log().splitlines() if "at-once-" in line]
    assert len(lines) == 2
    assert all('"operation": "listMeetingPlaces", "status": 200' in line for line in lines)
