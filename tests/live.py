"""A real server for tests: ``perhekeskus serve`` in a process of its own, stopped by its own id."""

import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing.process import BaseProcess
from pathlib import Path

from app.core import slow_clients
from tests.commands import begin, begin_afresh, without_settings

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
    where = ["--port", str(port), "--workers", str(workers)]
    with tempfile.NamedTemporaryFile() as file:
        log = Path(file.name)
        if factory:
            plain = ["uvicorn", "--no-access-log", "--timeout-keep-alive", str(slow_clients.IDLE_S)]
            server = begin_afresh([*plain, "--factory", factory, *where], environment, log, descriptors)
        elif workers > 1:  # each worker is begun anew from the program's first module
            server = begin_afresh(["app.cli", "serve", *where], environment, log, descriptors)
        else:
            server = begin(["serve", *where], environment, log, descriptors)
        try:
            started = Server(f"http://127.0.0.1:{port}", server.pid or 0, log)
            _wait(server, port, log, workers)
            yield started
        except BaseException:
            lines = log.read_text(errors="replace").splitlines(keepends=True)
            rest = [line for line in lines if '"event": "request"' not in line]
            sys.stderr.write("".join([*rest[-30:], "last requests:\n", *lines[-10:]]))
            raise
        finally:
            _stop(server)


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: BaseProcess, port: int, log: Path, workers: int) -> None:
    """Until the server answers and each worker has said that it is there: the first would take all connections else."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if not server.is_alive():
            raise RuntimeError(f"the server ended with {server.exitcode}")
        if log.read_text(errors="replace").count("Application startup complete") >= workers and _is_ready(port):
            return
        time.sleep(0.02)
    raise RuntimeError("the server did not answer in time")


def _is_ready(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False


def _stop(server: BaseProcess) -> None:
    server.terminate()
    server.join(STOP_S)
    if server.is_alive():
        server.kill()
        server.join()
