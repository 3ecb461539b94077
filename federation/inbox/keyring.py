"""Keys of actors for checking a message, without a trace as long as the message is not accepted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from archypix.core import clock
from federation.documents.origins import neighbourhood
from federation.documents.terms import embedded
from federation.inbox.limits import TooMany
from federation.outbound.cache import Cache
from federation.outbound.errors import FetchError, OverBudget
from federation.outbound.models import Budget
from federation.remote.keys import read_key
from federation.remote.models import ActorDocument, RemoteActor
from federation.remote.parsing import read_actor
from federation.remote.service import RemoteActors
from federation.signatures.models import PublicKey

MOST_KEPT = 2_000
# An actor is read again for a signature that does not hold at most once in so many seconds.
KEPT_SECONDS = 20.0
# Beside each other at the hosts of one domain, and waiting for that; a server that does not answer must not hold up the
# others.
AT_ONCE_OF_HOST = 8
MOST_LOOKUPS_OF_HOST = 64
MOST_LOOKUPS = 192
FETCHES = 8
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Found:
    """An actor that was read just now. `data` is its document, which only who had it fetched is given."""

    document: ActorDocument
    data: dict[str, Any] | None

    def key(self, key_id: str) -> PublicKey | None:
        """The key of that id, if the actor lists it."""
        return next((key for key in self.document.keys if key.id == key_id), None)

    def actor(self) -> RemoteActor:
        """The actor as its row will be; until then without an id."""
        said = self.document
        return RemoteActor(
            id=0, uri=said.uri, host=said.host, handle=f"{said.username}@{said.host}", handle_verified=False,
            claimed=said.claimed, type=said.type, username=said.username, name=said.name, summary=said.summary,
            url=said.url, icon_url=said.icon_url, inbox=said.inbox, shared_inbox=said.shared_inbox,
            outbox=said.outbox, followers_uri=said.followers_uri, moved_to=said.moved_to,
            also_known_as=said.also_known_as, approves_followers=said.approves_followers, keys=said.keys,
            gone=False, local=False, fetched_at=clock.now(),
        )  # fmt: skip


class Keyring:
    """Reads actors' documents. `may_ask` tells which addresses could be asked at all."""

    def __init__(self, remote: RemoteActors, may_ask: Callable[[str], bool]) -> None:
        self._remote = remote
        self._may_ask = may_ask
        self._kept: Cache[str, ActorDocument | FetchError] = Cache(MOST_KEPT, KEPT_SECONDS)
        self._doubted: Cache[str, bool] = Cache(MOST_KEPT, KEPT_SECONDS)
        self._underway: dict[str, asyncio.Task[Found]] = {}
        self._busy: Counter[str] = Counter()
        self._places: dict[str, asyncio.Semaphore] = {}

    async def read(self, uri: str, host: str) -> Found:
        """The actor `uri` as it describes itself, at most 20 seconds ago. Raises FetchError; `TooMany`."""
        kept = self._kept.get(uri)
        if isinstance(kept, FetchError):
            raise type(kept)(kept.detail, status=kept.status)
        if kept is not None:
            return Found(kept, None)
        task = self._underway.get(uri)
        if task is None:
            host = neighbourhood(host)
            if len(self._underway) >= MOST_LOOKUPS or self._busy[host] >= MOST_LOOKUPS_OF_HOST:
                raise TooMany(5.0)
            places = self._places.setdefault(host, asyncio.Semaphore(AT_ONCE_OF_HOST))
            task = asyncio.create_task(self._read(uri, places), name="read actor")
            self._underway[uri] = task
            self._busy[host] += 1
            task.add_done_callback(lambda _: self._done(uri, host))
        return await asyncio.shield(task)

    async def read_again(self, uri: str, host: str) -> Found:
        """As `read`, past what is kept, unless the actor was read for a doubt less than 20 seconds ago."""
        if not self._doubted.get(uri):
            self.doubt(uri)
            self._kept.drop(uri)
        return await self.read(uri, host)

    def doubt(self, uri: str) -> None:
        """The actor was just read because of a signature that did not hold: for a while that was often enough."""
        self._doubted.put(uri, True)

    def _done(self, uri: str, host: str) -> None:
        self._underway.pop(uri, None)
        self._busy[host] -= 1
        if self._busy[host] <= 0:
            del self._busy[host], self._places[host]

    async def _read(self, uri: str, places: asyncio.Semaphore) -> Found:
        try:
            async with places, asyncio.timeout(SECONDS):
                budget = Budget(FETCHES, SECONDS)
                data = await self._remote.object(uri, budget=budget)
                document = await self._with_named_keys(read_actor(uri, data, may_ask=self._may_ask), budget)
        except TimeoutError:
            error = OverBudget("too long a time for one activity")
            self._kept.put(uri, error)
            raise error from None
        except FetchError as error:
            self._kept.put(uri, type(error)(error.detail, status=error.status))
            raise
        self._kept.put(uri, document)
        return Found(document, data)

    async def _with_named_keys(self, document: ActorDocument, budget: Budget) -> ActorDocument:
        """The document with the keys that it only names; such a key's document has that id, and names the owner."""
        keys = list(document.keys)
        for name in document.named_keys:
            try:
                data = await self._remote.object(name, budget=budget)
            except FetchError:
                continue
            key = read_key(embedded(data.get("publicKey")) or data, owner=document.uri)
            if key is not None and key.id == name:
                keys.append(key)
        return replace(document, keys=tuple(keys), named_keys=())
