"""The loop that finds duplicates: in small steps, one account at a time, and never in a picture's own transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import cast
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.ids import new_id
from archypix.duplicates import groups_store, neighbours_store
from archypix.duplicates.grouping import components, name_components
from archypix.duplicates.models import MOST_IN_GROUP, Due
from archypix.events.store import emit

# Pictures in one transaction, steps of one account before the next one has its turn, and accounts read at once.
STEP = 50
STEPS = 20
ACCOUNTS = 100
PAUSE_SECONDS = 2.0
CHANGED = "duplicates.changed"


class DuplicateFinder:
    """Brings neighbours and groups up to date with the hashes of pictures. Any number of servers may run it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        """Work until cancelled; what comes in is found after two seconds."""
        while True:
            if not await self.sweep():
                await asyncio.sleep(PAUSE_SECONDS)

    async def sweep(self) -> int:
        """Up to 1,000 pictures of each account that has some due; how many were done."""
        total, after = 0, 0
        while True:
            async with self._database.connection() as connection:
                owners = await neighbours_store.owners_due(connection, after, ACCOUNTS)
            for owner_id in owners:
                total += await self._steps(owner_id)
            if len(owners) < ACCOUNTS:
                return total
            after = owners[-1]

    async def _steps(self, owner_id: int) -> int:
        total = 0
        for _ in range(STEPS):
            done = await self._step(owner_id)
            total += done
            if done < STEP:
                break
        return total

    async def _step(self, owner_id: int) -> int:
        async with self._database.transaction() as connection:
            if not await neighbours_store.try_lock(connection, owner_id):
                return 0
            marks = await neighbours_store.due(connection, owner_id, STEP)
            if marks:
                if await _derive(connection, owner_id, marks):
                    await emit(connection, owner_id, CHANGED, {})
                await neighbours_store.done(connection, [mark.id for mark in marks])
            return len(marks)


async def _derive(connection: Connection, owner_id: int, marks: Iterable[Due]) -> bool:
    """Bring everything that follows from the hashes of these pictures up to date; whether a group changed."""
    pictures = list({mark.picture_id for mark in marks})
    hashed = await neighbours_store.take_hashes(connection, owner_id, pictures)
    touched = await neighbours_store.forget_pairs(connection, owner_id, pictures)
    if hashed:
        distance = await neighbours_store.distance_of(connection, owner_id)
        pairs = await neighbours_store.search(connection, owner_id, hashed, distance)
        await neighbours_store.put_pairs(connection, owner_id, pairs)
        touched |= {picture for pair in pairs for picture in (pair.one, pair.other)}
    await neighbours_store.forget_gone(connection, owner_id, pictures)
    changed = await _regroup(connection, owner_id, touched | set(pictures))
    content_hashes = list({content_hash for mark in marks for content_hash in mark.content_hashes})
    return await groups_store.regroup_content(connection, owner_id, content_hashes) or changed


async def _regroup(connection: Connection, owner_id: int, touched: set[UUID]) -> bool:
    """Form the groups of these pictures anew, and of all that were with them; whether any changed.

    A group goes on under its id as the one that most of its members are in.
    """
    affected = await groups_store.groups_of(connection, owner_id, touched)
    before = await groups_store.members_of(connection, affected)
    edges = await neighbours_store.pairs_among(connection, owner_id, touched | before.keys())
    found = components(edges, most=MOST_IN_GROUP, before=before)
    names = cast(list[UUID | None], name_components(found, before))
    groups = {name or new_id(): nodes for name, nodes in zip(names, found, strict=True)}
    was: dict[UUID, set[UUID]] = {}
    for picture, group in before.items():
        was.setdefault(group, set()).add(picture)
    same = {group for group, nodes in groups.items() if was.get(group) == nodes}
    changed = {group: nodes for group, nodes in groups.items() if group not in same}
    gone = affected - groups.keys()
    if changed or gone:
        await groups_store.replace(connection, owner_id, gone, changed)
    if same:
        await groups_store.refresh(connection, same)
    return bool(changed or gone)
