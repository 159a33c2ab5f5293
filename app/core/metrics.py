"""What is measured while serving, in the text format of Prometheus.

With several workers each writes into files of one folder (``PROMETHEUS_MULTIPROC_DIR``), and whichever worker is
asked tells the sum.
"""

import os
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

OTHER = "other"
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The metrics of one application. Operations are named, paths never are."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "perhekeskus_answers",
            "Answers by operation, status and source: kept bytes, bytes built to be kept, or the application.",
            ("operation", "status", "source"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "perhekeskus_request_seconds",
            "Time from the request's head to the last byte of its answer, where it was not kept, by operation.",
            ("operation",),
            registry=self._registry,
            buckets=BUCKETS,
        )
        self.kept_bytes = Gauge(
            "perhekeskus_kept_bytes",
            "Bytes of finished answers that are kept.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        if SHARED_FOLDER not in os.environ:
            ProcessCollector(registry=self._registry)
            GCCollector(registry=self._registry)

    def count(self, operation: str | None, status: int, source: str, times: int) -> None:
        """Count answers."""
        self._answers.labels(operation or OTHER, str(status), source).inc(times)

    def observe(self, operation: str | None, seconds: float) -> None:
        """Note how long an answer took."""
        self._seconds.labels(operation or OTHER).observe(seconds)

    def text(self) -> bytes:
        """Everything measured so far, by all workers."""
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self._registry)
        _forget_the_dead(Path(os.environ[SHARED_FOLDER]))
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def _forget_the_dead(folder: Path) -> None:
    """What a worker that has ended kept in memory is not there any more; what it counted stays counted."""
    for file in folder.glob("gauge_live*_*.db"):
        worker = int(file.stem.rpartition("_")[2])
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            mark_process_dead(worker)  # type: ignore[no-untyped-call]
        except PermissionError:  # it lives
            pass
