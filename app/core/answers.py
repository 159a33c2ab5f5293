"""What was answered, told to the access log and to the metrics.

Each request pays for this, so it is done for many at a time: what one turn of the event loop has answered is told at
the next. A line of the access log has the form of the other lines (``logs``), but is written without what they need.
"""

import asyncio
import logging
import sys
import uuid
from collections import Counter
from typing import NamedTuple

from app.core import clock
from app.core.metrics import Metrics

LINES_AT_ONCE = 10  # 4,096 bytes at most: what a pipe that several workers write to takes in one piece
log = logging.getLogger("access")


class Answered(NamedTuple):
    """One answer. The operation is its name, never the path that was sent: no secret and no name gets into a log."""

    request_id: str
    method: str
    operation: str | None
    status: int
    source: str  # "kept", "built" to be kept, or "app"
    seconds: float
    caller: uuid.UUID | None


class Answers:
    """The answers of a process."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._untold: list[Answered] = []

    def add(self, answered: Answered) -> None:
        """Remember an answer, to be told at the next turn of the event loop."""
        if not self._untold:
            asyncio.get_running_loop().call_soon(self._tell)
        self._untold.append(answered)

    def _tell(self) -> None:
        told, self._untold = self._untold, []
        for (operation, status, source), times in Counter((a.operation, a.status, a.source) for a in told).items():
            self._metrics.count(operation, status, source, times)
        for answered in told:
            if answered.source != "kept":
                self._metrics.observe(answered.operation, answered.seconds)
        if log.isEnabledFor(logging.INFO):
            now = clock.now().isoformat().replace("+00:00", "Z")
            lines = [_line(answered, now) for answered in told]
            for first in range(0, len(lines), LINES_AT_ONCE):
                sys.stderr.write("".join(lines[first : first + LINES_AT_ONCE]))
                sys.stderr.flush()


def _line(answered: Answered, now: str) -> str:
    """A line of JSON, written without escaping: ids, names of operations and words of HTTP need none."""
    operation = f'"{answered.operation}"' if answered.operation else "null"
    caller = f'"{answered.caller}"' if answered.caller else "null"
    method = answered.method if answered.method.isalpha() else "other"
    return (
        f'{{"request_id": "{answered.request_id}", "method": "{method}", "operation": {operation}, '
        f'"status": {answered.status}, "ms": {answered.seconds * 1000:.1f}, "source": "{answered.source}", '
        f'"caller": {caller}, "event": "request", "level": "info", "logger": "access", "timestamp": "{now}"}}\n'
    )
