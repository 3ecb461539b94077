"""Names of the people of this server, in memory: what decides whether an address of the domain is local."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from archypix.core.database import Database
from archypix.core.listening import listen_forever
from federation.domain import store

CHANNEL = "archypix_names"


class LocalNames:
    """A set of names that follows the database: `load` it before the first question; `run` keeps it up to date."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url
        self._names: set[str] = set()
        self._told: set[str] = set()
        self._heard = asyncio.Event()
        self._all = False
        # Called with each name that is told.
        self.listeners: list[Callable[[str], None]] = []

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __len__(self) -> int:
        return len(self._names)

    async def load(self) -> None:
        """Read all of them."""
        async with self._database.connection() as connection:
            self._names = await store.local_names(connection)

    async def look(self, *names: str) -> None:
        """Read these anew, at once."""
        async with self._database.connection() as connection:
            found = await store.which_are_local(connection, names)
        self._names = (self._names - set(names)) | found

    async def run(self) -> None:
        """Follow what is told, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(listen_forever(self._url, CHANNEL, self._hear, begun=self._hear_all, lost=self._hear_all))

    def _hear(self, name: str) -> None:
        self._told.add(name)
        for listener in self.listeners:
            listener(name)
        self._heard.set()

    def _hear_all(self) -> None:
        self._all = True
        self._heard.set()

    async def _follow(self) -> None:
        while True:
            await self._heard.wait()
            self._heard.clear()
            told, self._told = self._told, set()
            whole, self._all = self._all, False
            try:
                await (self.load() if whole else self.look(*told))
            except Exception:
                # Whatever it was, nothing that was told must be forgotten.
                self._all = True
                raise
