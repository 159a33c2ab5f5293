"""``docs/mission.csv`` is honest: every item of the plan, how far it is carried out, and the tests that show it."""

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MISSION = ROOT / "docs" / "mission.csv"
# How many items each section of the plan has, from section 1 on.
SECTIONS = dict(enumerate((5, 12, 11, 9, 9, 7, 16, 6, 18, 4, 4, 11, 5, 6, 5, 6, 5, 8, 1), start=1))
NUMBERS = [f"{section}.{item}" for section, items in SECTIONS.items() for item in range(1, items + 1)]
STATES = {"done", "partly", "open"}
LEAST_DONE = 40  # never fewer again
NODE = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
# "Plan 7.10", "Plan 2.3, 7 and 8": items, or whole sections.
CITED = re.compile(r"\bPlan (\d+(?:\.\d+)?(?:(?:, | and )\d+(?:\.\d+)?)*)")


def rows() -> list[dict[str, str]]:
    with MISSION.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@cache
def functions_of(path: str) -> frozenset[str]:
    """Names of the functions of a file; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, functions))


def citations(text: str) -> list[str]:
    """The items and sections of the plan that a text cites."""
    return [number for cited in CITED.findall(text) for number in re.findall(r"\d+(?:\.\d+)?", cited)]


def docstrings(path: Path) -> Iterator[str]:
    """The docstrings of a module and of everything in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.get_docstring(node) or ""


def test_the_mission_has_every_item_of_the_plan_once_in_order() -> None:
    assert len(NUMBERS) == 148
    assert [row["row"] for row in rows()] == NUMBERS
    assert all(set(row) == {"row", "item", "state", "test"} for row in rows())
    assert [row["row"] for row in rows() if not row["item"].strip()] == []


def test_each_state_is_known_and_enough_is_done() -> None:
    states = Counter(row["state"] for row in rows())

    print(", ".join(f"{states[state]} {state}" for state in ("done", "partly", "open")))
    assert set(states) <= STATES
    assert states["done"] >= LEAST_DONE


def test_what_is_done_or_partly_done_is_shown_by_tests_that_exist() -> None:
    wrong = []
    for row in rows():
        named = row["test"].split()
        if (row["state"] == "open") != (not named):
            wrong.append((row["row"], row["state"], "has tests" if named else "has no test"))
        for test in named:
            found = NODE.fullmatch(test)
            if found is None or found[2] not in functions_of(found[1]):
                wrong.append((row["row"], row["state"], test))

    assert wrong == []


def test_no_test_is_counted_that_does_not_exist() -> None:
    assert "test_no_test_is_counted_that_does_not_exist" in functions_of("tests/architecture/test_mission.py")
    assert "citations" in functions_of("tests/architecture/test_mission.py")
    assert NODE.fullmatch("tests/architecture/test_mission.py::citations") is None
    assert functions_of("tests/nowhere.py") == frozenset()


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Plan 7.10: one year so, the next so.", ["7.10"]),
        ("Places. Plan 2.3, 7, 8.", ["2.3", "7", "8"]),
        ("Plan 7.4 and 8.3: places count.", ["7.4", "8.3"]),
        ("Plan 9.16\nand Plan 12.10", ["9.16", "12.10"]),
        ("Plans 7.10 and a plan 7.10 are no citations; nor is Planned 1.1.", []),
    ],
)
def test_a_citation_is_read_as_it_is_written(text: str, cited: list[str]) -> None:
    assert citations(text) == cited


def test_what_code_cites_of_the_plan_is_there() -> None:
    known = {*NUMBERS, *map(str, SECTIONS)}

    cited = {
        (str(path.relative_to(ROOT)), number)
        for path in sorted((ROOT / "app").rglob("*.py"))
        for text in docstrings(path)
        for number in citations(text)
    }

    assert {number for _, number in cited} >= {"7.4", "2.2"}
    assert [(path, number) for path, number in sorted(cited) if number not in known] == []
