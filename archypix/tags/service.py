"""Tags and their assignments: what a person does with them, and what uploads and other services do on the way."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from operator import itemgetter
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Conflict, Fault, Invalid, NotFound
from archypix.events.store import emit
from archypix.journal import store as journal
from archypix.pictures.locks import lock_library
from archypix.pictures.query import Parameters
from archypix.pictures.selection import Selection, compile_selection
from archypix.tags import assignments_store, store, surgery
from archypix.tags.assigning import TagAssigner
from archypix.tags.followers import Explainer, Follower, Given, count_all, tell_deleted, tell_merged
from archypix.tags.models import CarriedTag, Reason, Removal, Reshaped, Tag, Tagged
from archypix.tags.paths import TagPath, format_path, name_key, parse_names, parse_path, refuse_reserved
from archypix.tags.resolving import find_path, resolve_paths
from archypix.tags.trees import TagTrees

CHANGED = "tags.changed"


class TagService(TagAssigner):
    """The tags of every account. `trees` may be shared with whoever else needs paths."""

    def __init__(
        self,
        database: Database,
        trees: TagTrees | None = None,
        *,
        followers: Sequence[Follower] = (),
        explainers: Sequence[Explainer] = (),
    ) -> None:
        self._database = database
        self._trees = trees or TagTrees()
        self._followers = followers
        self._explainers = explainers

    # What a person does.

    async def tags(self, owner_id: int) -> list[Tag]:
        """All tags: each after its parent and the tags before it in order, with its descendants behind it."""
        async with self._database.connection() as connection:
            rows = await store.all_rows(connection, owner_id)
        return in_tree_order(rows)

    async def create(
        self, owner_id: int, text: str, *, description: str | None = None, colour: str | None = None
    ) -> tuple[Tag, UUID | None]:
        """The tag at this path, and the operation by which it was made now, with the ancestors it lacked; or None.

        `Conflict` when a sibling differs by case alone, or there are too many tags.
        """
        path = parse_path(text)
        refuse_reserved(path)
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            existing = await find_path(connection, owner_id, path)
            if existing is not None:
                row = await store.find(connection, owner_id, existing)
                if row["name"] != path[-1]:
                    detail = f"There is a tag `{row['name']}` here, which differs by case alone."
                    raise Conflict(detail, code="tag_exists")
            (tag_id,) = await resolve_paths(connection, owner_id, [path], create=True)
            assert tag_id is not None
            values = {
                key: value for key, value in (("description", description), ("colour", colour)) if value is not None
            }
            if values and existing is None:
                await store.update(connection, tag_id, values)
            operation = None
            if existing is None:
                operation = await journal.begin(connection, owner_id, "tags", f"Made the tag {format_path(path)}")
                await journal.keep_tags(connection, operation, owner_id, None, made=True)
                await journal.finish(connection, operation, 0, empty=True)
                await emit(connection, owner_id, CHANGED, {})
            return await self._tag(connection, owner_id, tag_id), operation

    async def update(self, owner_id: int, text: str, values: dict[str, Any]) -> tuple[Tag, UUID | None]:
        """Set `description`, `colour` (`#rrggbb` or None), `cover_id` (a picture or None); `NotFound` for either.

        The tag, and the operation that this is; None where nothing changed.
        """
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            tag_id = await self._require(connection, owner_id, text)
            cover = values.get("cover_id")
            if cover is not None and not await store.is_live_picture(connection, owner_id, cover):
                raise Invalid("The cover is none.", faults=(Fault("cover", "There is no picture with this id."),))
            was = await store.find(connection, owner_id, tag_id)
            values = {name: value for name, value in values.items() if was[name] != value}
            operation = None
            if values:
                await store.update(connection, tag_id, values)
                step = journal.describing(tag_id, {name: was[name] for name in values}, values)
                operation = await _keep_steps(connection, owner_id, f"Described {text}", [step])
                await emit(connection, owner_id, CHANGED, {})
            return await self._tag(connection, owner_id, tag_id), operation

    async def order(self, owner_id: int, parent: str | None, names: Sequence[str]) -> UUID | None:
        """Put the children of `parent` (None: the roots) named here first, in this order; the others follow by name.

        The operation that this is; None where nothing changed.
        """
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            parent_id = None if parent is None else await self._require(connection, owner_id, parent, "parent")
            keys = [name_key(name) for name in parse_names(names, "names")]
            if parent_id is None:
                found = await store.roots(connection, owner_id, keys)
            else:
                found = await store.children(connection, owner_id, [(parent_id, key) for key in keys])
            missing = [number for number, key in enumerate(keys) if (parent_id, key) not in found]
            if missing:
                faults = tuple(Fault(f"names.{number}", "There is no such tag here.") for number in missing[:50])
                raise Invalid("Some of these are no tags here.", faults=faults)
            before = await store.positions(connection, owner_id, parent_id)
            await store.order(connection, owner_id, parent_id, [found[parent_id, key] for key in dict.fromkeys(keys)])
            after = await store.positions(connection, owner_id, parent_id)
            steps = [
                journal.describing(tag, {"position": place}, {"position": after[tag]})
                for tag, place in before.items()
                if place != after[tag]
            ]
            await emit(connection, owner_id, CHANGED, {})
            return await _keep_steps(connection, owner_id, f"Ordered the tags of {parent or '/'}", steps)

    async def delete(self, owner_id: int, text: str, *, dry_run: bool = False) -> Removal:
        """Remove a tag and its descendants, and take them from all pictures, which stay. `dry_run` only counts."""
        refuse_reserved(parse_path(text))
        async with self._database.transaction() as connection:
            if not dry_run:
                await lock_library(connection, owner_id)
            tags = [
                row["id"]
                for row in await store.subtree(connection, owner_id, await self._require(connection, owner_id, text))
            ]
            removal = Removal(len(tags), await store.count_assigned(connection, tags))
            if not dry_run:
                operation = await journal.begin(connection, owner_id, "tags", f"Deleted the tag {text}")
                await journal.keep_tags(connection, operation, owner_id, tags, made=False)
                notes = await tell_deleted(self._followers, connection, owner_id, tags)
                await journal.note(connection, operation, notes=notes)
                await assignments_store.unassign_all(connection, tags, operation)
                await store.remove(connection, tags)
                await journal.finish(connection, operation, removal.pictures, empty=True)
                await emit(connection, owner_id, CHANGED, {})
                return replace(removal, operation=operation)
            return removal

    async def named_by(self, owner_id: int, text: str) -> dict[str, int]:
        """How many things name a tag or one below it, by what they are. Nothing names a tag that there is not."""
        try:
            path = parse_path(text)
        except Invalid:
            return {}
        async with self._database.connection() as connection:
            tag_id = await find_path(connection, owner_id, path)
            subtree = await store.subtree(connection, owner_id, tag_id) if tag_id is not None else []
            return await count_all(self._followers, connection, owner_id, [row["id"] for row in subtree])

    async def rename(self, owner_id: int, text: str, new_text: str, *, dry_run: bool = False) -> Reshaped:
        """Rename or move a tag with all its descendants.

        `Conflict` when there is a tag already (merge with it instead), or the new place is inside of the old one.
        `dry_run` only counts.
        """
        new_path = self._two(text, new_text, "new_path")[1]
        if dry_run:
            async with self._undone() as connection:
                tag_id = await self._require(connection, owner_id, text)
                affected = await surgery.rename(connection, owner_id, tag_id, new_path, dry_run=True)
                return Reshaped(await self._tag(connection, owner_id, tag_id), affected, None)
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            tag_id = await self._require(connection, owner_id, text)
            was = await store.find(connection, owner_id, tag_id)
            affected = await surgery.rename(connection, owner_id, tag_id, new_path)
            for follower in self._followers:
                await follower.tags_moved(connection, owner_id)
            now = await store.find(connection, owner_id, tag_id)
            operation = await journal.begin(connection, owner_id, "tags", f"Renamed {text} to {format_path(new_path)}")
            places = ((row["parent_id"], row["name"]) for row in (was, now))
            await journal.note(connection, operation, [journal.moving(tag_id, *places)])
            await journal.keep_tags(connection, operation, owner_id, None, made=True)
            await journal.finish(connection, operation, affected, empty=True)
            await emit(connection, owner_id, CHANGED, {})
            return Reshaped(await self._tag(connection, owner_id, tag_id), affected, operation)

    async def merge(self, owner_id: int, text: str, into_text: str, *, dry_run: bool = False) -> Reshaped:
        """Make one tag of two, descendants of the same names included.

        `Conflict` when one would be merged into its own descendant. `dry_run` only counts.
        """
        self._two(text, into_text, "into")
        if dry_run:
            async with self._undone() as connection:
                tag_id = await self._require(connection, owner_id, text)
                into_id = await self._require(connection, owner_id, into_text, "into")
                affected, _ = await surgery.merge(connection, owner_id, tag_id, into_id, operation=None)
                return Reshaped(await self._tag(connection, owner_id, into_id), affected, None)
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            tag_id = await self._require(connection, owner_id, text)
            into_id = await self._require(connection, owner_id, into_text, "into")
            operation = await journal.begin(connection, owner_id, "tags", f"Merged {text} into {into_text}")
            mapping = await surgery.dissolved(connection, owner_id, tag_id, into_id) if self._followers else {}
            notes = await tell_merged(self._followers, connection, owner_id, mapping)
            affected, steps = await surgery.merge(connection, owner_id, tag_id, into_id, operation=operation)
            await journal.note(connection, operation, steps, notes)
            await journal.finish(connection, operation, affected, empty=True)
            await emit(connection, owner_id, CHANGED, {})
            return Reshaped(await self._tag(connection, owner_id, into_id), affected, operation)

    async def of_picture(self, owner_id: int, picture_id: UUID) -> list[CarriedTag]:
        """Every tag that the owner's picture carries, ancestors included, and why; `NotFound` without the picture."""
        async with (
            self._database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            rows = await assignments_store.of_picture(connection, owner_id, picture_id)
            if rows is None:
                raise NotFound("There is no picture with this id.")
            tree = await self._trees.read(connection, owner_id)
            more: dict[Given, Mapping[str, Any]] = {}
            for explainer in self._explainers:
                given = [(row["tag_id"], row["source"], row["source_id"]) for row in rows]
                more.update(await explainer.explain(connection, owner_id, picture_id, given))
        return carried(rows, tree.paths, more)

    async def change_selection(
        self,
        owner_id: int,
        selection: Selection,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        dry_run: bool = False,
    ) -> int:
        """How many pictures `change` changes."""
        return (await self.change(owner_id, selection, add=add, remove=remove, dry_run=dry_run)).pictures

    async def change(
        self,
        owner_id: int,
        selection: Selection,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        dry_run: bool = False,
    ) -> Tagged:
        """Add tags to the selected pictures, made where missing, and take away those that people gave; how many change.

        What rules and shares gave stays. `dry_run` only counts. `Invalid` for a tag that is in both.
        """
        adding, removing = self.check(add, "add"), self.check_given(remove, "remove")
        if not adding and not removing:
            raise Invalid("There is nothing to change.", faults=(Fault("add", "Name a tag to add or to remove."),))
        async with self._database.transaction() as connection:
            if not dry_run:
                await lock_library(connection, owner_id)
            tree = await self._trees.current(connection, owner_id)
            parameters = Parameters()
            chosen = compile_selection(selection, tree, owner_id, parameters)
            gone = [tag for path in removing if (tag := tree.find(path)) is not None]
            found = [tree.find(path) for path in adding]
            if set(gone) & set(found):
                raise Invalid("A tag cannot be added and removed at once.", faults=(Fault("remove", "Also in `add`."),))
            if dry_run:
                # A tag that is not there yet is new to every picture.
                new = [-1 if tag is None else tag for tag in found]
                return Tagged(
                    await assignments_store.change(
                        connection, chosen, parameters.values, add=new, remove=gone, operation=None
                    )
                )
            operation = await journal.begin(connection, owner_id, "tags", _summary(adding, removing))
            made = 0
            if None in found:
                found = await resolve_paths(connection, owner_id, adding, create=True)
                made = await journal.keep_tags(connection, operation, owner_id, None, made=True)
            affected = await assignments_store.change(
                connection, chosen, parameters.values, add=[tag for tag in found if tag is not None], remove=gone,
                operation=operation,
            )  # fmt: skip
            if affected:
                await emit(connection, owner_id, CHANGED, {"pictures": affected})
            return Tagged(affected, await journal.finish(connection, operation, affected, empty=made > 0))

    def _two(self, text: str, other_text: str, field: str) -> tuple[TagPath, TagPath]:
        path, other = parse_path(text), parse_path(other_text, field)
        refuse_reserved(path)
        refuse_reserved(other, field)
        return path, other

    @asynccontextmanager
    async def _undone(self) -> AsyncIterator[Connection]:
        """A transaction of which nothing stays."""
        async with self._database.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                yield connection
            finally:
                await transaction.rollback()

    async def _require(self, connection: Connection, owner_id: int, text: str, field: str = "path") -> int:
        path = parse_path(text, field)
        tag_id = await find_path(connection, owner_id, path)
        if tag_id is None:
            raise NotFound(f"There is no tag {format_path(path)}.")
        return tag_id

    async def _tag(self, connection: Connection, owner_id: int, tag_id: int) -> Tag:
        row = await store.one(connection, owner_id, tag_id)
        *above, _ = row["names"]
        return _tag_of(row, format_path(tuple(above)) if above else None)


async def _keep_steps(
    connection: Connection, owner_id: int, summary: str, steps: Sequence[journal.Step]
) -> UUID | None:
    """Write down an operation that changed the tree alone; None where it changed nothing."""
    if not steps:
        return None
    operation = await journal.begin(connection, owner_id, "tags", summary)
    await journal.note(connection, operation, steps)
    return await journal.finish(connection, operation, 0, empty=True)


def _summary(added: Sequence[TagPath], removed: Sequence[TagPath]) -> str:
    """What a change of tags did, for people."""
    parts = [("Added", added), ("Removed", removed)]
    return "; ".join(f"{word} {', '.join(map(format_path, paths))}" for word, paths in parts if paths)


def in_tree_order(rows: Sequence[Row]) -> list[Tag]:
    """Tags from rows of `store.all_rows`: depth first; siblings with a position by it, then the others by name."""
    ordered = sorted(rows, key=itemgetter("name_key"))
    if any(row["position"] for row in rows):
        ordered.sort(key=lambda row: row["position"] or math.inf)
    children: dict[int | None, list[Row]] = {}
    for row in reversed(ordered):
        children.setdefault(row["parent_id"], []).append(row)
    tags: list[Tag] = []
    # A stack instead of recursion: the rows to come, last first, each with the path of its parent.
    waiting: list[tuple[Row, str | None]] = [(row, None) for row in children.get(None, ())]
    while waiting:
        row, parent = waiting.pop()
        tag = _tag_of(row, parent)
        tags.append(tag)
        if tag.id in children:
            waiting += [(child, tag.path) for child in children[tag.id]]
    return tags


def _tag_of(row: Row, parent: str | None) -> Tag:
    (tag_id, _, name, _, depth, assigned, total, description, colour, position, cover_id, cover_blob_id, cover_origin,
     cover_owner_id, *_) = row  # fmt: skip
    return Tag(
        tag_id, f"{parent or ''}/{name}", name, parent, depth, assigned, total, description, colour, position, cover_id,
        cover_blob_id, (cover_origin, cover_owner_id) if cover_origin else None,
    )  # fmt: skip


def carried(rows: Sequence[Row], paths: Any, more: Mapping[Given, Mapping[str, Any]]) -> list[CarriedTag]:
    """The tags of one picture from rows of `assignments_store.of_picture`, in order of their paths."""
    reasons: dict[int, list[Reason]] = {}
    implied: dict[int, set[str]] = {}
    for row in rows:
        by = more.get((row["tag_id"], row["source"], row["source_id"]), {})
        reasons.setdefault(row["tag_id"], []).append(Reason(row["source"], row["source_id"], row["created_at"], by))
        for ancestor in row["lineage"][:-1]:
            implied.setdefault(ancestor, set()).add(paths[row["tag_id"]])
    found = [
        CarriedTag(paths[tag], tuple(reasons.get(tag, ())), tuple(sorted(implied.get(tag, ()))))
        for tag in reasons.keys() | implied.keys()
    ]
    return sorted(found, key=lambda tag: tag.path)
