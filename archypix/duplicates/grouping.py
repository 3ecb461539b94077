"""Which pictures belong together: components of a graph, none larger than a bound. Pure functions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

Node = TypeVar("Node", bound=Hashable)


class _Forest:
    """Disjoint sets that are joined as long as they stay within `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._parents: dict[Any, Any] = {}
        self._sizes: dict[Any, int] = {}

    def root(self, node: Any) -> Any:
        path = []
        while (parent := self._parents.setdefault(node, node)) != node:
            path.append(node)
            node = parent
        for each in path:
            self._parents[each] = node
        return node

    def join(self, one: Any, other: Any) -> None:
        one, other = self.root(one), self.root(other)
        sizes = self._sizes.get(one, 1), self._sizes.get(other, 1)
        if one == other or sum(sizes) > self._most:
            return
        if sizes[0] < sizes[1]:
            one, other = other, one
        self._parents[other] = one
        self._sizes[one] = sum(sizes)

    def sets(self) -> list[set[Any]]:
        found: dict[Any, set[Any]] = {}
        for node in list(self._parents):
            found.setdefault(self.root(node), set()).add(node)
        return list(found.values())


def components(
    edges: Iterable[tuple[Node, Node, int]], *, most: int, before: Mapping[Node, Hashable] | None = None
) -> list[set[Node]]:
    """The sets of nodes that edges (with a length) connect, each of 2 to `most`.

    Where a set would grow beyond, short edges join first, and those between nodes that were together `before`.
    """
    known = before or {}

    def order(edge: tuple[Node, Node, int]) -> tuple[bool, int]:
        one, other, length = edge
        return known.get(one, one) != known.get(other, other), length

    forest = _Forest(most)
    for one, other, _ in sorted(edges, key=order):
        forest.join(one, other)
    return [found for found in forest.sets() if len(found) > 1]


def largest(edges: Sequence[tuple[Node, Node]]) -> set[Node]:
    """The largest set of nodes that edges connect, the one of the first edge among equals; empty without edges."""
    sets = components([(one, other, 0) for one, other in edges], most=2 * len(edges) + 2)
    return max(sets, key=len, default=set())


def name_components(found: Sequence[set[Node]], before: Mapping[Node, Hashable]) -> list[Hashable | None]:
    """For each set the group it goes on as: the one most of its nodes were in. None for those that are new.

    No two sets get the same; the larger share has it.
    """
    shares: list[tuple[int, int, Hashable]] = []
    for number, nodes in enumerate(found):
        counts: dict[Hashable, int] = {}
        for node in nodes:
            if (group := before.get(node)) is not None:
                counts[group] = counts.get(group, 0) + 1
        shares += [(count, number, group) for group, count in counts.items()]
    names: list[Hashable | None] = [None] * len(found)
    taken: set[Hashable] = set()
    for _, number, group in sorted(shares, key=lambda share: (-share[0], share[1], str(share[2]))):
        if names[number] is None and group not in taken:
            names[number] = group
            taken.add(group)
    return names
