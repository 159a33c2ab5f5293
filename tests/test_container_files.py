"""The container files hold what they promise. No image is built here: the files are read, and the image's own start
command and health check are run outside a container, in an empty folder."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parents[1]
PORT = "8000"
START_SECONDS = 60


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as pairs of instruction and argument, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def arguments(instruction: str) -> list[str]:
    return [argument for word, argument in instructions() if word == instruction]


def start_command() -> list[str]:
    found: list[str] = json.loads(arguments("CMD")[-1])
    return found


def health_command() -> list[str]:
    _, _, command = arguments("HEALTHCHECK")[-1].partition("CMD ")
    found: list[str] = json.loads(command)
    return found


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_the_image_does_not_run_as_root() -> None:
    assert arguments("USER")[-1] not in {"", "0", "root"}


def test_everything_that_the_image_copies_exists_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sources = [source for line in arguments("COPY") for source in shlex.split(line)[:-1] if not source.startswith("--")]

    assert sources
    assert "*" in ignored
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source.removeprefix('./')}" in ignored, source


def test_the_image_installs_by_hash_only() -> None:
    installs = [step for line in arguments("RUN") for step in line.split("&&") if "pip install" in step]

    assert installs
    for step in installs:
        assert "--require-hashes" in step or {"--no-deps", "--no-build-isolation"} <= set(shlex.split(step)), step


def test_every_setting_in_these_files_is_known() -> None:
    known = {f"PERHEKESKUS_{name.upper()}" for name in Settings.model_fields}

    for name in ("Dockerfile", "compose.yaml", "Makefile"):
        named = set(re.findall(r"PERHEKESKUS_[A-Z_]+", (ROOT / name).read_text(encoding="utf-8")))
        assert named, name
        assert named <= known, name


def test_compose_keeps_no_secret() -> None:
    for service in compose()["services"].values():
        for name, value in service["environment"].items():
            if "PASSWORD" in name or "SECRET" in name:
                assert re.fullmatch(r"\$\{[A-Z_]+:\?\}", value), name


def test_compose_declares_the_volumes_that_it_mounts() -> None:
    mounted = {mount.split(":")[0] for service in compose()["services"].values() for mount in service["volumes"]}

    assert mounted == set(compose()["volumes"])


def test_compose_waits_for_a_healthy_database() -> None:
    services = compose()["services"]

    assert services["perhekeskus"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["db"]["healthcheck"]["test"]


def test_compose_lets_nobody_write_but_where_it_must() -> None:
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        assert "/tmp" in service["tmpfs"], name
        assert "no-new-privileges:true" in service["security_opt"], name


def becomes_healthy(server: subprocess.Popen[bytes], check: list[str], environment: dict[str, str]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if subprocess.run(check, check=False, env=environment, capture_output=True).returncode == 0:
            return True
        time.sleep(0.2)
    return False


@pytest.fixture
def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_the_image_starts_from_nothing_and_stops_when_told(tmp_path: Path, free_port: str) -> None:
    environment = {
        "PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}",
        "PERHEKESKUS_DATABASE_URL": f"sqlite:///{tmp_path}/data/perhekeskus.db",
    }
    start = [word.replace("0.0.0.0", "127.0.0.1").replace(PORT, free_port) for word in start_command()]
    health = [word.replace(PORT, free_port) for word in health_command()]
    (tmp_path / "data").mkdir()

    with subprocess.Popen(
        start, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as server:
        try:
            is_healthy = becomes_healthy(server, health, environment)
        finally:
            server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=20)

    assert is_healthy, said.decode()
    assert server.returncode in {0, -signal.SIGTERM}, said.decode()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
