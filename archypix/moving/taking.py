"""The rows of somebody who arrives, written in one transaction under the numbers of this database, and compared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import Conflict, Invalid
from archypix.moving import arrivals_store, rows_store, scraps_store
from archypix.moving.describing import Moves
from archypix.moving.giving import OTHERS
from archypix.moving.ids import Ids, Line
from archypix.moving.manifest import MOVES
from archypix.moving.models import Sum
from archypix.moving.ports import Keys, Relations
from archypix.moving.sums import Adding

Opened = Callable[[bytes], bytes]


class Missing(Conflict):
    """A file that a row needs is not here (any more): it has to be brought first."""

    code = "missing_file"


class Differs(Conflict):
    """What was written is not what was given."""

    code = "differs"


class Taking:
    """One taking, inside the caller's transaction. `account_id` is the account's once `take` is through."""

    def __init__(self, connection: Connection, move: UUID, *, relations: Relations, keys: Keys, opened: Opened) -> None:
        self._connection = connection
        self._move = move
        self._relations = relations
        self._keys = keys
        self._opened = opened
        self._ids = Ids()
        self.account_id = 0

    async def take(self, sums: dict[str, Sum]) -> None:
        """Write everything, and compare it with the sums that the other side has. `Missing`, `Differs`, `Invalid`."""
        connection = self._connection
        await rows_store.say_moving(connection)
        await rows_store.speak_plainly(connection)
        async for lines in arrivals_store.pages(connection, self._move, OTHERS):
            self._ids.add("remote", await self._relations.taken(connection, lines))
        for table in MOVES:
            await self._take_table(table)
        for table in MOVES:
            if table.late:
                async for lines in arrivals_store.pages(connection, self._move, table.table):
                    await rows_store.complete(connection, table, await self._exchanged(table, lines))
        await self._compare(sums)

    async def _take_table(self, table: Moves) -> None:
        names = [name for name in await self._columns(table) if name not in table.left]
        if table.table == "accounts":
            names.append("arriving")
        elif not table.common:
            await rows_store.clear(self._connection, table, self.account_id)
        if table.blob is not None:
            names.append("blob_id")
        async for lines in arrivals_store.pages(self._connection, self._move, table.table):
            if table.table == "feed_posts":
                await self._same_posts(lines)
            exchanged = await self._exchanged(table, lines)
            await self._prepare(table, exchanged)
            if exchanged:
                await rows_store.insert(self._connection, table, names, exchanged)
            if table.table == "accounts":
                self.account_id = int(exchanged[0]["id"])

    async def _columns(self, table: Moves) -> list[str]:
        """The columns that are written at once."""
        later = table.counted | table.late
        return [name for name in await rows_store.columns(self._connection, table.table) if name not in later]

    async def _exchanged(self, table: Moves, lines: Sequence[Line]) -> list[Line]:
        """The rows with numbers of this database; those that nobody has had yet are given now."""
        done = await asyncio.to_thread(exchange, table, lines, self._ids)
        if self._ids.missing:
            for kind, olds in list(self._ids.missing.items()):
                self._ids.add(kind, await self._given(kind, sorted(olds)))
            done = await asyncio.to_thread(exchange, table, lines, self._ids)
        return done

    async def _given(self, kind: str, olds: Sequence[Any]) -> dict[Any, Any]:
        if kind == "post":
            return {old: old for old in olds}
        return await rows_store.numbers(self._connection, kind, olds)

    async def _same_posts(self, lines: Sequence[Line]) -> None:
        """Posts that others here see as well have the ids that they have here."""
        self._ids.add("post", {line["id"]: line["id"] for line in lines})
        self._ids.add("post", await rows_store.posts_of(self._connection, {line["id"]: line["uri"] for line in lines}))

    async def _prepare(self, table: Moves, lines: Sequence[Line]) -> None:
        """What a row needs beside its numbers: its file, its key, its place in a queue."""
        if table.blob is not None:
            await self._find_files(table.blob, lines)
        if table.table == "drive_scraps":
            await scraps_store.make_way(self._connection, self._move, [UUID(line["id"]) for line in lines])
        for line in lines:
            if table.table == "accounts":
                line["arriving"] = True
            elif table.table == "actor_keys" and line["sealed"] is not None:
                line["sealed"] = self._resealed(line)
            elif table.table == "deliveries":
                known = self._ids.known
                line["key"] = self._relations.delivery_key(line["key"], known.get("actor", {}), known.get("remote", {}))

    async def _find_files(self, name: str, lines: Sequence[Line]) -> None:
        wanted = {line[name] for line in lines if line[name] is not None}
        found = await rows_store.blobs_of(
            self._connection, [bytes.fromhex(each.removeprefix("\\x")) for each in sorted(wanted)]
        )
        if lost := sorted(wanted - found.keys()):
            raise Missing(f"{len(lost)} files are not here yet, {lost[0]} for one.")
        for line in lines:
            line["blob_id"] = None if line[name] is None else str(found[line[name]])

    def _resealed(self, line: Line) -> str:
        private = self._opened(bytes.fromhex(line["sealed"].removeprefix("\\x")))
        if not self._keys.matches(line["kind"], line["public"], private):
            raise Invalid("A private key is not that of its public one.", code="wrong_key")
        return f"\\x{self._keys.seal(line['actor_id'], line['kind'], private).hex()}"

    async def _compare(self, sums: dict[str, Sum]) -> None:
        """Read everything again as the other side would, and add it up."""
        back = self._ids.turned()
        for table in MOVES:
            if table.common:
                continue
            adding = Adding(table)
            async for lines in rows_store.all_pages(self._connection, table, self.account_id):
                await asyncio.to_thread(_add, adding, table, lines, back)
            said, found = sums[table.table], adding.sum()
            if said != found:
                raise Differs(f"Of {table.table} {said.count} rows were given, and {found.count} are others here.")


def exchange(table: Moves, lines: Sequence[Line], ids: Ids) -> list[Line]:
    """Rows with the numbers that `ids` says. Blocking."""
    return [line | {name: rule(ids, line[name], line) for name, rule in table.ids.items()} for line in lines]


def _add(adding: Adding, table: Moves, lines: Sequence[Line], back: Ids) -> None:
    adding.add(exchange(table, lines, back))
