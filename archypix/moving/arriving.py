"""One arrival being worked at: files first, while the person goes on working; then everything else, all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from archypix.core.database import Database
from archypix.core.errors import Invalid, Unavailable
from archypix.moving import arrivals_store as store
from archypix.moving import purging
from archypix.moving.fetching import Fetcher
from archypix.moving.giving import OTHERS, require_same
from archypix.moving.manifest import MOVES
from archypix.moving.models import Arrival, Sum
from archypix.moving.ports import Keys, Relations, Source
from archypix.moving.sums import Adding
from archypix.moving.taking import Taking
from archypix.moving.transit import Opener
from archypix.storage.interface import Storage

PARTS: Final = (OTHERS, *(table.table for table in MOVES))
KEYS: Final = "actor_keys"


class Arriving:
    """One try. It stops where `going_on` says no: somebody else is at it, or the move was ended."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        arrival: Arrival,
        source: Source,
        *,
        relations: Relations,
        keys: Keys,
        going_on: Callable[[], bool],
    ) -> None:
        self._database = database
        self._storage = storage
        self._arrival = arrival
        self._source = source
        self._relations = relations
        self._keys = keys
        self._going_on = going_on
        self._fetcher = Fetcher(database, storage, arrival.move, source)
        self._opener = Opener()

    async def copy(self) -> None:
        """Bring all files that there are now."""
        await self._compare_notes()
        await self._fetcher.fetch_all(self._going_on)
        async with self._database.transaction() as connection:
            row = await store.lock(connection, self._arrival.move)
            if self._going_on() and row is not None and row["state"] == "copying":
                await store.set_state(connection, self._arrival.move, "copied")

    async def take(self) -> None:
        """Bring what came since, and all rows; write them, and compare."""
        await self._compare_notes()
        await self._fetcher.fetch_all(self._going_on)
        await self._forget(KEYS)  # sealed for an opener that nobody has any more
        for part in PARTS:
            await self._read(part)
        sums = await self._agreed_sums()
        await self._make_room()
        async with self._database.transaction() as connection:
            row = await store.lock(connection, self._arrival.move)
            if not self._going_on() or row is None or row["state"] != "taking":
                return
            taking = Taking(
                connection, self._arrival.move, relations=self._relations, keys=self._keys, opened=self._opener.open
            )
            await taking.take(sums)
            await store.set_account(connection, self._arrival.move, taking.account_id)
            await store.set_state(connection, self._arrival.move, "taken")

    async def _compare_notes(self) -> None:
        said = await self._source.manifest()
        require_same(said)
        async with self._database.transaction() as connection:
            await store.set_totals(connection, self._arrival.move, said)

    async def _read(self, part: str) -> None:
        """The rest of a part, page by page, each kept before the next is asked for."""
        async with self._database.connection() as connection:
            last = await store.last_page(connection, self._arrival.move, part)
        if last is not None and last["next"] is None:
            return
        after = None if last is None else last["next"]
        while self._going_on():
            said = await self._source.rows(part, after, self._opener.public)
            if not all(isinstance(line, dict) for line in said["lines"]):
                raise Invalid("These are no rows.", code="no_rows")
            after = said["next"]
            async with self._database.transaction() as connection:
                await store.put_page(connection, self._arrival.move, part, said["lines"], after)
            if after is None:
                return

    async def _agreed_sums(self) -> dict[str, Sum]:
        """The sums of the other side. What is here and differs from them is read again, the next time."""
        said = {name: Sum(int(each["count"]), each["sha256"]) for name, each in (await self._source.sums()).items()}
        differing = []
        for table in MOVES:
            adding = Adding(table)
            async with self._database.connection() as connection:
                async for lines in store.pages(connection, self._arrival.move, table.table):
                    adding.add(lines)
            if adding.sum() != said[table.table]:
                differing.append(table.table)
        if differing:
            for part in differing:
                await self._forget(part)
            raise Unavailable(
                "Something has changed meanwhile: it is read again.", log_detail=", ".join(differing), retry_after=1.0
            )
        return said

    async def _forget(self, part: str) -> None:
        async with self._database.transaction() as connection:
            await store.forget_pages(connection, self._arrival.move, part)

    async def _make_room(self) -> None:
        """Whoever lived here before has left nothing but their name by now."""
        async with self._database.connection() as connection:
            account: Any = await store.standing(connection, self._arrival.name)
        if account is not None and account["moved_to"] is not None:
            await purging.purge(self._database, account["id"], lasting=False)
