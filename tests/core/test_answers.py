"""What was answered, as it is told: one line of JSON each, in blocks that a pipe takes whole."""

import asyncio
import json
import logging
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.core.answers import Answered, Answers
from app.core.metrics import Metrics

CONTRACT = json.loads((Path(__file__).parents[2] / "openapi" / "v1.json").read_text(encoding="utf-8"))
CALLER = uuid.UUID("01a210bd-f91d-7d3a-8c78-c4df98f8c971")
PIPE_TAKES = 4096


class Written:
    """Standard error, which remembers each piece that was written to it."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def write(self, text: str) -> None:
        self.pieces.append(text)

    def flush(self) -> None:
        """Nothing waits."""

    @property
    def lines(self) -> list[str]:
        return "".join(self.pieces).splitlines()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Where the access log goes, at the level of a server."""
    found = Written()
    monkeypatch.setattr("app.core.answers.sys", SimpleNamespace(stderr=found))
    log = logging.getLogger("access")
    before = log.level
    log.setLevel(logging.INFO)
    yield found
    log.setLevel(before)


def told(*answers: Answered) -> None:
    async def tell() -> None:
        of_process = Answers(Metrics())
        for answer in answers:
            of_process.add(answer)
        await asyncio.sleep(0)

    asyncio.run(tell())


def test_a_line_has_the_same_keys_whoever_was_answered(written: Written) -> None:
    told(
        Answered("01a2-0000001", "GET", "readArea", 200, "kept", 0.00012, None),
        Answered("mine-0001", "PATCH", "changeMeetingPlace", 200, "app", 1.2345, CALLER),
        Answered("mine-0002", "GET", None, 404, "app", 0.001, None),
    )

    lines = [json.loads(line) for line in written.lines]
    assert [list(line) for line in lines] == [
        [
            *("request_id", "method", "operation", "status", "ms", "source"),
            *("caller", "event", "level", "logger", "timestamp"),
        ]
    ] * 3
    assert [tuple(line.values())[:-1] for line in lines] == [
        ("01a2-0000001", "GET", "readArea", 200, 0.1, "kept", None, "request", "info", "access"),
        ("mine-0001", "PATCH", "changeMeetingPlace", 200, 1234.5, "app", str(CALLER), "request", "info", "access"),
        ("mine-0002", "GET", None, 404, 1.0, "app", None, "request", "info", "access"),
    ]


@pytest.mark.parametrize("method", ['G"T', "GET\n{}", "GE\\T", "", "M-SEARCH", "G\u2028T", "\x00"])
def test_a_method_that_could_harm_a_line_is_not_told(written: Written, method: str) -> None:
    told(Answered("mine-0001", method, None, 400, "app", 0.001, None))

    (line,) = written.lines
    assert json.loads(line)["method"] == "other"


def test_lines_are_written_in_pieces_that_a_pipe_takes_whole(written: Written) -> None:
    """Workers share a pipe, and a longer piece may have lines of the other in its midst."""
    longest = max((o["operationId"] for verbs in CONTRACT["paths"].values() for o in verbs.values()), key=len)

    told(*[Answered(f"{n:064}", "PROPPATCH", longest, 200, "built", 9999.9999, CALLER) for n in range(95)])

    assert max(len(piece.encode()) for piece in written.pieces) <= PIPE_TAKES
    assert all(piece.endswith("}\n") for piece in written.pieces)
    assert [int(json.loads(line)["request_id"]) for line in written.lines] == list(range(95))


def test_who_wants_warnings_only_gets_no_line_for_a_request(written: Written) -> None:
    logging.getLogger("access").setLevel(logging.NOTSET)  # so the level of all logs holds: in tests, WARNING

    told(Answered("mine-0001", "GET", "readArea", 200, "kept", 0.1, None))

    assert written.pieces == []
