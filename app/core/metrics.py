"""What is measured while serving, in the text format of Prometheus.

With several workers each writes into files of one folder (``PROMETHEUS_MULTIPROC_DIR``), and whichever worker is
asked tells the sum.
"""

import os

from prometheus_client import CollectorRegistry, Gauge, GCCollector, Histogram, ProcessCollector, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The metrics of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "perhekeskus_request_seconds",
            "Time from the request's head to the last byte of its answer, by operation, status and who answered: "
            "kept bytes, bytes built for keeping, or the application.",
            ("operation", "status", "source"),
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
        self._known: dict[tuple[str | None, int, str], Histogram] = {}

    def answered(self, operation: str | None, status: int, source: str, seconds: float) -> None:
        """Count an answer. Operations are named, paths never are."""
        key = operation, status, source
        child = self._known.get(key)
        if child is None:
            child = self._known[key] = self._seconds.labels(operation or "other", str(status), source)
        child.observe(seconds)

    def text(self) -> bytes:
        """Everything measured so far, by all workers."""
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
