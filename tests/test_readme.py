"""The README is true: its settings, its commands, its links, and its tour, which is walked against a live server."""

import re
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import typer.main

from app.cli import app as cli
from app.settings import Settings
from tests.commands import without_settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PERHEKESKUS = Path(sysconfig.get_path("scripts")) / "perhekeskus"
ADDRESS = "http://127.0.0.1:8000"  # where `make run` serves
BLOCKS = re.findall(r"^```(.*?)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
TOUR = "".join(text for kind, text in BLOCKS if kind == "sh tour")
PROSE = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)
CODE = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()] + re.findall(r"`([^`]+)`", PROSE)
STARTED_WITHIN_S, WALKED_WITHIN_S = 60, 120

# Every curl of the tour also tells the status of its answer; what it prints for people goes on as it was.
CURL = 'curl() { command curl --silent --show-error --write-out "%{stderr}%{http_code}\\n" "$@"; }\n'


@dataclass(frozen=True)
class Server:
    """A server as the first `make run` leaves it."""

    port: int
    password: str


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def environment(folder: Path) -> dict[str, str]:
    """The environment without settings of the product, with a database of its own."""
    return without_settings() | {"PERHEKESKUS_DATABASE_URL": f"sqlite:///{folder / 'tour.db'}", "NO_PROXY": "*"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """What `make run` starts, on a free port and a fresh database."""
    own, port, told = environment(tmp_path), free_port(), ""
    for step in (["migrate"], ["load-plan"], ["user", "first-admin"]):
        done = subprocess.run([PERHEKESKUS, *step], env=own, cwd=tmp_path, check=True, capture_output=True, text=True)
        told = done.stdout
    [password] = re.findall(r"only this once: (\S+)", told)
    with (tmp_path / "server.log").open("w") as log:
        process = subprocess.Popen(
            [PERHEKESKUS, "serve", "--port", str(port)], env=own, cwd=tmp_path, stdout=log, stderr=log
        )
        try:
            until_ready(f"http://127.0.0.1:{port}/health/ready", process)
            yield Server(port, password)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def until_ready(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTED_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(address, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def test_the_settings_are_those_that_are_read() -> None:
    table = README.partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0]
    told = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.strip().splitlines()[2:]]

    assert told == [
        (f"`PERHEKESKUS_{name.upper()}`", f"`{info.default}`" if info.default else "none", info.description)
        for name, info in Settings.model_fields.items()
    ]


def test_every_make_word_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    words = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {word for line in CODE for word in re.findall(r"\bmake ([a-z-]+)", line)}

    assert {"run", "test"} <= named
    assert named <= words


def test_every_command_and_option_exists() -> None:
    known = typer.main.get_command(cli)
    named = [line.rpartition("perhekeskus ")[2].split() for line in CODE if "perhekeskus " in line]

    assert named
    for words in named:
        command = known
        while words and words[0] in (below := getattr(command, "commands", {})):
            command = below[words.pop(0)]
        assert not hasattr(command, "commands"), words
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", " ".join(words))) <= options


def test_every_file_that_is_linked_or_drawn_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    [tree] = [text for kind, text in BLOCKS if kind == ""]
    drawn = re.findall(r"[a-z_/]+/|[a-z_]+\.py", tree)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
    assert [name for name in drawn if not (ROOT / name).exists() and not (ROOT / "app" / name).exists()] == []


@pytest.mark.skipif(not shutil.which("curl"), reason="the tour needs curl")
def test_each_step_of_the_tour_answers_as_it_says(server: Server, tmp_path: Path) -> None:
    promised = re.findall(r"   # (\d{3})$", TOUR, re.MULTILINE)
    [api] = re.findall(r"^API=\S+$", README, re.MULTILINE)
    script = f"set -eu\n{api}\nPASSWORD={server.password}\n{CURL}{TOUR}"

    walked = subprocess.run(
        ["sh", "-c", script.replace(ADDRESS, f"http://127.0.0.1:{server.port}")],
        env=environment(tmp_path),
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=WALKED_WITHIN_S,
    )

    assert walked.returncode == 0, walked.stderr
    assert walked.stderr.split() == promised, walked.stdout
    assert len(promised) == TOUR.count("curl ")
    assert '"first_time_families":{"value":null,"status":"c"}' in walked.stdout
    assert '"first_time_families":{"value":2,"status":null}' in walked.stdout
    assert '"values":[[52000.0,51700.0],[null,125000.0]]' in walked.stdout
