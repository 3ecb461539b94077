"""Documents of actors and keys, fetched: one request at a time for each address, failures not repeated at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from archypix.core.database import Database
from federation.documents.terms import has_type
from federation.outbound.cache import Cache
from federation.outbound.client import Outbound
from federation.outbound.errors import FetchError, Gone, OverBudget
from federation.outbound.models import Budget, Signer
from federation.remote import store
from federation.remote.keys import read_key
from federation.remote.models import ActorDocument, RemoteActor
from federation.remote.parsing import is_actor, read_actor

Result = TypeVar("Result")

# What reading one actor may take: the document, keys that it only names, redirects and second knocks.
FETCHES = 8
SECONDS = 15.0
MOST_FAILURES = 10_000
FAILURE_SECONDS = 60.0


class Fetcher:
    """Fetches what stands at an address, and writes actors down. `signer` signs; None until the server has an actor."""

    def __init__(self, database: Database, outbound: Outbound) -> None:
        self.signer: Callable[[], Awaitable[Signer]] | None = None
        self._database = database
        self._outbound = outbound
        self._underway: dict[str, asyncio.Task[RemoteActor | dict[str, Any]]] = {}
        self._failures: Cache[str, FetchError] = Cache(MOST_FAILURES, FAILURE_SECONDS)

    async def fetch(self, url: str, *, budget: Budget | None, again: bool = False) -> RemoteActor | dict[str, Any]:
        """The actor at `url`, written down, or the document of something else. Raises FetchError.

        Whoever asks while it is being fetched waits for the same answer. What failed is not tried again for a minute,
        unless with `again`.
        """
        if not again and (failure := self._failures.get(url)):
            raise _same(failure)
        if budget is not None:
            budget.spend()
        task = self._underway.get(url)
        if task is None:
            task = asyncio.create_task(self._fetch(url), name="fetch actor")
            self._underway[url] = task
            task.add_done_callback(lambda done: self._done(url, done))
        return await _for(budget, asyncio.shield(task))

    async def document(self, url: str, *, budget: Budget | None, signer: Signer | None = None) -> dict[str, Any]:
        """The document at `url`, whatever it is, signed by the server where nobody else signs. Raises FetchError."""
        signer = signer or await self._sign()
        return (await self._outbound.get(url, signer=signer, budget=budget)).data

    async def take(self, uri: str, data: dict[str, Any]) -> RemoteActor:
        """Write down the actor `uri` as `data` has it, which is known to come from there. Raises FetchError."""
        document = await self._with_named_keys(read_actor(uri, data, may_ask=self._outbound.may_ask), Budget(FETCHES))
        async with self._database.transaction() as connection:
            return await store.write(connection, document)

    async def close(self) -> None:
        """End what is under way."""
        tasks = list(self._underway.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, url: str, task: asyncio.Task[RemoteActor | dict[str, Any]]) -> None:
        self._underway.pop(url, None)
        if not task.cancelled():
            # Everybody who waited may have left meanwhile.
            task.exception()

    async def _sign(self) -> Signer | None:
        return None if self.signer is None else await self.signer()

    async def _fetch(self, url: str) -> RemoteActor | dict[str, Any]:
        budget = Budget(FETCHES, SECONDS)
        try:
            data = await self.document(url, budget=budget)
            # At the address of a key, some answer with the actor or a part of it.
            if data["id"] != url or not (is_actor(data) or has_type(data, "Tombstone")):
                return data
            document = await self._with_named_keys(read_actor(url, data, may_ask=self._outbound.may_ask), budget)
        except Gone as error:
            self._failures.put(url, _same(error))
            async with self._database.transaction() as connection:
                await store.set_gone(connection, url)
            raise
        except FetchError as error:
            self._failures.put(url, _same(error))
            raise
        async with self._database.transaction() as connection:
            actor = await store.write(connection, document)
        self._failures.drop(url)
        return actor

    async def _with_named_keys(self, document: ActorDocument, budget: Budget) -> ActorDocument:
        """The document with the keys that it only names; those that cannot be had are left out."""
        keys = list(document.keys)
        for name in document.named_keys:
            try:
                data = await self.document(name, budget=budget)
            except FetchError:
                continue
            shown = data.get("publicKey") if isinstance(data.get("publicKey"), dict) else data
            key = read_key(shown, owner=document.uri) if isinstance(shown, dict) else None
            if key is not None and key.id == name:
                keys.append(key)
        return replace(document, keys=tuple(keys), named_keys=())


async def _for(budget: Budget | None, waiting: Awaitable[Result]) -> Result:
    if budget is None:
        return await waiting
    try:
        async with asyncio.timeout(max(0.0, budget.left())):
            return await waiting
    except TimeoutError:
        raise OverBudget("too long a time for one activity") from None


def _same(error: FetchError) -> FetchError:
    """The same failure anew, without the frames that the first one holds."""
    return type(error)(error.detail, status=error.status, retry_after=error.retry_after)
