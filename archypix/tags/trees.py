"""Paths of all tags of an account, kept in memory for as long as the library's revision of its tags stands."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from archypix.core.database import Connection, Row
from archypix.pictures.store import revision
from archypix.predicates.models import Words
from archypix.tags import store
from archypix.tags.naming import Names
from archypix.tags.paths import TagPath, parse_paths, path_key

# About 30 MB of memory when full.
CAPACITY = 100_000


@dataclass(frozen=True, slots=True)
class TagTree:
    """The paths of one account at one revision: `paths` by id, `ids` by the key of the path."""

    revision: int
    paths: Mapping[int, str]
    ids: Mapping[str, int]
    account_id: int = 0
    _names: list[Names] = field(default_factory=list, compare=False, repr=False)

    def named(self, words: Words) -> list[int]:
        """Tags whose names have these words; the index of names is made by the first search."""
        if not self._names:
            self._names.append(Names(self.paths))
        return self._names[0].find(words)

    def find(self, path: TagPath) -> int | None:
        """The id of the tag at this path, whatever the case it is written in."""
        return self.ids.get(path_key(path))

    def resolve(self, paths: Sequence[str], field: str) -> list[int | None]:
        """The tag of each path, None where there is none; `Invalid` with faults at `field` for what is no path."""
        return [self.find(path) for path in parse_paths(paths, field)]

    def written(self, tag_ids: Sequence[int]) -> list[str]:
        """The paths of these tags in order, without those that are gone."""
        return sorted([path for tag_id in tag_ids if (path := self.paths.get(tag_id)) is not None])


class TagTrees:
    """Trees by account, the least used forgotten first; `capacity` is the number of tags in all of them together.

    A tree may be older than the database, so whoever uses one compares its revision with the one that its own
    statement read.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._trees: OrderedDict[int, TagTree] = OrderedDict()
        self._held = 0

    async def get(self, connection: Connection, account_id: int) -> TagTree:
        """The tree at hand, however old, or one read now."""
        tree = self._trees.get(account_id)
        if tree is None:
            return await self.read(connection, account_id)
        self._trees.move_to_end(account_id)
        return tree

    async def current(self, connection: Connection, account_id: int) -> TagTree:
        """The tree of right now; for those who have the library's writer lock, before they change tags."""
        tree = self._trees.get(account_id)
        if tree is not None and tree.revision == await revision(connection, account_id):
            return tree
        return await self.read(connection, account_id)

    async def read(self, connection: Connection, account_id: int) -> TagTree:
        """The tree as the database has it. Not inside a transaction that changes tags: it may yet be undone."""
        rows = await store.tree_rows(connection, account_id)
        tree = build_tree(rows, account_id)
        self._forget(account_id)
        self._trees[account_id] = tree
        self._held += len(tree.paths)
        while self._held > self._capacity and len(self._trees) > 1:
            self._forget(next(iter(self._trees)))
        return tree

    def _forget(self, account_id: int) -> None:
        if (tree := self._trees.pop(account_id, None)) is not None:
            self._held -= len(tree.paths)


def build_tree(rows: list[Row], account_id: int) -> TagTree:
    """A tree from rows of `store.tree_rows`, parents before children."""
    paths: dict[int, str] = {}
    keys: dict[int, str] = {}
    for row in rows:
        tag_id, parent_id = row["id"], row["parent_id"]
        if tag_id is None:
            continue
        if parent_id is None:
            paths[tag_id] = "/" + row["name"]
            keys[tag_id] = row["name_key"]
        else:
            paths[tag_id] = f"{paths[parent_id]}/{row['name']}"
            keys[tag_id] = f"{keys[parent_id]}/{row['name_key']}"
    revision = rows[0]["tags_revision"] if rows else 0
    return TagTree(revision, paths, {key: tag_id for tag_id, key in keys.items()}, account_id)
