"""A person's relations when they move between backends of one domain: from local to remote ones, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from archypix.core.database import Connection
from federation.actors import store as actors_store
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.documents.terms import PUBLIC
from federation.domain import store as domain_store
from federation.follows.ties import Ties
from federation.moving import keys
from federation.moving import relations_store as store
from federation.moving.places import place
from federation.outbox.models import FOLLOWERS
from federation.outbox.service import Outbox
from federation.remote.service import RemoteActors

FORWARDED_FOR = timedelta(days=30)


class Relations:
    """What moving does about others, each step inside the caller's transaction. No network."""

    def __init__(self, actors: ActorService, remote: RemoteActors, outbox: Outbox) -> None:
        self._actors = actors
        self._remote = remote
        self._outbox = outbox
        self._ties = Ties(actors.addresses, remote, outbox)
        self._origin = actors.addresses.origin

    async def given(self, connection: Connection, rows: Sequence[int]) -> list[dict[str, Any]]:
        """These rows of `remote_actors` as another backend takes them; people of this one as it sees them."""
        found = []
        for row in await store.rows(connection, rows):
            values = dict(row)
            if values.pop("local"):
                values |= _seen(values["uri"], self._origin)
            found.append(values)
        return found

    async def taken(self, connection: Connection, given: Sequence[Mapping[str, Any]]) -> dict[int, int]:
        """The rows that `given` actors of another backend have here, by their numbers there; made where there are none.

        Those that are here already stay as they are.
        """
        uris = [one["uri"] for one in given]
        known = await store.numbers(connection, uris)
        here = await store.living_here(connection, [uri for uri in uris if uri not in known])
        await store.insert(connection, [self._row(one, one["uri"] in here) for one in given if one["uri"] not in known])
        known = await store.numbers(connection, uris)
        return {one["id"]: known[one["uri"]] for one in given}

    def _row(self, one: Mapping[str, Any], is_here: bool) -> dict[str, Any]:
        own = {"inbox": place(one["uri"], self._origin).inbox, "shared_inbox": None, "access_url": None}
        return dict(one) | {"local": is_here} | (own | {"pictures_url": None} if is_here else {})

    async def departed(self, connection: Connection, account_id: int, origin: str) -> None:
        """A person of this backend lives at `origin` now. May be repeated.

        Others here have to do with somebody elsewhere, what waits for them goes there, and so does what still comes
        here, for 30 days.
        """
        uris = await store.uris_of(connection, account_id)
        if not uris:
            return
        await store.begin_forwarding(connection, account_id, uris[0], origin, FORWARDED_FOR)
        await store.drop_deliveries(connection, account_id)
        for uri in uris:
            await store.move_away(connection, uri, place(uri, origin))
            self._remote.forget_known(uri)

    async def arrived(self, connection: Connection, account_id: int, origin: str) -> None:
        """A person who lived at the backend `origin` lives here now: those who have to do with them are told where, and
        what they had to say goes out from here. May be repeated; the telling is repeated with it."""
        actors = await actors_store.actors_of(connection, account_id)
        await store.end_forwarding(connection, account_id)
        await store.came_from(connection, account_id, origin)
        await store.forget_keys(connection, [await self._ties.row_of(connection, actor) for actor in actors])
        await store.free_deliveries(connection, account_id, self._origin)
        for actor in actors:
            await self._tell(connection, account_id, actor)

    async def _tell(self, connection: Connection, account_id: int, actor: LocalActor) -> None:
        """The actor as it is now, to all who may have to find it."""
        await actors_store.change(connection, actor.id, {})
        fresh = await actors_store.by_id(connection, actor.id)
        assert fresh is not None
        update = {
            "type": "Update", "to": [PUBLIC], "cc": [fresh.followers_uri], "object": self._actors.document(fresh),
        }  # fmt: skip
        await self._outbox.publish(connection, fresh, update, to=[FOLLOWERS])
        if fresh.kind != "person":
            return
        neighbours = await store.servers(connection, await domain_store.neighbours(connection))
        # In their own inboxes it concerns them, although they do not follow.
        others = [*await store.partners(connection, account_id), *neighbours]
        if others:
            await self._outbox.publish(connection, fresh, update, to=others, personal=True)

    @staticmethod
    def delivery_key(key: str, actors: Mapping[int, int], rows: Mapping[int, int]) -> str:
        """See `keys.delivery_key`."""
        return keys.delivery_key(key, actors, rows)


def _seen(uri: str, origin: str) -> dict[str, Any]:
    at = place(uri, origin)
    return {
        "inbox": at.inbox, "shared_inbox": at.shared_inbox, "access_url": at.access, "pictures_url": at.pictures,
        "verified": False,
    }  # fmt: skip
