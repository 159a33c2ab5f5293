"""``perhekeskus`` for tests: each command in a process of its own, of which the imports are made once for all.

A command takes seconds to import and less to do what it is for. So one process imports it, and each command is a fork
of that, with its own folder, environment and output. Those that must be as people start them use ``cold``.
"""

import multiprocessing
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

SCRIPT = Path(sys.executable).with_name("perhekeskus")
PATIENCE_S = 120
Done = subprocess.CompletedProcess[str]
_warm = multiprocessing.get_context("forkserver")
_warm.set_forkserver_preload(["tests.warm"])


@dataclass(frozen=True)
class Around:
    """Where a command runs, writes, and how many files and connections it may have open."""

    folder: Path
    told: Path
    faults: Path
    descriptors: int | None = None

    def enter(self) -> None:
        """Make it so in this process."""
        os.chdir(self.folder)
        for file, stream in ((self.told, 1), (self.faults, 2)):
            written = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(written, stream)
            os.close(written)
        if self.descriptors is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))


def run(folder: Path, *words: str, **environment: str) -> Done:
    """What a command did that was given in ``folder``, with these settings and none besides."""
    told, faults = (folder.with_name(f"{folder.name}.{name}") for name in ("stdout", "stderr"))
    for file in (told, faults):
        file.write_bytes(b"")
    process = _begin(_do, words, _environment(environment), Around(folder, told, faults))
    process.join(PATIENCE_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired([SCRIPT.name, *words], PATIENCE_S)
    return Done([SCRIPT.name, *words], process.exitcode, told.read_text("utf-8"), faults.read_text("utf-8"))


def begin(words: Sequence[str], environment: dict[str, str], log: Path, descriptors: int | None = None) -> BaseProcess:
    """A command that has begun, and writes to ``log``. It may open ``descriptors`` files and connections."""
    return _begin(_do, words, environment, Around(Path.cwd(), log, log, descriptors))


def begin_afresh(
    words: Sequence[str], environment: dict[str, str], log: Path, descriptors: int | None = None
) -> BaseProcess:
    """The same with a module of Python and its words: it imports all that it needs itself."""
    return _begin(_do_afresh, words, environment, Around(Path.cwd(), log, log, descriptors))


def good(folder: Path, *words: str, **environment: str) -> str:
    """What a command printed that had to go well."""
    done = run(folder, *words, **environment)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def cold(folder: Path, *words: str, **environment: str) -> Done:
    """The same as ``run``, from the installed script."""
    return subprocess.run(
        [SCRIPT, *words],
        cwd=folder,
        env=_environment(environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def without_settings() -> dict[str, str]:
    """The environment without settings of the product."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PERHEKESKUS_")}


def _environment(own: dict[str, str]) -> dict[str, str]:
    return without_settings() | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"} | own


def _begin(do: Callable[..., None], words: Sequence[str], environment: dict[str, str], around: Around) -> BaseProcess:
    process = _warm.Process(target=do, args=(words, environment, around), daemon=True)
    process.start()
    return process


def _do(words: Sequence[str], environment: dict[str, str], around: Around) -> None:
    """In the fork: the command, as its script would begin it."""
    around.enter()
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [SCRIPT.name, *words]
    from app.cli import main  # noqa: PLC0415 - imported before the fork; here it costs nothing

    main()


def _do_afresh(words: Sequence[str], environment: dict[str, str], around: Around) -> None:
    """In the fork, which becomes another program."""
    around.enter()
    os.execve(sys.executable, [sys.executable, "-m", *words], environment)
