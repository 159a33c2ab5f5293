"""A real server for tests: ``perhekeskus serve`` in a process of its own, stopped by its own id."""

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.core import slow_clients
from tests.commands import without_settings

SECRET = "test-secret-test-secret-test-secret!"
OFTEN = {f"{what}_per_minute": "1000000000" for what in ("public_reads", "token_reads", "writes", "sign_ins")}
START_S = 60
STOP_S = 15


@dataclass(frozen=True)
class Server:
    """A server that answers at ``address``."""

    address: str
    pid: int
    log_file: Path

    def log(self) -> str:
        """What the server has logged so far."""
        return self.log_file.read_text(errors="replace")


@contextmanager
def serving(
    database_url: str,
    *,
    workers: int = 1,
    descriptors: int | None = None,
    factory: str | None = None,
    **settings: str,
) -> Iterator[Server]:
    """Serve a migrated database on a free port; ``settings`` are those of ``PERHEKESKUS_*``, in lower case.

    Each process may have ``descriptors`` files and connections open, where that is given. ``factory`` names another
    application to serve, as ``module:function``.
    """
    port = free_port()
    told = {"database_url": database_url, "secret_key": SECRET, **OFTEN, **settings}
    environment = without_settings() | {f"PERHEKESKUS_{name.upper()}": value for name, value in told.items()}
    plain = ["uvicorn", "--no-access-log", "--timeout-keep-alive", str(slow_clients.IDLE_S), "--factory"]
    program = [*plain, factory] if factory else ["app.cli", "serve"]
    words = [sys.executable, "-m", *program, "--port", str(port), "--workers", str(workers)]
    if descriptors is not None:
        words = ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh", *words]
    with tempfile.NamedTemporaryFile() as log:
        server = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            started = Server(address, server.pid, Path(log.name))
            _wait(server, started, workers)
            yield started
        except BaseException:
            told = Path(log.name).read_text(errors="replace").splitlines(keepends=True)
            rest = [line for line in told if '"event": "request"' not in line]
            sys.stderr.write("".join([*rest[-30:], "last requests:\n", *told[-10:]]))
            raise
        finally:
            _stop(server)


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: subprocess.Popen[bytes], started: Server, workers: int) -> None:
    """Until the server answers and each worker has said that it is there: the first would take all connections else."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            if httpx.get(f"{started.address}/health/ready", timeout=2).status_code == 200 and (
                started.log().count("Application startup complete") >= workers
            ):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the server did not answer in time")


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
