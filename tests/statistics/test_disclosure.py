"""Which cells of one month's visit statistics stay hidden (app.statistics.disclosure)."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.statistics.disclosure import Relation, hidden, totals

RELATIONS = (
    Relation("visits", ("adults", "children")),
    Relation("children", ("age_0_2", "age_3_6", "age_7_plus")),
)
AGES = ("age_0_2", "age_3_6", "age_7_plus")
FIELDS = ("visits", "adults", "children", "age_0_2", "age_3_6", "age_7_plus", "groups")
TOWN = {"Tupa": "Suvanto", "Pirtti": "Suvanto", "Kammari": "Suvanto", "Suvanto": None}

Values = dict[str, dict[str, int | None]]
Cells = frozenset[tuple[str, str]]
Row = dict[tuple[str, str], Fraction]


def hide(
    tree: Mapping[str, str | None],
    leaves: Mapping[str, Mapping[str, int | None]],
    relations: tuple[Relation, ...] = (),
    k: int = 5,
) -> Cells:
    fields = list(dict.fromkeys(name for row in leaves.values() for name in row))
    return hidden(tree, totals(tree, leaves, fields), relations, k)


def nodes(cells: Cells, name: str) -> set[str]:
    return {node for node, field in cells if field == name}


def visits(**leaves: int | None) -> dict[str, dict[str, int | None]]:
    return {place: {"visits": value} for place, value in leaves.items()}


def counted(adults: int, *by_age: int) -> dict[str, int | None]:
    """A place that counted everything."""
    return {"visits": adults + sum(by_age), "adults": adults, **ages(*by_age)}


def ages(*by_age: int | None, children: int | None = None) -> dict[str, int | None]:
    """The children of a place by age; ages left out are missing."""
    given = dict(zip(AGES, by_age, strict=False))
    known = sum(value or 0 for value in by_age)
    return {"children": known if children is None else children, **dict.fromkeys(AGES), **given}


# -- totals


def test_an_inner_node_has_the_sum_of_its_children_and_missing_counts_as_nothing() -> None:
    leaves: Values = {
        "Tupa": {"visits": 7, "groups": None},
        "Pirtti": {"visits": None, "groups": None},
        "Kammari": {"visits": 0},
    }
    assert totals(TOWN, leaves, ["visits", "groups"]) == {
        "Tupa": {"visits": 7, "groups": None},
        "Pirtti": {"visits": None, "groups": None},
        "Kammari": {"visits": 0, "groups": None},
        "Suvanto": {"visits": 7, "groups": None},
    }


def test_a_node_with_children_has_no_values_of_its_own() -> None:
    with pytest.raises(ValueError, match="Suvanto"):
        totals(TOWN, {"Suvanto": {"visits": 3}}, ["visits"])


def test_a_tree_with_a_loop_is_refused() -> None:
    with pytest.raises(ValueError, match="loop"):
        totals({"Tupa": "Pirtti", "Pirtti": "Tupa"}, {}, ["visits"])


def test_a_field_is_a_part_of_one_whole_only() -> None:
    with pytest.raises(ValueError, match="two wholes"):
        hidden(TOWN, {}, [Relation("visits", ("adults",)), Relation("groups", ("adults",))])


def test_a_whole_is_not_a_part_of_its_own_parts() -> None:
    with pytest.raises(ValueError, match="loop"):
        hidden(TOWN, {}, [Relation("visits", ("adults", "children")), Relation("adults", ("visits", "groups"))])


# -- one field in the tree


def test_nothing_is_hidden_where_all_numbers_are_large() -> None:
    assert not hide(TOWN, visits(Tupa=5, Pirtti=20, Kammari=0))


def test_a_small_place_hides_its_municipality_when_it_is_alone_there() -> None:
    tree = {"Tupa": "Suvanto", "Suvanto": "Lakeus", "Pirtti": "Koski", "Aitta": "Koski", "Koski": "Lakeus"}
    cells = hide(tree, visits(Tupa=3, Pirtti=20, Aitta=30))
    assert nodes(cells, "visits") == {"Tupa", "Suvanto", "Koski", "Pirtti"}


def test_a_small_place_hides_the_next_smallest() -> None:
    assert nodes(hide(TOWN, visits(Tupa=3, Pirtti=40, Kammari=12)), "visits") == {"Tupa", "Kammari"}


def test_two_small_places_hide_a_third_when_they_are_small_together() -> None:
    assert nodes(hide(TOWN, visits(Tupa=1, Pirtti=2, Kammari=40)), "visits") == {"Tupa", "Pirtti", "Kammari"}


def test_two_small_places_are_enough_when_they_come_to_k_together() -> None:
    assert nodes(hide(TOWN, visits(Tupa=3, Pirtti=2, Kammari=40)), "visits") == {"Tupa", "Pirtti"}


def test_of_two_equal_places_the_first_by_key_is_hidden() -> None:
    assert nodes(hide(TOWN, visits(Tupa=1, Pirtti=9, Kammari=9)), "visits") == {"Tupa", "Kammari"}


def test_zero_is_a_value_and_covers_nobody() -> None:
    assert nodes(hide(TOWN, visits(Tupa=4, Pirtti=0, Kammari=0)), "visits") == {"Tupa", "Suvanto"}


def test_missing_is_not_hidden_and_covers_nobody() -> None:
    assert nodes(hide(TOWN, visits(Tupa=4, Pirtti=None, Kammari=9)), "visits") == {"Tupa", "Kammari"}
    assert not hide(TOWN, visits(Tupa=None, Pirtti=None, Kammari=None))


def test_a_link_may_skip_levels() -> None:
    tree = {"Tupa": "Suvanto", "Pirtti": "Suvanto", "Suvanto": "Lakeus", "Kammari": "Lakeus"}
    assert nodes(hide(tree, visits(Tupa=20, Pirtti=30, Kammari=2)), "visits") == {"Kammari", "Suvanto", "Tupa"}


def test_each_root_stands_for_itself() -> None:
    tree = {"Tupa": "Suvanto", "Pirtti": "Suvanto", "Kammari": "Koski", "Suvanto": None, "Koski": None, "Aitta": None}
    assert nodes(hide(tree, visits(Tupa=2, Pirtti=8, Kammari=9, Aitta=1)), "visits") == {"Tupa", "Pirtti", "Aitta"}


def test_a_hidden_municipality_counts_only_with_its_hidden_places() -> None:
    # Suvanto (41) covers Koski (1); but of Suvanto only Tupa (1) is not known. 2 is below 5, so Pirtti is hidden too.
    tree = {"Tupa": "Suvanto", "Pirtti": "Suvanto", "Suvanto": "Lakeus", "Aitta": "Koski", "Koski": "Lakeus"}
    leaves = {
        "Tupa": {"a": 1, "b": 10},
        "Pirtti": {"a": 40, "b": 10},
        "Aitta": {"a": 1, "b": 0},
    }
    cells = hide(tree, leaves, (Relation("all", ("a", "b")),))
    assert nodes(cells, "a") == {"Tupa", "Pirtti", "Suvanto", "Aitta", "Koski"}


def test_k_of_one_hides_nothing() -> None:
    assert not hide(TOWN, visits(Tupa=1, Pirtti=1, Kammari=1), k=1)
    assert not hide(TOWN, visits(Tupa=1, Pirtti=1, Kammari=1), k=0)


# -- wholes and parts


def test_visits_stay_public_while_adults_and_children_are_both_hidden() -> None:
    cells = hide(TOWN, {"Tupa": counted(2, 8, 8, 8), "Pirtti": counted(9, 9, 9, 9)}, RELATIONS)
    assert nodes(cells, "visits") == set()
    assert nodes(cells, "adults") == nodes(cells, "children") == {"Tupa", "Pirtti"}
    assert all(nodes(cells, age) == {"Tupa", "Pirtti"} for age in AGES)


def test_ages_are_hidden_with_children_public() -> None:
    cells = hide(TOWN, {"Tupa": counted(20, 1, 8, 8), "Pirtti": counted(9, 9, 9, 9)}, RELATIONS)
    assert {field for _, field in cells} == set(AGES)
    assert all(nodes(cells, age) == {"Tupa", "Pirtti"} for age in AGES)


def test_a_zero_is_hidden_together_with_the_other_parts() -> None:
    cells = hide(TOWN, {"Tupa": counted(20, 0, 3, 8), "Pirtti": counted(9, 9, 9, 9)}, RELATIONS)
    assert ("Tupa", "age_0_2") in cells


def test_hidden_visits_hide_everything_below_them() -> None:
    cells = hide(TOWN, {"Tupa": counted(3, 0, 0, 0), "Pirtti": counted(9, 9, 9, 9)}, RELATIONS)
    assert {field for node, field in cells if node == "Pirtti"} == {"visits", "adults", "children", *AGES}


def test_the_only_part_of_a_whole_is_hidden_with_it() -> None:
    leaves = {"Tupa": {"visits": 3, "guests": 3}, "Pirtti": {"visits": 9, "guests": 9}}
    cells = hide(TOWN, leaves, (Relation("visits", ("guests",)),))
    assert nodes(cells, "visits") == nodes(cells, "guests") == {"Tupa", "Pirtti"}


def test_a_field_outside_all_relations_stands_alone() -> None:
    leaves = {"Tupa": {"visits": 30, "groups": 1}, "Pirtti": {"visits": 9, "groups": 6}}
    assert hide(TOWN, leaves, RELATIONS) == {("Tupa", "groups"), ("Pirtti", "groups")}


def test_where_no_children_come_adults_are_hidden_just_like_visits() -> None:
    # The public zero of children in Suvanto makes adults and visits one number everywhere below.
    leaves = {"Tupa": counted(3, 0, 0, 0), "Pirtti": counted(9, 0, 0, 0), "Kammari": counted(20, 0, 0, 0)}
    cells = hide(TOWN, leaves, RELATIONS)
    assert nodes(cells, "visits") == nodes(cells, "adults") == {"Tupa", "Pirtti"}


def test_the_only_place_without_ages_is_not_given_away_by_the_difference() -> None:
    # Children minus ages in Suvanto would be the 3 children of Kammari. So the ages of Suvanto are hidden.
    leaves: Values = {
        "Tupa": counted(20, 8, 8, 8),
        "Pirtti": counted(20, 9, 9, 9),
        "Kammari": {"visits": 23, "adults": 20, "children": 3, **dict.fromkeys(AGES)},
    }
    cells = hide(TOWN, leaves, RELATIONS)
    assert nodes(cells, "children") == {"Kammari", "Tupa"}
    assert nodes(cells, "age_0_2") == {"Tupa", "Suvanto"}


def test_two_places_without_ages_must_come_to_k_by_themselves() -> None:
    leaves = {"Aitta": ages(2, 0, 0), "Kammari": ages(3, 0, 0), "Pirtti": ages(None, children=1)}
    few = {**leaves, "Tupa": ages(None, children=1)}
    enough = {**leaves, "Tupa": ages(None, children=4)}
    tree = dict.fromkeys(few, "Suvanto")
    assert nodes(hide(tree, few, RELATIONS[1:]), "age_0_2") == {"Aitta", "Kammari", "Suvanto"}
    assert nodes(hide(tree, enough, RELATIONS[1:]), "age_0_2") == {"Aitta", "Kammari"}


def test_hidden_places_without_ages_hide_no_ages() -> None:
    tree = {"Tupa": "Koski", "Aitta": "Koski", "Luhti": "Koski", "Pirtti": "Suvanto"}
    tree |= {"Koski": "Lakeus", "Suvanto": "Lakeus"}
    leaves = {name: ages(None, children=count) for name, count in (("Tupa", 3), ("Aitta", 9), ("Pirtti", 4))}
    cells = hide(tree, {**leaves, "Luhti": ages(10, 10, 10)}, RELATIONS[1:])
    assert cells == {(node, "children") for node in ("Tupa", "Aitta", "Pirtti", "Koski", "Suvanto")}


def test_a_part_beside_missing_parts_hides_its_whole() -> None:
    # Kammari needs cover by age, and Tupa is the smallest; but its 9 children would show the one age it counts.
    leaves = {"Tupa": ages(9, None, None), "Pirtti": ages(9, 9, 9), "Kammari": ages(9, 9, 3)}
    assert nodes(hide(TOWN, leaves, RELATIONS[1:]), "children") == {"Tupa", "Kammari"}


def test_two_places_are_hidden_for_every_part_even_where_one_is_large() -> None:
    # The large part of Tupa would be known beside Pirtti, which lacks it.
    leaves = {"Tupa": ages(9, 3, 0), "Pirtti": ages(None, 3, 9), "Kammari": ages(20, 20, 20)}
    assert {"Tupa", "Kammari"} <= nodes(hide(TOWN, leaves, RELATIONS[1:]), "age_0_2")


def test_the_only_place_that_lacks_a_part_is_not_given_away_by_the_others() -> None:
    # All parts of Suvanto without the public children of Pirtti and Kammari would be the part known of Tupa.
    leaves = {"Tupa": ages(3, None, None, children=11), "Pirtti": ages(2, 4, 0), "Kammari": ages(3, 3, 0)}
    cells = hide(TOWN, leaves, RELATIONS[1:])
    assert nodes(cells, "children") == set()
    assert nodes(cells, "age_0_2") == {"Tupa", "Pirtti", "Kammari", "Suvanto"}


def test_a_sum_of_published_zeros_is_published_and_covers_nobody() -> None:
    tree = {"Tupa": "Koski", "Aitta": "Koski", "Pirtti": "Suvanto", "Koski": "Lakeus", "Suvanto": "Lakeus"}
    leaves = {"Tupa": ages(1, None, 3, children=11), "Aitta": ages(0, 0, 0), "Pirtti": ages(0, 8, None, children=10)}
    cells = hide(tree, leaves, RELATIONS[1:], k=4)
    assert ("Koski", "age_0_2") in cells
    assert ("Koski", "age_3_6") not in cells
    assert nodes(cells, "age_3_6") == {"Pirtti", "Suvanto", "Lakeus"}


# -- in any month


@dataclass(frozen=True)
class Month:
    """A tree with the values of one month."""

    tree: dict[str, str | None]
    leaves: dict[str, dict[str, int | None]]
    k: int

    @property
    def values(self) -> Values:
        return totals(self.tree, self.leaves, FIELDS)

    @property
    def children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for child, upper in self.tree.items():
            if upper is not None:
                found.setdefault(upper, []).append(child)
        return found


def month_of(seed: int) -> Month:
    """The month made from a seed: far faster than letting Hypothesis draw every number."""
    chance = random.Random(seed)
    sizes = [chance.randint(1, most) for most in (2, 3, 5, 25)]
    levels = [[f"{level}-{i}" for i in range(size)] for level, size in enumerate(sizes)]
    levels = [level for level in levels[:-1] if chance.random() < 0.75] + levels[-1:]
    tree: dict[str, str | None] = {}
    for depth, level in enumerate(levels):
        for node in level:
            uppers = levels[depth - 1] if chance.random() < 0.8 else [n for upper in levels[:depth] for n in upper]
            tree[node] = chance.choice(uppers) if depth and uppers else None
    most, zero = chance.choice((4, 12, 12, 40)), chance.choice((0.1, 0.4, 0.8))
    gap = chance.choice((0, 0, 0.1, 0.4))
    return Month(tree, {node: _counts(chance, most, zero, gap) for node in levels[-1]}, chance.randint(1, 6))


months = st.integers(0, 2**64).map(month_of)


def _counts(chance: random.Random, most: int, zero: float, gap: float) -> dict[str, int | None]:
    """What a place counted: it may lack everything, all parts of a whole, or single ones, and then know of more."""
    if chance.random() < max(gap, 0.05):
        return dict.fromkeys(FIELDS)
    found: dict[str, int | None] = {
        name: None if chance.random() < gap / 4 else 0 if chance.random() < zero else chance.randint(0, most)
        for name in FIELDS
    }
    for relation in reversed(RELATIONS):
        given = [value for part in relation.parts if (value := found[part]) is not None]
        more = 0 if len(given) == len(relation.parts) or chance.random() < 0.7 else chance.randint(0, most)
        found[relation.whole] = sum(given) + more if given else None
        if chance.random() < gap:
            found.update(dict.fromkeys(relation.parts))
            found.update((part, None) for lower in RELATIONS if lower.whole in relation.parts for part in lower.parts)
    return found


def equations(month: Month, values: Values) -> Iterator[tuple[list[tuple[str, str]], tuple[str, str]]]:
    """Everything that adds up: the summands and the sum. Missing cells are left out."""
    below = month.children
    adding_up: dict[tuple[str, Relation], bool] = {}
    for node in sorted(values, key=lambda node: -int(node[0])):
        for name in FIELDS:
            summands = [(child, name) for child in below.get(node, ()) if values[child][name] is not None]
            if summands:
                yield summands, (node, name)
        for relation in RELATIONS:
            whole, parts = values[node][relation.whole], [p for p in relation.parts if values[node][p] is not None]
            fits = whole == (sum(values[node][p] or 0 for p in parts) if parts else None)
            if node in below:
                fits = all(adding_up[child, relation] for child in below[node])
            adding_up[node, relation] = fits
            if fits and parts:
                yield [(node, part) for part in parts], (node, relation.whole)


def unknowns(month: Month, values: Values, cells: Cells) -> Cells:
    """The hidden cells that are not shown to be zero: by a sum of which nothing is left for what is hidden of it."""
    sums = list(equations(month, values))
    left, known = cells, frozenset[tuple[str, str]]()
    while left != known:
        known = left
        for summands, (node, name) in sums:
            published = sum(values[n][f] or 0 for n, f in summands if (n, f) not in left)
            if (values[node][name] == published) and (node, name) not in left:
                left = left.difference(summands)
            zero = all(cell not in left and not values[cell[0]][cell[1]] for cell in summands)
            left = left - {(node, name)} if zero else left
    return left


def determined(month: Month, values: Values, cells: Cells) -> set[tuple[str, str]]:
    """The cells that follow from the rest: those that stand alone in a row of the reduced system of equations."""
    solved: dict[tuple[str, str], Row] = {}
    for summands, total in equations(month, values):
        row = {cell: Fraction(1) for cell in summands if cell in cells}
        if total in cells:
            row[total] = Fraction(-1)
        for cell in [cell for cell in row if cell in solved]:
            _add(row, solved[cell], -row[cell])
        if row:
            pivot = next(iter(row))
            _add(row, dict(row), 1 / row[pivot] - 1)
            for other in solved.values():
                if pivot in other:
                    _add(other, row, -other[pivot])
            solved[pivot] = row
    return {pivot for pivot, row in solved.items() if len(row) == 1}


def _add(row: Row, other: Row, factor: Fraction) -> None:
    for cell, number in other.items():
        row[cell] = row.get(cell, Fraction(0)) + number * factor
        if not row[cell]:
            del row[cell]


def small(number: int | None, k: int) -> bool:
    return number is not None and 0 < number < k


@settings(deadline=None, max_examples=200)
@given(months)
def test_every_small_number_is_hidden_and_nothing_missing_is(month: Month) -> None:
    values = month.values
    cells = hidden(month.tree, values, RELATIONS, month.k)
    assert {(n, f) for n, row in values.items() for f, value in row.items() if small(value, month.k)} <= cells
    assert all(values[node][name] is not None for node, name in cells)


@settings(deadline=None, max_examples=400)
@given(months)
def test_no_hidden_cell_follows_from_the_published_ones_but_zeros_shown_above(month: Month) -> None:
    values = month.values
    cells = hidden(month.tree, values, RELATIONS, month.k)
    assert not determined(month, values, cells) & unknowns(month, values, cells)


@settings(deadline=None, max_examples=400)
@given(months)
def test_no_hidden_cell_follows_when_zeros_are_known(month: Month) -> None:
    values = month.values
    cells = hidden(month.tree, values, RELATIONS, month.k)
    assert not determined(month, values, unknowns(month, values, cells))


@settings(deadline=None, max_examples=200)
@given(months)
def test_what_is_hidden_below_a_published_node_is_two_children_and_k_or_more(month: Month) -> None:
    values = month.values
    cells = hidden(month.tree, values, RELATIONS, month.k)
    for node, below in month.children.items():
        for name in FIELDS:
            covered = [child for child in below if (child, name) in cells]
            if covered and values[node][name] and (node, name) not in cells:
                assert len(covered) >= 2
                assert sum(open_part(month, values, cells, child, name) for child in covered) >= month.k


def open_part(month: Month, values: Values, cells: Cells, node: str, name: str) -> int:
    """What is not known of a hidden cell: without the published cells below it."""
    if (node, name) not in cells:
        return 0
    below = month.children.get(node)
    return sum(open_part(month, values, cells, c, name) for c in below) if below else values[node][name] or 0


@settings(deadline=None, max_examples=100)
@given(months)
def test_nothing_is_hidden_where_no_number_is_small(month: Month) -> None:
    leaves = {n: {f: v and v * month.k for f, v in row.items()} for n, row in month.leaves.items()}
    assert not hidden(month.tree, totals(month.tree, leaves, FIELDS), RELATIONS, month.k)


@settings(deadline=None, max_examples=100)
@given(months, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(month: Month, chance: random.Random) -> None:
    tree, values = list(month.tree.items()), [(n, dict(reversed(row.items()))) for n, row in month.values.items()]
    chance.shuffle(tree)
    chance.shuffle(values)
    again = hidden(dict(tree), dict(values), RELATIONS[::-1], month.k)
    assert again == hidden(month.tree, month.values, RELATIONS, month.k)
