"""``perhekeskus`` for tests: each command in a process of its own, of which the imports are made once for all.

A command takes seconds to import and less to do what it is for. So one process imports it, and each command is a fork
of that, with its own folder, environment and output. Those that must be as people start them use ``cold``.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SCRIPT = Path(sys.executable).with_name("perhekeskus")
PATIENCE_S = 120
Done = subprocess.CompletedProcess[str]
_warm = multiprocessing.get_context("forkserver")
_warm.set_forkserver_preload(["app.cli"])


def run(folder: Path, *words: str, **environment: str) -> Done:
    """What a command did that was given in ``folder``, with these settings and none besides."""
    told, faults = (folder.with_name(f"{folder.name}.{name}") for name in ("stdout", "stderr"))
    process = _warm.Process(target=_do, args=(folder, words, _environment(environment), told, faults))
    process.start()
    process.join(PATIENCE_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired([SCRIPT.name, *words], PATIENCE_S)
    return Done([SCRIPT.name, *words], process.exitcode, told.read_text("utf-8"), faults.read_text("utf-8"))


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


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    return without_settings() | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"} | own


def _do(folder: Path, words: Sequence[str], environment: dict[str, str], told: Path, faults: Path) -> None:
    """In the fork: the command, as its script would begin it."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for file, stream in ((told, 1), (faults, 2)):
        written = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(written, stream)
        os.close(written)
    sys.argv = [SCRIPT.name, *words]
    from app.cli import main  # noqa: PLC0415 - imported before the fork; here it costs nothing

    main()
