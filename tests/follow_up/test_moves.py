"""One fact of the demo is moved across its boundary: exactly those verdicts change that were worked out by hand."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.core.database import Command, Database
from tests.follow_up.moved import move
from tests.follow_up.test_verdicts import Key, plain, today, verdicts  # noqa: F401 - a fixture

CASES = yaml.safe_load((Path(__file__).parent / "moves.yaml").read_text(encoding="utf-8"))

BEFORE: dict[tuple[str, str], dict[Key, str]] = {}  # by database and day


class TakenBack(Exception):
    """Nothing of this transaction stays."""


def changed(database: Database, case: dict[str, Any], to: dict[str, Any]) -> dict[Key, tuple[str, str]]:
    """What becomes of each verdict that changes; the move is taken back."""
    on = str(case["on"])
    with suppress(TakenBack), database.writing(Command("test")) as session:
        if (database.url, on) not in BEFORE:
            BEFORE[database.url, on] = verdicts(session, on)
        before = BEFORE[database.url, on]
        move(session, case["move"], to)
        session.expire_all()
        session.info.clear()
        after = verdicts(session, on)
        raise TakenBack
    every = before.keys() | after.keys()
    told = {key: (before.get(key, "absent"), after.get(key, "absent")) for key in every}
    return {key: pair for key, pair in told.items() if pair[0] != pair[1]}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_fact_moved_across_its_boundary_changes_what_was_written(
    demo_database: Database, case: dict[str, Any]
) -> None:
    expected = {(each["code"], each["subject"]): (plain(each["from"]), plain(each["to"])) for each in case["changes"]}

    assert changed(demo_database, case, case["move"]["to"]) == expected


@pytest.mark.parametrize("case", [case for case in CASES if "stays" in case], ids=lambda case: case["name"])
def test_a_fact_moved_up_to_its_boundary_changes_nothing(demo_database: Database, case: dict[str, Any]) -> None:
    assert changed(demo_database, case, case["stays"]) == {}
