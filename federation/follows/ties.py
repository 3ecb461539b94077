"""Steps of follows that belong together: the row and what the other side is told, in the caller's transaction."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection
from archypix.core.ids import new_id
from federation.actors import store as actors_store
from federation.actors.models import LocalActor
from federation.addresses import Addresses
from federation.follows import activities, followers_store, store
from federation.follows.models import FollowerRow, FollowingRow
from federation.outbox.service import Outbox
from federation.remote.service import RemoteActors


class Ties:
    """Makes and ends follows. Whatever is said about one pair arrives in the order in which it was said."""

    def __init__(self, addresses: Addresses, remote: RemoteActors, outbox: Outbox) -> None:
        self.addresses = addresses
        self._remote = remote
        self._outbox = outbox

    async def actor(self, connection: Connection, actor_id: int) -> LocalActor:
        """The local actor with this id, which is there."""
        actor = await actors_store.by_id(connection, actor_id)
        assert actor is not None
        return actor

    async def person(self, connection: Connection, account_id: int) -> LocalActor:
        """The actor of an account that has one."""
        actor = await actors_store.of_account(connection, account_id)
        assert actor is not None
        return actor

    async def row_of(self, connection: Connection, actor: LocalActor) -> int:
        """The row that a local actor has among the remote ones."""
        return await self._remote.row_of_local(
            connection,
            uri=actor.uri,
            handle=self.addresses.handle(actor.name).removeprefix("@"),
            name=actor.display_name,
            inbox=self.addresses.inbox(actor.uri),
            type="Group" if actor.kind == "collection" else "Person",
            followers_uri=actor.followers_uri,
        )

    async def ask(self, connection: Connection, actor: LocalActor, remote_row: int) -> tuple[UUID, bool]:
        """Send a Follow from a person to the actor of that row; (id of the row, whether it is new).

        It is sent again where it was sent before, and not at all where the follow stands already.
        """
        assert actor.account_id is not None
        is_new = await store.start_following(connection, new_id(), actor.account_id, remote_row)
        row = await store.lock_following(connection, actor.account_id, remote_row)
        assert row is not None
        if row.state == "accepted":
            return row.id, is_new
        sent = await self._outbox.publish(
            connection,
            actor,
            activities.ask(actor.uri, row.remote_uri),
            to=[remote_row],
            key=_asking(actor, remote_row),
            personal=True,
        )
        await store.asked(connection, row.id, self.addresses.activity(actor.uri, sent))
        return row.id, is_new

    async def withdraw(self, connection: Connection, actor: LocalActor, row: FollowingRow) -> None:
        """End a follow by a person and say so, unless the other side has ended it already."""
        await store.stop_following(connection, row.id)
        if row.state != "rejected":
            undo = activities.undo(actor.uri, row.remote_uri, row.follow_id)
            key = _asking(actor, row.remote_actor_id)
            await self._outbox.publish(connection, actor, undo, to=[row.remote_actor_id], supersedes=key, personal=True)

    async def accept(self, connection: Connection, actor: LocalActor, row: FollowerRow) -> None:
        """Let somebody follow, and say so."""
        await followers_store.accept_follower(connection, row.id)
        await self._answer(connection, "Accept", actor, row)

    async def reject(self, connection: Connection, actor: LocalActor, row: FollowerRow) -> None:
        """Let somebody not follow, or no longer, and say so."""
        await followers_store.remove_follower(connection, row.id)
        await self._answer(connection, "Reject", actor, row)

    async def refuse(
        self, connection: Connection, actor: LocalActor, remote_row: int, uri: str, follow_id: str
    ) -> None:
        """Answer with Reject a Follow that has led to nothing."""
        reject = activities.answer("Reject", uri, actor.uri, follow_id)
        await self._outbox.publish(
            connection, actor, reject, to=[remote_row], supersedes=_answering(actor, remote_row), personal=True
        )

    async def _answer(self, connection: Connection, kind: str, actor: LocalActor, row: FollowerRow) -> None:
        said = activities.answer(kind, row.remote_uri, actor.uri, row.follow_id)
        key = _answering(actor, row.remote_actor_id)
        old = key if kind == "Reject" else None
        await self._outbox.publish(
            connection, actor, said, to=[row.remote_actor_id], key=key, supersedes=old, personal=True
        )


def _asking(actor: LocalActor, remote_row: int) -> str:
    return f"follow:{actor.id}:{remote_row}"


def _answering(actor: LocalActor, remote_row: int) -> str:
    return f"follower:{actor.id}:{remote_row}"
