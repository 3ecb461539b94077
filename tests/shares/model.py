"""The tree of grants as a plain model says it is: what each person may have, and who has it from whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

NONE = UUID(int=0)


@dataclass(eq=False)
class Node:
    """A grant. `id` is that of the row, for the order in which ways are chosen."""

    holder: str
    parent: Node | None
    depth: int
    originals: bool
    pictures: set[int] = field(default_factory=set)
    children: list[Node] = field(default_factory=list)
    id: UUID = NONE

    @property
    def level(self) -> int:
        return 0 if self.parent is None else self.parent.level + 1

    def above(self) -> Iterator[Node]:
        """The grant and those that it hangs on."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def below(self) -> Iterator[Node]:
        """The grant and all that hangs on it."""
        yield self
        for child in self.children:
            yield from child.below()


@dataclass
class Model:
    """A share of `tagged` pictures with one person, and all that came of it."""

    root: Node
    depth: int
    tagged: set[int]
    originals: bool = True
    cut: set[str] = field(default_factory=set)

    @property
    def nodes(self) -> list[Node]:
        return list(self.root.below())

    def covered(self, node: Node) -> set[int]:
        return self.tagged if node is self.root else node.pictures & self.tagged

    def reach(self, node: Node) -> int:
        return min(node.depth, self.depth - node.level)

    def has(self, person: str) -> dict[int, bool]:
        """The pictures that somebody has, and whether with originals."""
        found: dict[int, bool] = {}
        for node in self.nodes:
            if node.holder == person:
                for picture in self.covered(node):
                    found[picture] = found.get(picture, False) or (node.originals and self.originals)
        return found

    def remove(self, node: Node) -> None:
        assert node.parent is not None
        node.parent.children.remove(node)

    def invite(self, relayer: str, holder: str, pictures: set[int], depth: int, originals: bool) -> set[int]:
        if holder in (relayer, "alice@a.test") or holder in self.cut:
            return set()
        stands = [
            node
            for node in self.nodes
            if node.holder == relayer and self.reach(node) > 0 and all(one.holder != holder for one in node.above())
        ]
        stands.sort(key=lambda node: (-self.reach(node), node.level, node.id))
        granted: set[int] = set()
        for stand in stands:
            for child in stand.children:
                if child.holder == holder:
                    granted |= child.pictures & self.covered(stand) & pictures
                    child.depth = max(0, min(depth, self.reach(stand) - 1))
                    child.originals = originals and stand.originals
                    self.settle(child)
        for stand in stands:
            more = (pictures & self.covered(stand)) - granted
            if more:
                found = [child for child in stand.children if child.holder == holder]
                if not found:
                    rights = (max(0, min(depth, self.reach(stand) - 1)), originals and stand.originals)
                    found = [Node(holder, stand, *rights)]
                    stand.children += found
                found[0].pictures |= more
                granted |= more
        return granted

    def settle(self, node: Node) -> None:
        """Nothing below has more than what is above it."""
        for child in list(node.children):
            if node.depth == 0:
                self.remove(child)
            else:
                child.depth = min(child.depth, node.depth - 1)
                child.originals = child.originals and node.originals
                self.settle(child)

    def uncover(self, node: Node, pictures: set[int]) -> None:
        for one in node.below():
            one.pictures -= pictures

    def uninvite(self, relayer: str, holder: str, pictures: set[int] | None) -> None:
        for node in self.nodes:
            if node.parent is not None and node.parent.holder == relayer and node.holder == holder:
                if pictures is not None:
                    self.uncover(node, pictures)
                if pictures is None or not node.pictures:
                    self.remove(node)

    def limit(self, depth: int) -> None:
        """The owner lets the share be passed on so often."""
        if depth < self.depth:
            for node in self.nodes:
                if node.level == depth + 1:
                    self.remove(node)
        self.depth = depth
