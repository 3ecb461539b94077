"""Taking back what an operation did to tags: to pictures, to the tree itself, and to those who name tags.

Called inside the transaction of the undo, which has the library's writer lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.errors import Conflict
from archypix.journal import store as journal
from archypix.journal.store import Step
from archypix.operations import tags_store
from archypix.operations.models import Operation
from archypix.tags import store as tree_store
from archypix.tags import surgery
from archypix.tags.followers import Follower, count_all, put_back, tell_deleted, tell_merged
from archypix.tags.paths import MAX_DEPTH, name_key
from archypix.tags.resolving import MOST_TAGS

GONE_ELSEWHERE = "The tag has gone elsewhere since."


async def undo_tags(
    connection: Connection, owner_id: int, undone: Operation, operation: UUID, followers: Sequence[Follower]
) -> tuple[bool, list[int]]:
    """Take back the operation `undone` as the new `operation`; whether the tree changed, and which tags hang elsewhere.

    Tags that went come back, with their ids; tags that came go again unless something needs them by now, be it one of
    the `followers`. `Conflict` when the place of a tag is not there any more.
    """
    moves = await _standing_moves(connection, owner_id, undone)
    made = await tags_store.kept(connection, undone.id, made=True)
    # What is about to go elsewhere leaves its place free for what comes back, and what is about to go for what moves.
    await tree_store.hide_keys(connection, [step["tag"] for step in moves])
    # A device may have put one folder in place of another, which is to come back as the tag that it was.
    hiding = bool(moves) or undone.kind == "drive"
    if hiding:
        await tree_store.hide_keys(connection, [row["tag_id"] for row in made])
    back, renumbered = await _bring_back(connection, owner_id, undone, operation)
    await tags_store.take(connection, owner_id, undone.id, operation)
    await tags_store.give(connection, owner_id, undone.id, operation, renumbered)
    steps, moved = await _move_back(connection, owner_id, moves, renumbered)
    steps += await _describe_back(connection, owner_id, undone.steps)
    if renumbered:
        await tell_merged(followers, connection, owner_id, renumbered)
    notes = await put_back(followers, connection, owner_id, undone.notes, renumbered)
    gone = await _remove_made(connection, owner_id, undone, operation, made, followers)
    if hiding:
        await _show_keys(connection, owner_id, [row for row in made if row["tag_id"] not in gone])
    await journal.note(connection, operation, steps, notes)
    if back or steps or notes:
        for follower in followers:
            await follower.tags_moved(connection, owner_id)
    return bool(back or gone or steps or notes), moved


async def _standing_moves(connection: Connection, owner_id: int, undone: Operation) -> list[Step]:
    """The moves of an operation that can be taken back: of a merge, those of which the tag still is where it went.

    `Conflict` where the operation was a move and nothing else, and does not stand.
    """
    standing = []
    for step in undone.steps:
        row = await tree_store.find(connection, owner_id, step["tag"])
        if "to" not in step:
            continue
        if row is not None and [row["parent_id"], row["name"]] == step["to"]:
            standing.append(step)
        elif not await _merged(connection, undone):
            raise Conflict(GONE_ELSEWHERE, code="not_undoable")
    return standing


async def _merged(connection: Connection, undone: Operation) -> bool:
    """Whether an operation is a merge, or takes one back: these remove tags, or make them again."""
    if undone.undoes is not None and await tags_store.kept(connection, undone.id, made=True):
        return True
    return bool(await tags_store.kept(connection, undone.id, made=False))


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
        there = await surgery.at(connection, owner_id, parent_id, row["name"])
        if there is None:
            await tags_store.bring_back(connection, owner_id, row, parent_id)
            made.append(row["tag_id"])
        else:
            renumbered[row["tag_id"]] = there
    await journal.keep_tags(connection, operation, owner_id, made, made=True)
    return made, renumbered


async def _refuse_place(connection: Connection, owner_id: int, parent_id: int | None, name: str) -> None:
    """Raise `Conflict` where the tag `name` cannot be under this parent."""
    if parent_id is None:
        return
    parent = await tree_store.find(connection, owner_id, parent_id)
    if parent is None:
        raise Conflict(f"The tag that `{name}` was under is gone: bring that back first.", code="not_undoable")
    if parent["depth"] >= MAX_DEPTH:
        raise Conflict(f"`{name}` would be deeper than {MAX_DEPTH} levels.", code="too_deep")


async def _move_back(
    connection: Connection, owner_id: int, moves: Sequence[Step], renumbered: Mapping[int, int]
) -> tuple[list[Step], list[int]]:
    """Bring tags back to where they were: the steps that this took, and the tags that have another parent by it."""
    steps, moved = [], []
    for step in reversed(moves):
        parent_id, name = step["from"]
        parent_id = renumbered.get(parent_id, parent_id)
        await _refuse_place(connection, owner_id, parent_id, name)
        await surgery.put(connection, owner_id, step["tag"], parent_id, name)
        steps.append(journal.moving(step["tag"], step["to"], (parent_id, name)))
        if parent_id != step["to"][0]:
            moved += [row["id"] for row in await tree_store.subtree(connection, owner_id, step["tag"])]
    return steps, moved


async def _describe_back(connection: Connection, owner_id: int, steps: Sequence[Step]) -> list[Step]:
    """Give tags the columns back that they had, where they are as the operation left them."""
    done = []
    for step in reversed(steps):
        if "details" in step:
            old, new = step["details"]["from"], step["details"]["to"]
            values = await tags_store.describe(connection, owner_id, step["tag"], old, new)
            if values:
                done.append(journal.describing(step["tag"], {name: new[name] for name in values}, values))
    return done


async def _remove_made(
    connection: Connection,
    owner_id: int,
    undone: Operation,
    operation: UUID,
    made: Sequence[Row],
    followers: Sequence[Follower],
) -> list[int]:
    """Remove tags that the operation made, as far as nothing needs them."""
    ids, again = [row["tag_id"] for row in made], undone.undoes is not None
    gone = await tags_store.unused(connection, owner_id, ids, again=again) if ids else []
    if gone and await _named(connection, owner_id, gone, followers):
        free = [tag for tag in gone if not await _named(connection, owner_id, [tag], followers)]
        gone = await tags_store.unused(connection, owner_id, free, again=again)
    if gone:
        await tell_deleted(followers, connection, owner_id, gone)
        await journal.keep_tags(connection, operation, owner_id, gone, made=False)
        await tags_store.unassign(connection, gone)
        await tree_store.remove(connection, gone)
    return gone


async def _show_keys(connection: Connection, owner_id: int, rows: Sequence[Row]) -> None:
    """Tags that were about to go and stay are found by their names again; `Conflict` where another tag is there."""
    for kept in rows:
        row = await tree_store.find(connection, owner_id, kept["tag_id"])
        if row is None:
            continue
        if await surgery.at(connection, owner_id, row["parent_id"], row["name"]) not in (None, row["id"]):
            detail = f"The tag `{row['name']}` is needed by now, and another would have its place."
            raise Conflict(detail, code="not_undoable")
        await tags_store.set_key(connection, row["id"], name_key(row["name"]))


async def _named(connection: Connection, owner_id: int, tag_ids: Sequence[int], followers: Sequence[Follower]) -> bool:
    """Whether anything that follows tags names one of these."""
    return any((await count_all(followers, connection, owner_id, tag_ids)).values())
