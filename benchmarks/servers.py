"""Servers that are measured, each in a process group of its own, stopped by its own id.

They all run at once, and those that are not measured are halted: twenty servers that look at their clocks ten times a
second would be in the way of the one that answers.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.live import SECRET, free_port

START_S = 300  # all at once, on a machine that may be busy
STOP_S = 15
FINISH_S, IDLE_CPU_S = 3, 0.005
PLENTY = "1000000000"
LIMITS = {
    f"PERHEKESKUS_{name}_PER_MINUTE": PLENTY for name in ("PUBLIC_READS", "TOKEN_READS", "WRITES", "SIGN_INS")
}  # raised, as any operator can; they are counted all the same
METRICS_TOKEN = "bench-reads-the-metrics"


@dataclass(frozen=True)
class Start:
    """How a server is started. ``{port}`` stands for its port, ``path`` is where its list is."""

    name: str
    words: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    folder: Path | None = None


@dataclass(frozen=True)
class Server:
    """A server that runs. ``url`` is that of its list, ``log`` the file that it writes to."""

    name: str
    url: str
    log: Path
    process: "subprocess.Popen[bytes]"

    def cpu_s(self) -> float:
        """Processor seconds of the server so far: its process and the children that it has, not the database's."""
        return _cpu_s(self.process.pid)

    @contextmanager
    def awake(self) -> Iterator[None]:
        """It runs meanwhile, and is halted before and after: once it has nothing to do, so that it holds no lock."""
        os.killpg(self.process.pid, signal.SIGCONT)
        try:
            yield
        finally:
            self._finish()
            os.killpg(self.process.pid, signal.SIGSTOP)

    def _finish(self) -> None:
        deadline, before = time.monotonic() + FINISH_S, -1.0
        while time.monotonic() < deadline and (now := self.cpu_s()) - before > IDLE_CPU_S:
            before = now
            time.sleep(0.05)

    def forget_log(self) -> None:
        """Empty the log, so that a long bench fills no disk. The server goes on at its new end."""
        os.truncate(self.log, 0)


def ours(name: str, database_url: str, path: str, words: Sequence[str] = ("app.cli",)) -> Start:
    """``perhekeskus serve`` as the README has it, with nothing left out: one worker, log, metrics, limits."""
    told = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "METRICS_TOKEN": METRICS_TOKEN}
    settings = {f"PERHEKESKUS_{key}": value for key, value in told.items()} | LIMITS
    return Start(name, [sys.executable, "-m", *words, "serve", "--port", "{port}"], settings, path)


def uvicorn(name: str, app: str, path: str, **settings: str) -> Start:
    """An application of the benchmarks under uvicorn, set as ``perhekeskus serve`` sets it, without an access log."""
    quiet = ["--no-access-log", "--no-server-header", "--no-proxy-headers", "--log-level", "warning"]
    words = [sys.executable, "-m", "uvicorn", f"benchmarks.{app}", "--factory", *quiet, "--port", "{port}"]
    return Start(name, words, settings, path)


@contextmanager
def running(starts: Sequence[Start], folder: Path) -> Iterator[dict[str, Server]]:
    """All these servers, by name, until the end, halted. Each writes its log to a regular file in ``folder``."""
    servers: dict[str, Server] = {}
    try:
        for start in starts:
            servers[start.name] = _started(start, folder)
        for server in servers.values():
            _wait(server)
            os.killpg(server.process.pid, signal.SIGSTOP)
        yield servers
    finally:
        for server in servers.values():
            server.process.send_signal(signal.SIGTERM)
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(server.process.pid, signal.SIGCONT)
        for server in servers.values():
            _end(server.process)


def _started(start: Start, folder: Path) -> Server:
    port = free_port()
    log = folder / f"{start.name}.log"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PERHEKESKUS_")}
    words = [word.format(port=port) for word in start.words]
    with log.open("ab") as out:
        process = subprocess.Popen(
            words, env={**clean, **start.settings}, stdout=out, stderr=out, cwd=start.folder, start_new_session=True
        )
    return Server(start.name, f"http://127.0.0.1:{port}{start.path}", log, process)


def _wait(server: Server) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            httpx.get(server.url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{server.name} does not answer:\n{server.log.read_text(errors='replace')[-3000:]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _cpu_s(pid: int) -> float:
    own = time.clock_gettime((~pid << 3) | 2)  # the clock of another process: clock_getcpuclockid(3), in nanoseconds
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(_cpu_s(int(child)) for child in children)
