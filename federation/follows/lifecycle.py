"""What becomes of follows when actors change, move to another server, or are deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from archypix.core.database import Connection, Database
from archypix.events.store import emit
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.documents.terms import id_of
from federation.follows import cutting_store, store
from federation.follows.models import FollowingRow
from federation.follows.ties import Ties
from federation.inbox_contract import Denied, Handler, Inbound
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors

# Follows that one Move carries over; nobody has that many people of one server behind them.
MOST_MOVED = 2_000
MOVE_DAYS = 7
GONE_BATCH = 20

# Does, in the caller's transaction, what follows from a move of an actor from one row to another.
Moved: TypeAlias = Callable[[Connection, int, int], Awaitable[None]]
# Removes, in the caller's transaction, whatever refers to an actor by its row.
Forget: TypeAlias = Callable[[Connection, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an actor moved to: somebody elsewhere or here, who says so too."""

    actor: RemoteActor | LocalActor


class MoveHandler(Handler):
    """Move: those here who follow the old actor follow the new one instead, if that names the old one as itself.

    One Move of an actor in a week, so that nobody makes this server send follows in circles. Those who moved and follow
    somebody here ask again from their new home by themselves.
    """

    types = frozenset({"Move"})

    def __init__(self, actors: ActorService, remote: RemoteActors, ties: Ties) -> None:
        self._actors = actors
        self._remote = remote
        self._ties = ties
        # What other rooms do besides; they lock libraries, and so come first.
        self.others: list[Moved] = []

    async def check(self, connection: Connection, inbound: Inbound) -> None:  # noqa: ARG002
        """An actor moves itself, elsewhere."""
        if inbound.object_id != inbound.actor.uri:
            raise Denied(403, "Only the actor itself can move.")
        target = id_of(inbound.activity.get("target"))
        if target is None or target == inbound.actor.uri:
            raise Denied(400, "A Move has one target, which is another actor.")

    async def prepare(self, inbound: Inbound) -> Destination:
        """The new actor, read anew; `Denied` where it does not name the old one."""
        target = id_of(inbound.activity.get("target")) or ""
        found: RemoteActor | LocalActor | None
        if self._ties.addresses.is_local(target):
            found = await self._actors.by_uri(target)
            if found is None or found.deleted or found.account_id is None:
                raise Denied(404, "The target does not exist.")
        else:
            found = await self._remote.get(target, fresh=True, budget=inbound.budget)
            if found.gone:
                raise Denied(404, "The target does not exist.")
        if inbound.actor.uri not in found.also_known_as:
            raise Denied(403, "The target does not name this actor in alsoKnownAs.")
        return Destination(found)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        assert isinstance(prepared, Destination)
        target = prepared.actor
        if not await cutting_store.begin_move(connection, inbound.actor_row, target.uri, MOVE_DAYS):
            return True
        await self._remote.mark_moved(connection, inbound.actor.uri, target.uri)
        if isinstance(target, LocalActor):
            row = await self._ties.row_of(connection, target)
        else:
            row = await self._remote.row(connection, target)
        for other in self.others:
            await other(connection, inbound.actor_row, row)
        for old in await store.following_of(connection, inbound.actor_row, MOST_MOVED):
            await self._carry_over(connection, old, row, target)
        return True

    async def _carry_over(
        self, connection: Connection, old: FollowingRow, row: int, target: RemoteActor | LocalActor
    ) -> None:
        person = await self._ties.person(connection, old.account_id)
        await self._ties.withdraw(connection, person, old)
        if target.uri == person.uri or await store.is_blocked(connection, old.account_id, row):
            return
        row_id, _ = await self._ties.ask(connection, person, row)
        told = {"from": old.remote_uri[:1000], "to": target.uri[:1000], "id": str(row_id)}
        await emit(connection, old.account_id, "follow.moved", told)


class ActorChangeHandler(Handler):
    """Update of an actor by itself: what is known of it is read anew from its own server."""

    types = frozenset({"Update"})

    def __init__(self, remote: RemoteActors) -> None:
        self._remote = remote

    async def prepare(self, inbound: Inbound) -> bool:
        """Whether it was an actor; read anew if so."""
        if inbound.object_id != inbound.actor.uri:
            return False
        if not inbound.actor.local:
            await self._remote.get(inbound.actor.uri, fresh=True, budget=inbound.budget)
        return True

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:  # noqa: ARG002
        return bool(prepared)


class ActorGoneHandler(Handler):
    """Delete of an actor by itself: all its traces go."""

    types = frozenset({"Delete"})

    def __init__(self, farewell: Farewell) -> None:
        self._farewell = farewell

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:  # noqa: ARG002
        if inbound.object_id != inbound.actor.uri:
            return False
        await self._farewell.forget(connection, inbound.actor_row, inbound.actor.uri)
        return True


class Farewell:
    """Removes the traces of deleted actors. `others` are what other rooms have of them."""

    def __init__(self, database: Database, remote: RemoteActors, others: Sequence[Forget] = ()) -> None:
        self._database = database
        self._remote = remote
        self._others = list(others)

    def add(self, forget: Forget) -> None:
        """Have `forget` called as well, in the transaction in which the traces go."""
        self._others.append(forget)

    async def forget(self, connection: Connection, remote_row: int, uri: str) -> None:
        """Remove all traces but the note that it was there and is gone."""
        await self._clear(connection, remote_row)
        await self._remote.mark_gone(connection, uri)

    async def _clear(self, connection: Connection, remote_row: int) -> None:
        for other in self._others:
            await other(connection, remote_row)
        await cutting_store.forget_actor(connection, remote_row)

    async def sweep(self) -> int:
        """Remove the traces of actors that were found to be gone without having said so; how many."""
        async with self._database.connection() as connection:
            rows = await cutting_store.gone_but_tied(connection, GONE_BATCH)
        for row in rows:
            async with self._database.transaction() as connection:
                await self._clear(connection, row)
        return len(rows)


class FollowRelevance:
    """What comes from those who follow or are followed concerns us. A `Relevance` and a `Followed`."""

    async def relevant(self, connection: Connection, inbound: Inbound) -> bool:
        """Whether its actor follows somebody here, or is followed, or one of both was asked."""
        return await store.known(connection, inbound.actor.uri)

    async def followed(self, connection: Connection, actor_uri: str) -> bool:
        """Whether somebody here follows the actor, or has asked to: an answer must be heard."""
        return await store.followed(connection, actor_uri)
