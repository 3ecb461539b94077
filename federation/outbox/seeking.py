"""Whether an inbox that is gone has a successor: those behind it are looked at anew, once, before that is final."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from archypix.core.database import Database
from federation.outbound.cache import Cache
from federation.outbound.errors import FetchError, Gone
from federation.outbound.models import Budget
from federation.outbox import seeking_store as store
from federation.outbox.models import Due
from federation.remote.service import RemoteActors

# Of those behind a shared inbox, so many tell whether it is another one now.
ASKED = 3
AGAIN_SECONDS = 3600.0
MOST_KEPT = 10_000
FETCHES = 4
SECONDS = 8.0


class Seeker:
    """Looks for those who have left an inbox. Each inbox is asked about once an hour."""

    def __init__(self, database: Database, remote: RemoteActors) -> None:
        self._database = database
        self._remote = remote
        self._asked: Cache[str, bool] = Cache(MOST_KEPT, AGAIN_SECONDS)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def has_moved(self, due: Due) -> bool:
        """Whether the delivery waits for another inbox by now. Raises FetchError, which may be one to pass."""
        if await self._waits_elsewhere(due):
            return True
        lock = self._locks.setdefault(due.inbox, asyncio.Lock())
        async with lock:
            if self._asked.get(due.inbox) is None:
                await self._ask(due.inbox)
        return await self._waits_elsewhere(due)

    async def _waits_elsewhere(self, due: Due) -> bool:
        async with self._database.connection() as connection:
            return await store.waits_elsewhere(connection, due.id, due.inbox)

    async def _ask(self, inbox: str) -> None:
        async with self._database.connection() as connection:
            behind = await store.behind(connection, inbox, ASKED)
        self._asked.put(inbox, True)
        budget = Budget(FETCHES * ASKED, SECONDS)
        for uri, shared in behind:
            try:
                found = await self._remote.reread(uri, budget=budget)
            except Gone:
                continue
            except FetchError as error:
                if error.retryable:
                    self._asked.drop(inbox)
                    raise
                continue
            # A row that somebody had in hand was passed over when the actor was written down.
            successor = found.shared_inbox or found.inbox if shared else found.inbox
            if successor is not None and successor != inbox:
                async with self._database.connection() as connection:
                    await store.redirect(connection, inbox, successor, local=found.local)
                return
