"""Actors of other servers: fetched, kept, refreshed, found by their handles; and their keys."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from archypix.core import clock
from archypix.core.database import Connection, Database
from federation.documents.origins import same_origin
from federation.documents.terms import has_type
from federation.outbound.cache import Cache
from federation.outbound.client import Outbound
from federation.outbound.errors import Denied, FetchError, Gone, Misbehaved, Refused
from federation.outbound.models import Budget, Signer
from federation.remote import rows, store
from federation.remote.fetching import Fetcher
from federation.remote.finding import Finder, parse
from federation.remote.handles import Handle
from federation.remote.keys import owner_of
from federation.remote.models import RemoteActor
from federation.remote.parsing import is_web
from federation.signatures.models import PublicKey

logger = logging.getLogger(__name__)

STALE_AFTER = timedelta(days=1)
# Where a server does not answer, what is known of its people is good for this long.
LONGEST_STALE = timedelta(days=30)
FRESH_SECONDS = 1.0
MOST_CACHED = 2000
MOST_KEYS = 10_000
CACHE_SECONDS = 60.0
REFRESH_SECONDS = 60.0
SWEPT_AT_ONCE = 500
KEPT_FOR = timedelta(days=30)


class RemoteActors:
    """The cache of remote actors: a table, and what of it is in use in memory, for a minute.

    `signer` gives the key of the instance actor, which signs what is fetched here; it is set when there is one.
    """

    def __init__(self, database: Database, outbound: Outbound) -> None:
        self._database = database
        self._outbound = outbound
        self._fetcher = Fetcher(database, outbound)
        self._finder = Finder(outbound, self._fetcher)
        self._actors: Cache[str, RemoteActor] = Cache(MOST_CACHED, CACHE_SECONDS)
        self._keys: Cache[str, PublicKey] = Cache(MOST_KEYS, CACHE_SECONDS)
        self._refreshed: Cache[str, bool] = Cache(MOST_KEYS, REFRESH_SECONDS)

    @property
    def signer(self) -> Callable[[], Awaitable[Signer]] | None:
        """Who signs what is fetched here."""
        return self._fetcher.signer

    @signer.setter
    def signer(self, signer: Callable[[], Awaitable[Signer]]) -> None:
        self._fetcher.signer = signer

    async def close(self) -> None:
        """End what is under way."""
        await self._fetcher.close()

    async def get(self, uri: str, *, fresh: bool = False, budget: Budget | None = None) -> RemoteActor:
        """The actor `uri`, fetched where it is unknown, a day old, or must be `fresh` (a second old at most).

        Raises FetchError; Gone for one who has been deleted. Where its server does not answer, what is known of it
        counts for a month, unless it must be fresh.
        """
        _check(uri)
        actor = await self.known(uri)
        age = None if actor is None else clock.now() - actor.fetched_at
        good_for = timedelta(seconds=FRESH_SECONDS) if fresh else STALE_AFTER
        if actor is not None and age is not None and (actor.local or age < good_for):
            return _living(actor)
        try:
            return await self._refresh(uri, budget, again=fresh)
        except FetchError as error:
            if actor is None or age is None or actor.gone or fresh or isinstance(error, Gone) or age > LONGEST_STALE:
                raise
            logger.info("actor %s is not refreshed: %s", uri, error)
            return actor

    async def reread(self, uri: str, *, budget: Budget | None = None) -> RemoteActor:
        """The actor as their server shows them now, however fresh what is known is. Raises FetchError."""
        _check(uri)
        return await self._refresh(uri, budget, again=True)

    async def known(self, uri: str) -> RemoteActor | None:
        """The actor if it has a row (gone ones and local ones too); never fetches."""
        if kept := self._actors.get(uri):
            return kept
        if not is_web(uri):
            return None
        async with self._database.connection() as connection:
            actor = await store.by_uri(connection, uri)
        if actor is not None:
            self._actors.put(uri, actor)
        return actor

    async def by_ids(self, connection: Connection, numbers: Sequence[int]) -> dict[int, RemoteActor]:
        """The actors of these rows, by row."""
        return {actor.id: actor for actor in await store.by_ids(connection, numbers)}

    async def key(self, key_id: str, *, budget: Budget | None = None) -> PublicKey:
        """The key of that id, of the origin of its owner, who lists it. Raises FetchError.

        A key that is known is not asked for again as long as its owner is not stale.
        """
        if kept := self._keys.get(key_id):
            return kept
        _check(key_id)
        async with self._database.connection() as connection:
            owner = await store.owner_of_key(connection, key_id)
        if owner is None:
            return await self._find_key(key_id, budget)
        return self._listed(await self.get(owner, budget=budget), key_id)

    async def refresh_key(self, key_id: str, *, budget: Budget | None = None) -> PublicKey | None:
        """The key read anew from its owner; None where its owner was asked less than a minute ago already.

        For a signature that the known key does not bear out: keys are changed silently, too. Raises FetchError.
        """
        _check(key_id)
        async with self._database.connection() as connection:
            owner = await store.owner_of_key(connection, key_id)
        if owner is None:
            return await self._find_key(key_id, budget)
        if not self._may_refresh(owner):
            return None
        self._keys.drop(key_id)
        return self._listed(await self._refresh(owner, budget, again=True), key_id)

    async def resolve(self, handle: str, *, budget: Budget | None = None) -> RemoteActor:
        """The actor of `@a@host`, `a@host`, `acct:a@host`, or a profile's address, its handle checked both ways.

        Raises Invalid for what is no handle, and FetchError.
        """
        wanted, budget = parse(handle), budget or Budget(12)
        if isinstance(wanted, Handle):
            async with self._database.connection() as connection:
                known = await store.by_handle(connection, str(wanted), verified_since=clock.now() - STALE_AFTER)
            uri = known.uri if known is not None else await self._finder.actor_of(wanted, budget)
            actor = await self.get(uri, budget=budget)
            return actor if known is not None else await self.confirm(actor, budget=budget)
        known = await self.known(wanted)
        uri = wanted if known is not None else await self._finder.actor_at(wanted, budget)
        return await self.confirm(await self.get(uri, budget=budget), budget=budget)

    async def confirm(self, actor: RemoteActor, *, budget: Budget | None = None) -> RemoteActor:
        """The actor with its handle checked by WebFinger, both ways; where that fails, with the one made of its id."""
        if actor.local or actor.gone:
            return actor
        try:
            handle = await self._finder.confirmed(actor, budget or Budget(4))
        except FetchError as error:
            logger.info("the handle of %s is not checked: %s", actor.uri, error)
            return actor
        async with self._database.transaction() as connection:
            if handle is not None:
                await store.set_handle(connection, actor.id, str(handle))
            else:
                await store.unset_handle(connection, actor.id)
        self._actors.drop(actor.uri)
        return await self.known(actor.uri) or actor

    async def object(self, uri: str, *, budget: Budget | None = None, signer: Signer | None = None) -> dict[str, Any]:
        """The object whose id is `uri`, from there. Raises FetchError; Gone for a tombstone too."""
        data = await self._fetcher.document(uri, budget=budget, signer=signer)
        if data["id"] != uri:
            raise Misbehaved("the document has another id than was asked for")
        if has_type(data, "Tombstone"):
            raise Gone("it has been deleted", status=410)
        return data

    async def take(self, uri: str, data: dict[str, Any]) -> RemoteActor:
        """Write down the actor `uri` as it has described itself in a message of its own. Raises FetchError."""
        actor = await self._fetcher.take(uri, data)
        self._forget(actor)
        return actor

    async def row(self, connection: Connection, actor: RemoteActor) -> int:
        """Id of the row of an actor, which stays until the caller's transaction ends; inserted if it was swept away."""
        return await store.hold(connection, actor.uri) or (await store.write(connection, rows.document_of(actor))).id

    async def row_of_local(
        self, connection: Connection, *, uri: str, handle: str, inbox: str, name: str = "", type: str = "Person",
        followers_uri: str | None = None,
    ) -> int:  # fmt: skip
        """Id of the row of an actor of this server, inserted or brought up to date. `handle` is `alice@example.org`."""
        document = rows.local(uri, handle=handle, inbox=inbox, name=name, kind=type, followers_uri=followers_uri)
        self._actors.drop(uri)
        return await store.write_local(connection, document)

    async def mark_gone(self, connection: Connection, uri: str) -> bool:
        """Keep a tombstone of a deleted actor, so that what comes late is refused; False where it was not known."""
        self._drop(uri, await store.by_uri(connection, uri))
        return await store.set_gone(connection, uri)

    async def mark_moved(self, connection: Connection, uri: str, target: str) -> bool:
        """Write down that an actor has moved; False where it was not known. The caller has asked the target."""
        self._actors.drop(uri)
        return await store.set_moved(connection, uri, target)

    def forget_known(self, uri: str) -> None:
        """Look an actor, and those below it, up anew in the database: somebody else has changed the rows."""
        for known in self._actors.keys():  # noqa: SIM118 - no dictionary
            if known == uri or known.startswith(f"{uri}/"):
                self._drop(known, self._actors.get(known))

    async def forget(self, connection: Connection, uri: str) -> None:
        """Delete an actor's row; fails where other tables do not let go of it."""
        self._drop(uri, await store.by_uri(connection, uri))
        await store.delete(connection, uri)

    async def sweep(self) -> int:
        """Delete actors that nothing refers to and that were not asked for in a month; how many."""
        after: int | None = 0
        deleted = 0
        while after is not None:
            async with self._database.transaction() as connection:
                after, count = await store.sweep(connection, after=after, older_than=KEPT_FOR, most=SWEPT_AT_ONCE)
            deleted += count
        return deleted

    async def _refresh(self, uri: str, budget: Budget | None, *, again: bool) -> RemoteActor:
        try:
            found = await self._fetcher.fetch(uri, budget=budget, again=again)
        except Gone:
            self._drop(uri, self._actors.get(uri))
            raise
        if not isinstance(found, RemoteActor):
            raise Misbehaved("the document is not that of an actor of this id")
        self._forget(found)
        self._actors.put(uri, found)
        return found

    async def _find_key(self, key_id: str, budget: Budget | None) -> PublicKey:
        """A key that nobody known lists: at its own address is its owner, or a document that names the owner."""
        place = key_id.partition("#")[0]
        known = await self.known(place)
        if known is not None:
            if known.gone or known.local or not self._may_refresh(place):
                raise Denied("the actor lists no such key")
            return self._listed(await self._refresh(place, budget, again=True), key_id)
        found = await self._fetcher.fetch(place, budget=budget)
        if isinstance(found, RemoteActor):
            self._forget(found)
            return self._listed(found, key_id)
        owner = owner_of(found)
        if owner is None or not same_origin(owner, key_id):
            raise Misbehaved("the document is neither an actor's nor a key's")
        # The owner may be known from before it had this key.
        actor = await self.get(owner, budget=budget)
        if actor.key(key_id) is None and self._may_refresh(owner):
            actor = await self._refresh(owner, budget, again=True)
        return self._listed(actor, key_id)

    def _listed(self, actor: RemoteActor, key_id: str) -> PublicKey:
        key = _living(actor).key(key_id)
        if key is None:
            raise Denied("the actor lists no such key")
        self._keys.put(key_id, key)
        return key

    def _may_refresh(self, uri: str) -> bool:
        if self._refreshed.get(uri):
            return False
        self._refreshed.put(uri, True)
        return True

    def _forget(self, actor: RemoteActor) -> None:
        self._drop(actor.uri, actor)

    def _drop(self, uri: str, actor: RemoteActor | None) -> None:
        """Forget what memory has of an actor: itself, and its keys, those of before too."""
        for key in (*(actor.keys if actor else ()), *(kept.keys if (kept := self._actors.get(uri)) else ())):
            self._keys.drop(key.id)
        self._actors.drop(uri)


def _check(uri: str) -> None:
    if not is_web(uri):
        raise Refused("no address of the web")


def _living(actor: RemoteActor) -> RemoteActor:
    if actor.gone:
        raise Gone("the actor has been deleted", status=410)
    return actor
