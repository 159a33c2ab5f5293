"""Logs: one JSON object a line, on standard error."""

import asyncio
import logging
import sys
import time
import uuid

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_access = logging.getLogger("access")


def start(level: str = "INFO") -> None:
    """Write JSON lines of ``level`` and above, those of uvicorn and the libraries included."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),  # locals may be personal
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = True


class AccessLog:
    """One line for each answer, in the form of the other lines.

    Written apart from them, because each request pays for its line: what one turn of the event loop has answered
    is written together at the next.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._second, self._prefix = 0, ""

    def tell(
        self, request_id: str, method: str, operation: str | None, status: int, ms: float, caller: uuid.UUID | None
    ) -> None:
        """Log an answer. Nothing that is given may need escaping: it is not escaped."""
        if not _access.isEnabledFor(logging.INFO):
            return
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._write)
        method = method if method.isalpha() else "other"
        named = f'"{operation}"' if operation else "null"
        known = f'"{caller}"' if caller else "null"
        self._lines.append(
            f'{{"request_id": "{request_id}", "method": "{method}", "operation": {named}, "status": {status}, '
            f'"ms": {ms:.1f}, "caller": {known}, "event": "request", "level": "info", "logger": "access", '
            f'"timestamp": "{self._now()}"}}\n'
        )

    def _now(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._prefix = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._prefix}.{int((now - second) * 1_000_000):06d}Z"

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        sys.stderr.write("".join(lines))
        sys.stderr.flush()
