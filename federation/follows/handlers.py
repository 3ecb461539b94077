"""What other servers say about follows: Follow, Accept, Reject, Undo and Block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archypix.core.database import Connection
from archypix.core.ids import new_id
from archypix.events.store import emit
from archypix.notices.service import notify, withdraw
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.documents.terms import embedded, has_type, id_of
from federation.follows import followers_store, store
from federation.follows.cutting import FollowCutter
from federation.follows.models import REQUESTED, FollowerRow, FollowingRow
from federation.follows.ties import Ties
from federation.inbox_contract import Denied, Handler, Inbound
from federation.moderation.models import Verdict
from federation.moderation.people_store import lock_blocks

LONGEST_ID = 2_048
# Events are small.
LONGEST_SHOWN = 1_000


class FollowHandler(Handler):
    """Follow of a person or a collection: accepted by itself, unless the followed wants to be asked.

    Answered each time it comes, since the answer before may have been lost. Who has moved is followed no more.
    """

    types = frozenset({"Follow"})

    def __init__(self, actors: ActorService, ties: Ties, *, verdict: Callable[[str], Verdict]) -> None:
        self._actors = actors
        self._ties = ties
        self._verdict = verdict

    async def check(self, connection: Connection, inbound: Inbound) -> None:  # noqa: ARG002
        """There must be one object, and it must be somebody here."""
        if len(inbound.object_ids) != 1 or inbound.object_id is None:
            raise Denied(400, "A Follow has one object.")
        if inbound.object_id == inbound.actor.uri:
            raise Denied(400, "Nobody follows themselves.")
        if not self._ties.addresses.is_local(inbound.object_id):
            raise Denied(403, "This is nobody here.")
        place = self._ties.addresses.place(inbound.object_id)
        if place is None or place.name is None or place.rest:
            raise Denied(404, "There is nobody here to be followed under this id.")

    async def prepare(self, inbound: Inbound) -> LocalActor:
        """The followed."""
        actor = await self._actors.by_uri(inbound.object_id or "")
        if actor is None or actor.account_id is None:
            raise Denied(404, "There is nobody here to be followed under this id.")
        if actor.deleted:
            raise Denied(410, "This account is gone.")
        if actor.suspended:
            raise Denied(403, "This account cannot be followed now.")
        return actor

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        assert isinstance(prepared, LocalActor)
        actor, remote_row, account_id = prepared, inbound.actor_row, prepared.account_id
        assert account_id is not None
        await lock_blocks(connection, account_id)
        if prepared.moved_to is not None or await store.is_blocked(connection, account_id, remote_row):
            await self._ties.refuse(connection, actor, remote_row, inbound.actor.uri, inbound.id[:LONGEST_ID])
            return True
        state = "pending" if self._asks(actor, inbound) else "accepted"
        row_id, state, is_new = await followers_store.put_follower(
            connection, new_id(), actor.id, remote_row, state, inbound.id[:LONGEST_ID]
        )
        shown = {"id": str(row_id), "actor": inbound.actor.uri[:LONGEST_SHOWN], "of": actor.name}
        if state == "accepted":
            row = FollowerRow(row_id, actor.id, remote_row, "accepted", inbound.id[:LONGEST_ID], inbound.actor.uri)
            await self._ties.accept(connection, actor, row)
        if is_new and state == "accepted":
            await emit(connection, account_id, "follower.added", shown)
        elif is_new:
            # Who asks is asked after: it waits for an answer, as an offer does.
            shown |= {"handle": f"@{inbound.actor.handle}", "name": inbound.actor.name}
            await notify(connection, account_id, REQUESTED, shown)
        return True

    def _asks(self, actor: LocalActor, inbound: Inbound) -> bool:
        """Whether a person decides: where they want to, and for servers that the administrator has limited."""
        if inbound.actor.local:
            return actor.approves_followers
        return actor.approves_followers or self._verdict(inbound.actor.host) == "limited"


class AnswerHandler(Handler):
    """Accept and Reject of our own Follow, by the one it was sent to.

    The Follow is recognised by its id, present or past, or by follower and followed where it is embedded: some servers
    answer with an id of their own, or with none.
    """

    types = frozenset({"Accept", "Reject"})

    def __init__(self, actors: ActorService) -> None:
        self._actors = actors

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """Whoever answers a Follow must be the one it was sent to, and it must be ours."""
        follow = _embedded_follow(inbound)
        if follow is not None:
            if id_of(follow.get("object")) not in (None, inbound.actor.uri):
                raise Denied(403, "This Follow was sent to somebody else.")
            follower = id_of(follow.get("actor"))
            if follower is not None and not self._is_here(follower):
                raise Denied(403, "This Follow was not sent from here.")
        elif inbound.object_id is None or not await store.is_ours(connection, inbound.object_id):
            return
        rows = await self._rows(connection, inbound, lock=False)
        if not rows:
            raise Denied(403, "Nobody here has asked you to be followed.")
        if inbound.type == "Accept" and all(row.state == "rejected" for row in rows):
            raise Denied(403, "This Follow is not pending.")

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:  # noqa: ARG002
        rows = await self._rows(connection, inbound, lock=True)
        for row in rows:
            if inbound.type == "Accept" and row.state == "pending":
                await store.answered(connection, row.id, "accepted")
                await _told(connection, row, "follow.accepted")
            elif inbound.type == "Reject" and row.state != "rejected":
                await store.answered(connection, row.id, "rejected")
                await _told(connection, row, "follow.rejected")
        return bool(rows)

    async def _rows(self, connection: Connection, inbound: Inbound, *, lock: bool) -> list[FollowingRow]:
        """Rows of follows from here that were sent to the one who answers, and that the answer means."""
        if inbound.object_id is not None:
            found = await store.by_follow_ids(connection, inbound.actor.uri, inbound.object_id, lock=lock)
            if found:
                return found
        follow = _embedded_follow(inbound)
        follower = None if follow is None else id_of(follow.get("actor"))
        if follower is None:
            return []
        row = await store.of_person_to(connection, follower, inbound.actor.uri, lock=lock)
        return [] if row is None else [row]

    def _is_here(self, uri: str) -> bool:
        return self._actors.addresses.is_local(uri)


class UndoFollowHandler(Handler):
    """Undo of a Follow: whoever sent it follows no longer, even where the id is of an older Follow of theirs.

    Somebody who is taken for a follower too long sees what they should not; somebody who is not can ask again.
    """

    types = frozenset({"Undo"})

    def __init__(self, actors: ActorService) -> None:
        self._actors = actors

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """Only one's own Follow is taken back."""
        follow = _embedded_follow(inbound)
        if follow is not None and id_of(follow.get("actor")) not in (None, inbound.actor.uri):
            raise Denied(403, "This Follow is somebody else's.")
        if inbound.object_id is not None and await followers_store.is_sent_by_other(
            connection, inbound.actor.uri, inbound.object_id
        ):
            raise Denied(403, "This Follow is somebody else's.")

    async def prepare(self, inbound: Inbound) -> LocalActor | None:
        """The followed, where the Undo says who that is."""
        follow = _embedded_follow(inbound)
        followed = None if follow is None else id_of(follow.get("object"))
        return None if followed is None else await self._actors.by_uri(followed)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        rows = []
        if isinstance(prepared, LocalActor):
            row = await followers_store.pair(connection, prepared.id, inbound.actor_row)
            rows = [] if row is None else [row]
            if row is not None and prepared.account_id is not None:
                await withdraw(connection, prepared.account_id, REQUESTED, str(row.id))
        elif inbound.object_id is not None:
            rows = await followers_store.sent_by(connection, inbound.actor_row, inbound.object_id)
        for row in rows:
            await followers_store.remove_follower(connection, row.id)
        return bool(rows) or _embedded_follow(inbound) is not None


class BlockHandler(Handler):
    """Block of a person here: follows end both ways. All else that it means is the other server's affair."""

    types = frozenset({"Block"})

    def __init__(self, actors: ActorService, cutter: FollowCutter) -> None:
        self._actors = actors
        self._cutter = cutter

    async def prepare(self, inbound: Inbound) -> LocalActor | None:
        """The blocked, if they are here."""
        return await self._actors.by_uri(inbound.object_id or "")

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        if not isinstance(prepared, LocalActor) or prepared.account_id is None:
            return False
        await self._cutter.sever(connection, prepared.account_id, inbound.actor_row)
        return True


def _embedded_follow(inbound: Inbound) -> dict[str, Any] | None:
    """The Follow in an activity, to be read for ids alone; None where there is only an id, or something else."""
    inner = inbound.object or inbound.raw_object or embedded(inbound.activity.get("object"))
    return inner if inner is not None and has_type(inner, "Follow") else None


async def _told(connection: Connection, row: FollowingRow, kind: str) -> None:
    await emit(connection, row.account_id, kind, {"id": str(row.id), "actor": row.remote_uri[:LONGEST_SHOWN]})
