"""Periods, the matrix of a series, what an import changes, how a source is cited."""

from datetime import date
from uuid import UUID

import pytest

from app.core.language import Words
from app.indicators import rules
from app.indicators.rules import Cell, Key, Numbers, ValueRow

INDICATOR, NORTH, SOUTH = UUID(int=1), UUID(int=2), UUID(int=3)


def row(value: float | None, absolute: float | None = None, *, period: str = "2024") -> ValueRow:
    return ValueRow(INDICATOR, NORTH, "total", period, value, absolute)


def key(period: str = "2024") -> Key:
    return Key(INDICATOR, NORTH, "total", period)


def test_a_year_is_a_period() -> None:
    assert rules.period_of("2024") == "2024"


@pytest.mark.parametrize("text", ["", "24", "0000", "2024-03", "2024-Q1", "-2024", "2024.0", "vuosi"])
def test_what_is_not_a_year_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        rules.period_of(text)


def test_the_matrix_has_the_given_orders_and_says_what_is_missing() -> None:
    cells = [Cell(NORTH, "2024", 0.0, 0.0), Cell(SOUTH, "2023", 12.1, 340.0), Cell(NORTH, "2023", None, 7.0)]
    found = rules.matrix([SOUTH, NORTH], ["2023", "2024"], cells)
    assert found.values == [[12.1, None], [None, 0.0]]
    assert found.status == [[None, "m"], ["m", None]]
    assert found.absolute == [[340.0, None], [7.0, 0.0]]


def test_a_matrix_without_cells_keeps_its_shape() -> None:
    assert rules.matrix([NORTH], ["2024"], []).status == [["m"]]
    assert rules.matrix([NORTH, SOUTH], [], []).values == [[], []]
    assert rules.matrix([], [], []).values == []


def test_rows_are_new_equal_or_different() -> None:
    stored = {key("2023"): Numbers(1.0, None), key("2024"): Numbers(0.0, 5.0)}
    rows = [row(1.0, period="2022"), row(1.0, period="2023"), row(None, 5.0)]
    found = list(rules.compared(rows, stored))
    assert [(c.verdict, c.old) for c in found] == [
        ("new", None),
        ("equal", Numbers(1.0, None)),
        ("different", Numbers(0.0, 5.0)),
    ]
    assert stored[key()] == Numbers(0.0, 5.0)


def test_a_column_that_the_file_lacks_is_not_compared() -> None:
    stored = {key(): Numbers(1.0, 5.0)}
    assert [c.verdict for c in rules.compared([row(1.0)], stored, ["value"])] == ["equal"]
    assert [c.verdict for c in rules.compared([row(1.0)], stored)] == ["different"]
    assert rules.written(row(2.0), Numbers(1.0, 5.0), ["value"]) == Numbers(2.0, 5.0)


def test_a_key_that_comes_twice_meets_the_row_before_it() -> None:
    rows = [row(2.0), row(2.0), row(3.0)]
    found = list(rules.compared(rows, {key(): Numbers(1.0, None)}))
    assert [c.verdict for c in found] == ["different", "equal", "different"]
    assert [c.old and c.old.value for c in found] == [1.0, 2.0, 2.0]


def test_a_key_that_comes_twice_meets_what_is_stored_where_that_is_kept() -> None:
    found = list(rules.compared([row(2.0), row(2.0)], {key(): Numbers(1.0, None)}, keep=True))
    assert [(c.verdict, c.old and c.old.value) for c in found] == [("different", 1.0), ("different", 1.0)]
    assert [c.verdict for c in rules.compared([row(2.0), row(2.0)], {}, keep=True)] == ["new", "equal"]


def test_a_citation_names_producer_number_and_day() -> None:
    name = Words("Väestö 31.12.", "Population")
    cited = rules.citation(name, "sotkanet", "127", "Tilastokeskus", date(2026, 3, 1))
    assert cited.fi == "Tilastokeskus: Väestö 31.12. (ind. 127). THL, Sotkanet.fi. Haettu 2026-03-01."
    assert cited.en == "Tilastokeskus: Population (ind. 127). THL, Sotkanet.fi. Fetched 2026-03-01."
    assert rules.citation(name, "own", "a", None, None).fi == "Väestö 31.12."


def test_only_a_source_that_we_know_has_a_page() -> None:
    assert rules.page_of("sotkanet", "127") == "https://sotkanet.fi/sotkanet/fi/metadata/indicators/127"
    assert rules.page_of("own", "127") is None
