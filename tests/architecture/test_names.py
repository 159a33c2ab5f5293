"""What differs between counties is data: no county's names or codes stand in code."""

import re
from pathlib import Path

import pytest
import yaml

from app.transfer import plan_file

APP = Path(plan_file.__file__).parents[1]
PLAN = yaml.safe_load(plan_file.shipped())
NAMES = {
    name.split()[0].rstrip("n")
    for thing in (*PLAN["areas"], *PLAN["meeting_places"])
    for name in thing["name"].values()
    if thing.get("kind") != "country" and name.split()[0] not in ("Avoin", "Meeting", "Wellbeing")
} | {"Eloisa", "Savo", "county-12", "province-10"}


@pytest.mark.parametrize("file", sorted(APP.rglob("*.py")), ids=lambda f: str(f.relative_to(APP)))
def test_no_name_of_a_county_stands_in_code(file: Path) -> None:
    found = [name for name in NAMES if re.search(rf"\b{re.escape(name)}", file.read_text("utf-8"))]

    assert found == []
