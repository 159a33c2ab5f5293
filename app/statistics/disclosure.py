"""Which cells of one month's visit statistics stay hidden, so that no small number can be worked out. Pure.

A cell is a field of a node (place, municipality, area, county). A number from 1 to k-1 is small and hidden. Then more
is hidden, because published cells add up in two ways: a node is the sum of its children, and a whole field is the sum
of its parts (visits = adults + children). Why the answer is safe:

* The parts of one whole make one *layer*, hidden or published together at a node, and hidden wherever the whole is.
  So a change of a hidden whole can be taken up by a part, and a change of a hidden part by another part. What is left
  to look after is the tree of each layer on its own.
* In a tree a hidden cell follows from others only if it is the one hidden cell of a sum. So every sum has none or at
  least two of them: a hidden node has a hidden child, and a published node with a hidden child has two.
* Nobody counts below zero, so what is hidden below a published node must also come to k or more. Only hidden places
  count for that: the published children of a hidden node are known.
* A part known to be zero (a published node above says so) or missing takes up no change. Where this leaves a single
  part beside the whole, the whole is hidden too.
* Where the hidden places leave different parts missing, each kind of gap must balance its own changes and come to k;
  where one cannot, the parts are hidden from there all the way up.

Cells are only ever hidden, never shown again, so the search ends.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)
Tree = Mapping[Node, Node | None]
Column = list[int | None]
Gaps = tuple[bool, ...]


@dataclass(frozen=True)
class Relation:
    """``whole`` is the sum of ``parts`` at every node; missing parts count as nothing."""

    whole: str
    parts: tuple[str, ...]


def totals(
    tree: Tree[Node], leaves: Mapping[Node, Mapping[str, int | None]], fields: Collection[str]
) -> dict[Node, dict[str, int | None]]:
    """The values of every node: those of the leaves, summed up the tree. A sum of nothing but missing is missing.

    Raises ValueError where a node with children has values of its own.
    """
    forest = _Forest(tree)
    found: dict[Node, dict[str, int | None]] = {}
    for at in forest.upwards:
        node, below = forest.nodes[at], [found[forest.nodes[child]] for child in forest.children[at]]
        if below and node in leaves:
            raise ValueError(f"{node} has values and children")
        own = leaves.get(node, {})
        found[node] = {name: _sum(child[name] for child in below) if below else own.get(name) for name in fields}
    return found


def hidden(
    tree: Tree[Node],
    values: Mapping[Node, Mapping[str, int | None]],
    relations: Iterable[Relation],
    k: int = 5,
) -> frozenset[tuple[Node, str]]:
    """All cells to hide, where ``values`` are those of ``totals()``, wholes included. ``k`` of 1 or less hides nothing.

    Raises ValueError where the tree has a loop or a field is a part of two wholes.
    """
    if k <= 1:
        return frozenset()
    forest = _Forest(tree)
    layers = _layers(forest, values, tuple(relations), k)
    known = -1
    while known != (known := sum(layer.count for layer in layers)):
        for layer in layers:
            layer.settle()
    return frozenset(cell for layer in layers for cell in layer.cells())


class _Forest(Generic[Node]):
    """The tree with numbers for nodes. Siblings are in the order of their keys, parents before children."""

    def __init__(self, tree: Tree[Node]) -> None:
        below: dict[Node | None, list[Node]] = {}
        for node in sorted({*tree, *(upper for upper in tree.values() if upper is not None)}, key=str):
            below.setdefault(tree.get(node), []).append(node)
        self.nodes: list[Node] = list(below.get(None, ()))
        self.parent: list[int | None] = [None] * len(self.nodes)
        self.children: list[list[int]] = []
        for at, node in enumerate(self.nodes):  # grows while it is walked
            lower = below.get(node, ())
            self.children.append(list(range(len(self.nodes), len(self.nodes) + len(lower))))
            self.nodes.extend(lower)
            self.parent.extend([at] * len(lower))
        if len(self.nodes) != sum(map(len, below.values())):
            raise ValueError("the tree has a loop")

    @property
    def upwards(self) -> range:
        """All nodes, children before parents."""
        return range(len(self.nodes) - 1, -1, -1)

    def above(self, at: int) -> Iterator[int]:
        """The nodes above, upwards."""
        upper = self.parent[at]
        while upper is not None:
            yield upper
            upper = self.parent[upper]


class _Layer(Generic[Node]):
    """The fields that are hidden together at a node, and where they are.

    After ``hide`` every hidden node has a hidden child; after ``settle`` every rule of this module holds.
    """

    def __init__(self, forest: _Forest[Node], columns: Mapping[str, Column], k: int) -> None:
        self.forest = forest
        self.columns = columns
        self.k = k
        rows = list(zip(*columns.values(), strict=True))
        self.present = [any(value is not None for value in row) for row in rows]
        self.size = [sum(value or 0 for value in row) for row in rows]
        self.shut = [False] * len(rows)
        self.count = 0
        self.splits: list[_Split[Node]] = []
        for at in forest.upwards:
            if any(value is not None and 0 < value < k for value in rows[at]):
                self.hide(at)

    def cells(self) -> Iterator[tuple[Node, str]]:
        """The hidden cells. A missing value is never hidden, nor a zero that is the sum of published zeros."""
        for name, column in self.columns.items():
            for at, node in enumerate(self.forest.nodes):
                if self.unknown(at, column):
                    yield node, name

    def hide(self, at: int) -> None:
        """The node is hidden, and so is a child of it for every field."""
        if self.shut[at] or not self.present[at]:
            return
        self.shut[at] = True
        self.count += 1
        for column in sorted(self.columns.values(), key=lambda column: not column[at]):
            self._deepen(at, column)

    def _deepen(self, at: int, column: Column) -> None:
        """The smallest positive child is hidden, if none is."""
        below = [child for child in self.forest.children[at] if column[child] is not None]
        if below and not any(self.unknown(child, column) for child in below):
            choice = self._smallest([child for child in below if column[child]], below)
            if choice is not None:
                self.hide(choice)

    def _smallest(self, *choices: Iterable[int]) -> int | None:
        """The smallest positive published node of the first choice that has one; the first by key among equals."""
        for nodes in choices:
            if open_nodes := [at for at in nodes if self.size[at] and not self.shut[at]]:
                return min(open_nodes, key=self._rank)
        return None

    def _rank(self, at: int) -> tuple[int, str]:
        return self.size[at], str(self.forest.nodes[at])

    def settle(self) -> None:
        """All rules hold in this layer; a gap may still have hidden more in the layer of its whole."""
        known = -1
        while known != (known := self.count):
            for split in self.splits:
                split.inherit()
            self._balance_all()
            for split in self.splits:
                split.unveil()

    def _balance_all(self) -> None:
        for at in self.forest.upwards:
            if not self.shut[at] and any(self.shut[child] for child in self.forest.children[at]):
                for column in self.columns.values():
                    if not self._balance(at, column):
                        self.hide(at)
                        break

    def _balance(self, at: int, column: Column) -> bool:
        """Whether two children are hidden and the hidden places come to k, after hiding what that takes."""
        below = [child for child in self.forest.children[at] if column[child] is not None]
        if not column[at] or not any(self.unknown(child, column) for child in below):
            return True
        while sum(self.unknown(child, column) for child in below) < 2:
            choice = self._smallest(below)
            if choice is None:
                return False
            self.hide(choice)
        while sum(column[place] or 0 for place in self.places(at)) < self.k:
            edge = [node for node in self._edge(at) if column[node]]
            choice = self._smallest([node for node in edge if self.forest.parent[node] != at], edge)
            if choice is None:
                return False
            self.hide(choice)
        return True

    def unknown(self, at: int, column: Column) -> bool:
        """Whether the value is hidden and does not follow from the published values below."""
        return self.shut[at] and any(column[place] is not None for place in self._under(at))

    def places(self, at: int) -> Iterator[int]:
        """The hidden places that reach up to this node through hidden nodes only."""
        for child in self.forest.children[at]:
            if self.shut[child]:
                if self.forest.children[child]:
                    yield from self.places(child)
                else:
                    yield child

    def _edge(self, at: int) -> Iterator[int]:
        """The published nodes whose parent is this node or hidden below it through hidden nodes only."""
        for child in self.forest.children[at]:
            if self.shut[child]:
                yield from self._edge(child)
            else:
                yield child

    def top(self, at: int) -> int | None:
        """The nearest published node above; None if all are hidden."""
        return next((upper for upper in self.forest.above(at) if not self.shut[upper]), None)

    def lopsided(self, gaps: Sequence[Gaps], column: Sequence[int | None]) -> Iterator[int]:
        """The published nodes over hidden places with different gaps, of which one cannot balance its own changes."""
        for at, children in enumerate(self.forest.children):
            if column[at] and not self.shut[at] and any(self.shut[child] for child in children):
                kinds = _by_gaps(gaps, ((child, list(self._under(child))) for child in children if self.shut[child]))
                if len(kinds) > 1 and any(self._weak(kind, column) for kind in kinds.values()):
                    yield at

    def _under(self, at: int) -> Iterator[int]:
        return self.places(at) if self.forest.children[at] else iter((at,))

    def _weak(self, kind: Sequence[tuple[int, int]], column: Sequence[int | None]) -> bool:
        return len({child for child, _ in kind}) < 2 or sum(column[place] or 0 for _, place in kind) < self.k


class _Split(Generic[Node]):
    """A whole and its parts: what the one layer asks of the other."""

    def __init__(self, relation: Relation, upper: _Layer[Node], lower: _Layer[Node]) -> None:
        self.upper, self.lower = upper, lower
        self.whole = upper.columns[relation.whole]
        self.parts = [lower.columns[part] for part in relation.parts]
        rows = list(zip(*self.parts, strict=True))
        self.sums = [_sum(row) for row in rows]
        self.adds_up = [None is not total == whole for total, whole in zip(self.sums, self.whole, strict=True)]
        self.given: list[Gaps] = [tuple(value is not None for value in row) for row in rows]
        self.taken: list[Gaps] = [gaps if fits else () for gaps, fits in zip(self.given, self.adds_up, strict=True)]

    def inherit(self) -> None:
        """The parts are hidden wherever the whole is, and where they would tell its gaps apart."""
        children = self.lower.forest.children
        for at in self.lower.forest.upwards:
            if self.upper.shut[at] and (not children[at] or any(self.lower.shut[child] for child in children[at])):
                self.lower.hide(at)
        self._hide_up(self.upper.lopsided(self.taken, self.whole))

    def unveil(self) -> None:
        """No part is alone beside a published whole, and no gap tells the parts apart."""
        for at, shut in enumerate(self.lower.shut):
            if shut and self.adds_up[at] and self.whole[at] and self._alone(at):
                self.upper.hide(at)
        self._hide_up(self.lower.lopsided(self.given, self.sums))

    def _hide_up(self, nodes: Iterable[int]) -> None:
        """The parts are hidden at these nodes and all the way up."""
        for at in list(nodes):
            for node in (at, *self.lower.forest.above(at)):
                self.lower.hide(node)

    def _alone(self, at: int) -> bool:
        """Whether fewer than two parts are open here: hidden, and not shown to be zero by a published node above."""
        top = self.lower.top(at)
        return sum(self.lower.unknown(at, part) and (top is None or part[top] != 0) for part in self.parts) < 2


def _layers(
    forest: _Forest[Node], values: Mapping[Node, Mapping[str, int | None]], relations: tuple[Relation, ...], k: int
) -> list[_Layer[Node]]:
    """The layers with their splits, wholes before parts. The only part of a whole is in the layer of the whole."""
    rows = [values.get(node, {}) for node in forest.nodes]
    fields = sorted({name for row in rows for name in row} | {name for r in relations for name in (r.whole, *r.parts)})
    columns = {name: [row.get(name) for row in rows] for name in fields}
    layers: dict[str, _Layer[Node]] = {}
    for names in _groups(fields, relations):
        layer = _Layer(forest, {name: columns[name] for name in names}, k)
        layers.update(dict.fromkeys(names, layer))
    for relation in relations:
        if len(relation.parts) > 1:
            lower = layers[relation.parts[0]]
            lower.splits.append(_Split(relation, layers[relation.whole], lower))
    return list({id(layer): layer for layer in layers.values()}.values())


def _groups(fields: Sequence[str], relations: Sequence[Relation]) -> list[list[str]]:
    """The fields that are hidden together, wholes before parts."""
    parts = [part for relation in relations for part in relation.parts]
    if len(parts) != len(set(parts)):
        raise ValueError("a field is a part of two wholes")
    groups: list[list[str]] = []
    waiting = [[name] for name in fields if name not in parts]
    while waiting:
        group = waiting.pop(0)
        groups.append(group)
        for name in group:  # grows while it is walked
            for relation in relations:
                if relation.whole == name and len(relation.parts) == 1:
                    group.extend(relation.parts)
                elif relation.whole == name and relation.parts:
                    waiting.append(list(relation.parts))
    if sum(map(len, groups)) != len(fields):
        raise ValueError("the relations have a loop")
    return groups


def _by_gaps(gaps: Sequence[Gaps], places: Iterable[tuple[int, list[int]]]) -> dict[Gaps, list[tuple[int, int]]]:
    """By kind of gap: the places with it, each with the child it is under."""
    found: dict[Gaps, list[tuple[int, int]]] = {}
    for child, under in places:
        for place in under:
            found.setdefault(gaps[place], []).append((child, place))
    return found


def _sum(values: Iterable[int | None]) -> int | None:
    """The sum of the values that are not missing; None if all are."""
    given = [value for value in values if value is not None]
    return sum(given) if given else None
