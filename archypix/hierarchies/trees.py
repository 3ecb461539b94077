"""The tags of an account as a tree in memory, for as long as the library's revision of its tags stands."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from archypix.core.database import Connection, Row
from archypix.core.tag_paths import RESERVED
from archypix.hierarchies import store
from archypix.tags.store import tree_rows

# Tags in all trees together.
CAPACITY = 100_000


@dataclass(frozen=True, slots=True)
class Branch:
    """One tag: `lineage` are the ids of its ancestors from the root, and its own."""

    id: int
    name: str
    key: str
    lineage: tuple[int, ...]


class Tree:
    """All tags of an account at one revision."""

    def __init__(self, rows: Iterable[Row], revision: int = 0) -> None:
        self.revision = revision
        self.branches: dict[int, Branch] = {}
        self._children: dict[int | None, list[Branch]] = {}
        for row in rows:
            if row["id"] is not None:
                above = self.branches[row["parent_id"]].lineage if row["parent_id"] is not None else ()
                branch = Branch(row["id"], row["name"], row["name_key"], (*above, row["id"]))
                self.branches[branch.id] = branch
                self._children.setdefault(row["parent_id"], []).append(branch)
        for branches in self._children.values():
            branches.sort(key=lambda branch: branch.key)

    def __contains__(self, tag_id: int) -> bool:
        return tag_id in self.branches

    def __len__(self) -> int:
        return len(self.branches)

    def children(self, tag_id: int | None) -> list[Branch]:
        """The tags right below one (None: those at the root), by their names."""
        return self._children.get(tag_id, [])

    def path(self, tag_id: int) -> str:
        """The path of a tag that there is."""
        return "/" + "/".join(self.branches[each].name for each in self.branches[tag_id].lineage)

    def closure(self, tag_ids: Iterable[int]) -> frozenset[int]:
        """Tags with their ancestors; those that are gone are left out."""
        return frozenset(each for tag in tag_ids if tag in self for each in self.branches[tag].lineage)

    def is_reserved(self, tag_id: int) -> bool:
        """Whether a tag lies in `/SharedToMe`, which only received pictures fill."""
        return self.branches[self.branches[tag_id].lineage[0]].key == RESERVED


class Forest:
    """Trees by account, the least used forgotten first."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._trees: OrderedDict[int, Tree] = OrderedDict()

    async def current(self, connection: Connection, account_id: int, revision: int | None = None) -> Tree:
        """The tree as this connection sees it now; whoever knows its `revision`, which others have made, tells it.

        What a transaction sees that has written is not kept, for it may yet be undone.
        """
        writing = False
        if revision is None:
            revision, writing = await store.tags_revision(connection, account_id)
        tree = self._trees.get(account_id)
        if tree is not None and tree.revision == revision:
            self._trees.move_to_end(account_id)
            return tree
        rows = await tree_rows(connection, account_id)
        tree = Tree(rows, rows[0]["tags_revision"] if rows else 0)
        if not writing and tree.revision == revision:
            self._keep(account_id, tree)
        return tree

    def _keep(self, account_id: int, tree: Tree) -> None:
        self._trees[account_id] = tree
        self._trees.move_to_end(account_id)
        held = sum(map(len, self._trees.values()))
        while held > self._capacity and len(self._trees) > 1:
            held -= len(self._trees.popitem(last=False)[1])
