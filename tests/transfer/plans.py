"""A whole plan file of an invented county: the example of ``docs/plan-file.md``."""

import copy
import re
from pathlib import Path
from typing import Any

import yaml
from yaml import CSafeDumper

from app.core.database import Command, Database
from app.transfer import plan_file

PAGE = Path(__file__).parents[2] / "docs" / "plan-file.md"
EXAMPLE = "".join(re.findall(r"^```yaml plan\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
GOOD: dict[str, Any] = yaml.safe_load(EXAMPLE)
GONE = object()


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The good file with other values at some places (JSON pointers); ``GONE`` takes one away, ``-`` appends."""
    file = copy.deepcopy(GOOD)
    for pointer, value in changes:
        *way, last = pointer.split("/")[1:]
        at: Any = file
        for part in way:
            at = at[int(part) if isinstance(at, list) else part]
        if last == "-":
            at.append(value)
        elif value is GONE:
            del at[int(last) if isinstance(at, list) else last]
        else:
            at[int(last) if isinstance(at, list) else last] = value
    return file


def read(file: dict[str, Any]) -> plan_file.PlanFile:
    """The file, read as from a disk."""
    return plan_file.read(yaml.dump(file, Dumper=CSafeDumper, allow_unicode=True, sort_keys=False).encode())


def load(database: Database, file: dict[str, Any] = GOOD) -> dict[str, int]:
    """Load a file, and answer what was made."""
    with database.writing(Command("load-plan")) as session:
        return plan_file.load(session, read(file))
