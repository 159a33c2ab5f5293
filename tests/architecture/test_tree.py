"""Promises about the tree: what a file may be called, hold and import, and where it must not have been."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "app").rglob("*.py"))
LONGEST = 400
NAMELESS = {"utils", "util", "helpers", "common", "misc"}
MADE_HERE = {".git", ".venv", "node_modules", "data", "build", "dist", "__pycache__"}

# In pieces, because this file is searched as well.
REGISTRIES = tuple(".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs")))
MACHINES = re.compile("(?<![\\w.~-])/(" + "|".join(("work", "farm", "builds", "home", "Users", "root")) + ")/")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def of_git() -> list[Path]:
    """What git has or would take; nothing where there is no git or no repository."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return []
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def on_disk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in MADE_HERE or path.parent.parent == ROOT / "app":
                yield from on_disk(path)
        else:
            yield path


def texts() -> Iterator[tuple[str, str]]:
    """Name and content of every text file that belongs to the repository."""
    for path in of_git() or on_disk(ROOT):
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            yield name_of(path), content.decode(errors="replace")


def test_no_module_is_named_for_having_no_subject() -> None:
    named = [name_of(path) for path in MODULES if {path.stem, path.parent.name} & NAMELESS]

    assert named == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_a_module_is_short_enough_to_be_read() -> None:
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


def test_no_file_names_a_host_that_packages_come_from() -> None:
    named = [(name, host) for name, text in texts() for host in REGISTRIES if host in text]

    assert named == []


def test_python_locks_hold_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text(encoding="utf-8")

        assert "://" not in lock
        for package in re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL):
            assert "--hash=sha256:" in package, package


def test_the_node_lock_holds_hashes_and_no_address() -> None:
    lock = json.loads((ROOT / "tests/js/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []


def test_no_file_names_a_place_on_the_machine_where_it_was_written() -> None:
    named = [(name, found[0]) for name, text in texts() if (found := MACHINES.search(text))]

    assert named == []


def test_imports_keep_their_contracts() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
