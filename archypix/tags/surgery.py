"""Renaming, moving and merging of whole subtrees, in the caller's transaction, which has the library's writer lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.errors import Conflict
from archypix.journal import store as journal
from archypix.journal.store import Step
from archypix.tags import assignments_store, store
from archypix.tags.paths import MAX_DEPTH, TagPath, format_path, name_key
from archypix.tags.resolving import find_path, resolve_paths


async def rename(
    connection: Connection, owner_id: int, tag_id: int, new_path: TagPath, *, dry_run: bool = False
) -> int:
    """Bring a tag to `new_path`; how many pictures carry other tags for it.

    `Conflict` when another tag is there, the new path is below the tag itself, or its descendants would be too deep.
    `dry_run` is for transactions that are undone: it counts, and leaves out what takes long.
    """
    there = await find_path(connection, owner_id, new_path)
    if there not in (None, tag_id):
        raise Conflict(f"There is a tag {format_path(new_path)} already: merge the two instead.", code="tag_exists")
    subtree = await store.subtree(connection, owner_id, tag_id)
    ids = {row["id"] for row in subtree}
    parent_id = await _new_parent(connection, owner_id, new_path, ids)
    name = new_path[-1]
    if parent_id == subtree[0]["parent_id"]:
        await store.rename(connection, tag_id, name, name_key(name))
        return 0
    _refuse_deep(subtree, len(new_path))
    if dry_run:
        return await store.count_assigned(connection, sorted(ids))
    await store.move(connection, tag_id, parent_id, name, name_key(name))
    return await store.derive_assigned(connection, sorted(ids))


async def put(connection: Connection, owner_id: int, tag_id: int, parent_id: int | None, name: str) -> None:
    """Bring a tag below another one (None: to the root) by its id. `Conflict` as in `rename`."""
    subtree = await store.subtree(connection, owner_id, tag_id)
    ids = [row["id"] for row in subtree]
    if parent_id in ids:
        raise Conflict("A tag cannot be moved below itself.", code="inside_itself")
    if await at(connection, owner_id, parent_id, name) not in (None, tag_id):
        raise Conflict(f"There is a tag `{name}` there already.", code="tag_exists")
    if parent_id == subtree[0]["parent_id"]:
        await store.rename(connection, tag_id, name, name_key(name))
        return
    parent = None if parent_id is None else await store.find(connection, owner_id, parent_id)
    _refuse_deep(subtree, 1 if parent is None else parent["depth"] + 1)
    await store.move(connection, tag_id, parent_id, name, name_key(name))
    await store.derive_assigned(connection, ids)


async def at(connection: Connection, owner_id: int, parent_id: int | None, name: str) -> int | None:
    """The tag of this name below another one (None: at the root), if there is one."""
    key = name_key(name)
    if parent_id is None:
        return (await store.roots(connection, owner_id, [key])).get((None, key))
    return (await store.children(connection, owner_id, [(parent_id, key)])).get((parent_id, key))


async def _new_parent(connection: Connection, owner_id: int, new_path: TagPath, moving: set[int]) -> int | None:
    if len(new_path) == 1:
        return None
    above = [new_path[:end] for end in range(1, len(new_path))]
    if moving.intersection(await resolve_paths(connection, owner_id, above, create=False)):
        raise Conflict("A tag cannot be moved below itself.", code="inside_itself")
    (parent_id,) = await resolve_paths(connection, owner_id, [new_path[:-1]], create=True)
    return parent_id


def _refuse_deep(subtree: Sequence[Row], new_depth: int) -> None:
    height = max(row["depth"] for row in subtree) - subtree[0]["depth"]
    if new_depth + height > MAX_DEPTH:
        raise Conflict(f"Descendants would be deeper than {MAX_DEPTH} levels.", code="too_deep")


@dataclass(slots=True)
class _Plan:
    """What a merge does: each tag of `dissolved` becomes the one it maps to, `moved` ones hang on another parent."""

    dissolved: dict[int, int] = field(default_factory=dict)
    moved: list[tuple[Row, int]] = field(default_factory=list)


async def dissolved(connection: Connection, owner_id: int, tag_id: int, into_id: int) -> dict[int, int]:
    """The tags that a merge removes, each with the one that it becomes."""
    source = await store.subtree(connection, owner_id, tag_id)
    return _plan_merge(source, await store.subtree(connection, owner_id, into_id), tag_id, into_id).dissolved


async def merge(
    connection: Connection, owner_id: int, tag_id: int, into_id: int, *, operation: UUID | None
) -> tuple[int, list[Step]]:
    """Merge a tag and its descendants into another; how many pictures carry other tags for it, and what moved.

    Children of the same name become one in turn; other children move. `Conflict` when `into_id` is the tag or below it.
    What pictures gain and lose is kept for the operation, as are the tags that go; without one it is only counted.
    """
    source = await store.subtree(connection, owner_id, tag_id)
    if any(row["id"] == into_id for row in source):
        raise Conflict("A tag cannot be merged into itself or a descendant.", code="inside_itself")
    target = await store.subtree(connection, owner_id, into_id)
    plan = _plan_merge(source, target, tag_id, into_id)
    depths = {row["id"]: row["depth"] for row in target}
    children = _children(source)
    for row, parent_id in plan.moved:
        _refuse_deep(list(_below(row, children)), depths[parent_id] + 1)
    affected = await store.count_assigned(connection, [row["id"] for row in source])
    if operation is None:
        return affected, []
    await journal.keep_tags(connection, operation, owner_id, list(plan.dissolved), made=False)
    await store.hide_keys(connection, list(plan.dissolved))
    steps: list[Step] = []
    for row, parent_id in plan.moved:
        await store.move(connection, row["id"], parent_id, row["name"], row["name_key"])
        steps.append(journal.moving(row["id"], (row["parent_id"], row["name"]), (parent_id, row["name"])))
    await assignments_store.carry_over(connection, plan.dissolved, operation)
    moved = [below["id"] for row, _ in plan.moved for below in _below(row, children)]
    await store.derive_assigned(connection, moved)
    steps += await _keep_details(connection, owner_id, tag_id, into_id)
    await store.remove(connection, list(plan.dissolved))
    return affected, steps


def _plan_merge(source: Sequence[Row], target: Sequence[Row], tag_id: int, into_id: int) -> _Plan:
    plan = _Plan({tag_id: into_id})
    children, others = _children(source), _children(target)
    waiting = [(tag_id, into_id)]
    while waiting:
        old, new = waiting.pop()
        # The merged tag may itself be a child of the other's descendants; it is no match, for it goes.
        by_key = {row["name_key"]: row["id"] for row in others.get(new, ()) if row["id"] != tag_id}
        for child in children.get(old, ()):
            match = by_key.get(child["name_key"])
            if match is None:
                plan.moved.append((child, new))
            else:
                plan.dissolved[child["id"]] = match
                waiting.append((child["id"], match))
    return plan


async def _keep_details(connection: Connection, owner_id: int, tag_id: int, into_id: int) -> list[Step]:
    """What the other tag does not say of itself it takes from the merged one."""
    old, new = await store.find(connection, owner_id, tag_id), await store.find(connection, owner_id, into_id)
    values = {key: old[key] for key in ("description", "colour", "cover_id") if old[key] and not new[key]}
    if not values:
        return []
    await store.update(connection, into_id, values)
    return [journal.describing(into_id, {key: new[key] for key in values}, values)]


def _children(rows: Sequence[Row]) -> dict[int | None, list[Row]]:
    children: dict[int | None, list[Row]] = {}
    for row in rows:
        children.setdefault(row["parent_id"], []).append(row)
    return children


def _below(row: Row, children: dict[int | None, list[Row]]) -> Iterator[Row]:
    """A tag and its descendants."""
    waiting = [row]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(children.get(one["id"], ()))
