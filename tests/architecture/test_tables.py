"""Promises that hold for every table."""

import pytest
from sqlalchemy import Enum, Table

from app.core import revisions
from app.tables import METADATA

TABLES = list(METADATA.tables.values())
FAMILIES = {
    *("areas", "organisations", "places", "networks", "plan", "year_clock", "programme", "materials"),
    *("statistics", "indicators", "meetings", "criteria", "evaluations", revisions.PRIVATE),
}


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_table_says_in_which_family_of_data_it_shows(table: Table) -> None:
    assert revisions.family_of(table) in FAMILIES


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_constraints_have_names_and_kinds_are_text(table: Table) -> None:
    assert all(constraint.name for constraint in table.constraints)
    assert not any(isinstance(column.type, Enum) for column in table.columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_a_foreign_key_is_the_start_of_an_index_or_key(table: Table) -> None:
    starts = {next(iter(i.columns)).name for i in table.indexes} | {next(iter(table.primary_key)).name}
    starts |= {next(iter(c.columns)).name for c in table.constraints if hasattr(c, "columns") and len(c.columns)}

    firsts = {constraint.elements[0].parent.name for constraint in table.foreign_key_constraints}
    assert firsts <= starts | {"successor_id"}  # nobody asks what a merger swallowed
