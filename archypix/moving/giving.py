"""The side of a move that somebody leaves: what is theirs, given page by page to the backend that was named."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from archypix.core.database import Connection, Database, migrations
from archypix.core.errors import Conflict, NotFound, Unavailable
from archypix.moving import departures_store, giving_store, rows_store, transit
from archypix.moving.describing import Moves
from archypix.moving.giving_store import File
from archypix.moving.ids import Line
from archypix.moving.manifest import MOVES, named
from archypix.moving.models import Offer, Thumbnail
from archypix.moving.ports import Keys, Relations
from archypix.moving.sums import Adding
from archypix.storage.interface import Storage
from archypix.storage.keys import VARIANTS, thumbnail_key

FILES: Final = 100
MENTIONED: Final = 200
# What is given apart from the tables of the manifest, before them.
OTHERS: Final = "others"
ADDRESS_SECONDS: Final = 6 * 3600
AT_ONCE: Final = 8
AGAIN_SECONDS: Final = 1.0


def schema() -> str:
    """A digest of the schema: rows go only where it is the same."""
    steps = b"".join(step.digest for step in migrations())
    return hashlib.sha256(steps).hexdigest()


class Giving:
    """Answers the backend to which somebody goes, about a move; `NotFound` where there is none."""

    def __init__(self, database: Database, storage: Storage, *, relations: Relations, keys: Keys, origin: str) -> None:
        self._database = database
        self._storage = storage
        self._relations = relations
        self._keys = keys
        self._origin = origin

    async def manifest(self, move: UUID) -> dict[str, Any]:
        """What both sides must have alike, and how much there is."""
        async with self._database.connection() as connection:
            account = await self._account(connection, move)
            totals = await giving_store.totals(connection, account)
        return {"schema": schema(), **totals}

    async def blobs(self, move: UUID, after: str | None) -> dict[str, Any]:
        """Offers of files behind the place `after`: a page, and where the next one begins."""
        async with self._database.connection() as connection:
            account = await self._account(connection, move)
            files, following = await giving_store.files(connection, account, after, FILES)
        limit = asyncio.Semaphore(AT_ONCE)
        offers = await asyncio.gather(*(self._offer(file, limit) for file in files))
        return {"items": [asdict(offer) for offer in offers], "next": following}

    async def rows(self, move: UUID, part: str, after: str | None, seal_for: str) -> dict[str, Any]:
        """A page of rows of a table, or of `others` whom they name. `Unavailable` while anything may still change."""
        async with self._database.connection() as connection, connection.transaction(readonly=True):
            account = await self._still(connection, move)
            await rows_store.speak_plainly(connection)
            if part == OTHERS:
                return await self._others(connection, account, after)
            table = named(part)
            if table is None:
                raise NotFound("There is no such table.")
            lines, following = await rows_store.page(connection, table, account, after, table.page)
            if part == "actor_keys":
                lines = [self._sealed(line, seal_for) for line in lines]
        return {"lines": lines, "next": following}

    async def sums(self, move: UUID) -> dict[str, Any]:
        """Number and hash of all rows of each table. `Unavailable` while anything may still change."""
        found = {}
        async with (
            self._database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            account = await self._still(connection, move)
            await rows_store.speak_plainly(connection)
            for table in MOVES:
                found[table.table] = asdict((await summed(connection, table, account)).sum())
        return found

    async def _account(self, connection: Connection, move: UUID) -> int:
        departure = await departures_store.find(connection, move)
        if departure is None or departure["state"] not in ("announced", "held"):
            raise NotFound("There is no such move.")
        return int(departure["account_id"])

    async def _still(self, connection: Connection, move: UUID) -> int:
        account = await self._account(connection, move)
        if not await departures_store.is_settled(connection, move):
            raise Unavailable("Something of the account may still change.", retry_after=AGAIN_SECONDS)
        return account

    async def _others(self, connection: Connection, account: int, after: str | None) -> dict[str, Any]:
        rows = await rows_store.mentioned(connection, account, int(after or 0), MENTIONED)
        lines = await self._relations.given(connection, rows) if rows else []
        return {"lines": lines, "next": str(rows[-1]) if len(rows) == MENTIONED else None}

    def _sealed(self, line: Line, seal_for: str) -> Line:
        """A key for the other side alone. One whose private half is erased has none."""
        if line["sealed"] is None:
            return line
        opened = self._keys.reveal(line["actor_id"], line["kind"], bytes.fromhex(line["sealed"].removeprefix("\\x")))
        return line | {"sealed": f"\\x{transit.seal(seal_for, opened).hex()}"}

    async def _offer(self, file: File, limit: asyncio.Semaphore) -> Offer:
        url = self._address(file.key, file.media_type)
        thumbnails: dict[str, Thumbnail] = {}
        if file.has_thumbnails and file.blob_id is not None:
            for variant in VARIANTS:
                key = thumbnail_key(file.blob_id, variant)
                async with limit:
                    info = await self._storage.stat(key)
                if info is not None:
                    thumbnails[variant] = Thumbnail(self._address(key, "image/webp"), info.size)
        return Offer(file.sha256.hex(), file.size, file.media_type, url, thumbnails, file.scrap)

    def _address(self, key: str, media_type: str) -> str:
        return self._storage.presign_get(
            key, expires_in=ADDRESS_SECONDS, media_type=media_type, inline=False, origin=self._origin
        )


async def summed(connection: Connection, table: Moves, account: int) -> Adding:
    """All rows of a person in a table, added up in a thread."""
    adding = Adding(table)
    async for lines in rows_store.all_pages(connection, table, account):
        await asyncio.to_thread(adding.add, lines)
    return adding


def require_same(said: dict[str, Any]) -> None:
    """Return where the other side's schema is ours; `Conflict`."""
    if said.get("schema") != schema():
        raise Conflict("Both servers must run the same version of Archypix.", code="other_version")
