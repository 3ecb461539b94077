"""Saying something: an activity and its deliveries, written in the transaction of the change that causes them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from archypix.core.database import Connection, Database
from archypix.core.ids import new_id
from federation.actors.models import LocalActor
from federation.addresses import Addresses
from federation.documents.contexts import AS
from federation.outbox import hosts_store, store
from federation.outbox.models import Followers, Recipients

LONGEST = 262_144
LONGEST_KEY = 2048
# A host's messages tell that it lives; once a minute is often enough to write that down.
SEEN_SECONDS = 60.0
SEEN_HOSTS = 10_000


class Outbox:
    """Where every room says what its actors have to tell. Delivered by `DeliveryLoop`."""

    def __init__(self, database: Database, addresses: Addresses) -> None:
        self._database = database
        self._addresses = addresses
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def publish(
        self,
        connection: Connection,
        actor: LocalActor,
        activity: Mapping[str, Any],
        *,
        to: Recipients,
        public: bool = False,
        key: str | None = None,
        supersedes: str | None = None,
        urgent: bool | None = None,
        personal: bool = False,
        collection: str | None = None,
        identifier: UUID | None = None,
    ) -> UUID:
        """Say `activity` as `actor`, inside the caller's transaction; the UUID under which it is kept. No network.

        `id` (from `identifier`, or a new UUID), `actor` and `@context` are filled in where they are absent. `to`: ids
        of rows of `remote_actors`, and `FOLLOWERS` or `Followers(actor_id)`; each server gets one copy in its shared
        inbox where it has one, or with `personal` one for each actor. Recipients that are gone, or whose inboxes are,
        get none. Who is addressed (`to`, `cc` of the activity) is the caller's to write.

        Activities with the same `key` (a share, an object; by default the actor) reach an inbox in the order in which
        they were published, so transactions that publish with one key must not run beside each other: take the lock of
        what the key stands for first. `supersedes`: what this actor has queued with that key for the hosts concerned is
        dropped; such an activity is `urgent`, ahead of all that waits, and has that key unless `key` says otherwise.
        `collection` is kept with the deliveries, for headers about it that are made when they are sent. A `public`
        activity stays in the actor's outbox; others can be fetched for a month.
        """
        identifier = identifier or new_id()
        head = {"id": self._addresses.activity(actor.uri, identifier), "actor": actor.uri}
        text = orjson.dumps(_with_context(head | dict(activity)))
        if len(text) > LONGEST:
            raise ValueError("an activity longer than any inbox takes")
        lane_key = key or supersedes or actor.uri
        if len(lane_key) > LONGEST_KEY:
            raise ValueError("a key longer than an address")
        rank = 0 if (supersedes is not None if urgent is None else urgent) else 1
        row_id = await store.insert_activity(
            connection, identifier, actor.id, _type(activity), text.decode(), public=public
        )
        queued = await store.insert_deliveries(
            connection,
            row_id,
            sorted({one for one in to if isinstance(one, int)}),
            sorted({one.actor_id or actor.id for one in to if isinstance(one, Followers)}),
            key=lane_key,
            rank=rank,
            collection=collection,
            personal=personal,
        )
        hosts = sorted(set(queued))
        if supersedes is not None:
            await store.supersede(connection, actor.id, supersedes, row_id, hosts)
        await store.wake(connection, hosts)
        return identifier

    async def withdraw(self, connection: Connection, actor: LocalActor, *identifiers: UUID) -> None:
        """Take public activities out of the outbox collection, such as posts that were deleted."""
        await store.withdraw(connection, actor.id, identifiers)

    async def host_seen(self, host: str) -> None:
        """A valid message came from `host` (`name[:port]`): where it was unreachable or pausing, it is tried again at
        once. Cheap: each host is looked up once a minute at most."""
        now = time.monotonic()
        if self._seen.get(host, 0.0) > now:
            return
        self._seen[host] = now + SEEN_SECONDS
        self._seen.move_to_end(host)
        while len(self._seen) > SEEN_HOSTS:
            self._seen.popitem(last=False)
        async with self._database.connection() as connection:
            if await hosts_store.revive(connection, host):
                await store.wake(connection, [host])


def _with_context(document: dict[str, Any]) -> dict[str, Any]:
    """The document with a context at its top: its own, that of the object in it, or ActivityStreams alone."""
    if "@context" in document:
        return document
    inner = document.get("object")
    if isinstance(inner, Mapping) and "@context" in inner:
        inside = {key: value for key, value in inner.items() if key != "@context"}
        return {"@context": inner["@context"], **document, "object": inside}
    return {"@context": AS, **document}


def _type(activity: Mapping[str, Any]) -> str:
    kind = activity["type"]
    first = kind[0] if isinstance(kind, list) else kind
    if not isinstance(first, str):
        raise ValueError("an activity without a type")
    return first
