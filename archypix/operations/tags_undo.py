"""Taking back what an operation did to tags: to pictures, and to the tree itself.

Called inside the transaction of the undo, which has the library's writer lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import Conflict
from archypix.journal import store as journal
from archypix.operations import tags_store
from archypix.operations.models import Operation
from archypix.tags import store as tree_store
from archypix.tags import surgery
from archypix.tags.followers import Follower, count_all
from archypix.tags.paths import MAX_DEPTH
from archypix.tags.resolving import MOST_TAGS


async def undo_tags(
    connection: Connection, owner_id: int, undone: Operation, operation: UUID, followers: Sequence[Follower]
) -> bool:
    """Take back the operation `undone` as the new `operation`; whether the tree itself changed.

    Tags that went come back, with their ids; tags that came go again unless something needs them by now, be it one of
    the `followers`. `Conflict` when the place of a tag is not there any more.
    """
    back, renumbered = await _bring_back(connection, owner_id, undone, operation)
    await tags_store.take(connection, owner_id, undone.id, operation)
    await tags_store.give(connection, owner_id, undone.id, operation, renumbered)
    if undone.moved is not None:
        await _move_back(connection, owner_id, undone.moved)
        for follower in followers:
            await follower.tags_moved(connection, owner_id)
    gone = await _remove_made(connection, owner_id, undone, operation, followers)
    return bool(back or gone or undone.moved)


def reversed_move(moved: dict[str, Any] | None) -> dict[str, Any] | None:
    """The move that takes back `moved`."""
    return None if moved is None else {"tag": moved["tag"], "from": moved["to"], "to": moved["from"]}


async def _bring_back(
    connection: Connection, owner_id: int, undone: Operation, operation: UUID
) -> tuple[list[int], dict[int, int]]:
    """Make tags again that went: those made, and which other tag stands for one whose place is taken."""
    rows = await tags_store.kept(connection, undone.id, made=False)
    if not rows:
        return [], {}
    if await tree_store.count_tags(connection, owner_id) + len(rows) > MOST_TAGS:
        raise Conflict(f"A library has at most {MOST_TAGS} tags.", code="too_many_tags")
    made: list[int] = []
    renumbered: dict[int, int] = {}
    for row in rows:
        if await tree_store.find(connection, owner_id, row["tag_id"]) is not None:
            continue  # another undo has brought it back
        parent_id = renumbered.get(row["parent_id"], row["parent_id"])
        await _refuse_place(connection, owner_id, parent_id, row["name"])
        there = await _at(connection, owner_id, parent_id, row["name_key"])
        if there is None:
            await tags_store.bring_back(connection, owner_id, row, parent_id)
            made.append(row["tag_id"])
        else:
            renumbered[row["tag_id"]] = there
    await journal.keep_tags(connection, operation, owner_id, made, made=True)
    return made, renumbered


async def _at(connection: Connection, owner_id: int, parent_id: int | None, key: str) -> int | None:
    if parent_id is None:
        return (await tree_store.roots(connection, owner_id, [key])).get((None, key))
    return (await tree_store.children(connection, owner_id, [(parent_id, key)])).get((parent_id, key))


async def _refuse_place(connection: Connection, owner_id: int, parent_id: int | None, name: str) -> None:
    """Raise `Conflict` where the tag `name` cannot be under this parent."""
    if parent_id is None:
        return
    parent = await tree_store.find(connection, owner_id, parent_id)
    if parent is None:
        raise Conflict(f"The tag that `{name}` was under is gone: bring that back first.", code="not_undoable")
    if parent["depth"] >= MAX_DEPTH:
        raise Conflict(f"`{name}` would be deeper than {MAX_DEPTH} levels.", code="too_deep")


async def _move_back(connection: Connection, owner_id: int, moved: dict[str, Any]) -> None:
    row = await tree_store.find(connection, owner_id, moved["tag"])
    if row is None or [row["parent_id"], row["name"]] != moved["to"]:
        raise Conflict("The tag has gone elsewhere since.", code="not_undoable")
    parent_id, name = moved["from"]
    await _refuse_place(connection, owner_id, parent_id, name)
    above: Sequence[str] = ()
    if parent_id is not None:
        above = (await tree_store.one(connection, owner_id, parent_id))["names"]
    await surgery.rename(connection, owner_id, moved["tag"], (*above, name))


async def _remove_made(
    connection: Connection, owner_id: int, undone: Operation, operation: UUID, followers: Sequence[Follower]
) -> list[int]:
    """Remove tags that the operation made, as far as nothing needs them."""
    rows = await tags_store.kept(connection, undone.id, made=True)
    gone = await tags_store.unused(connection, owner_id, [row["tag_id"] for row in rows]) if rows else []
    if gone and await _named(connection, owner_id, gone, followers):
        free = [tag for tag in gone if not await _named(connection, owner_id, [tag], followers)]
        gone = await tags_store.unused(connection, owner_id, free)
    if gone:
        for follower in followers:
            await follower.tags_deleted(connection, owner_id, gone)
        await journal.keep_tags(connection, operation, owner_id, gone, made=False)
        await tree_store.remove(connection, gone)
    return gone


async def _named(connection: Connection, owner_id: int, tag_ids: Sequence[int], followers: Sequence[Follower]) -> bool:
    """Whether anything that follows tags names one of these."""
    return any((await count_all(followers, connection, owner_id, tag_ids)).values())
