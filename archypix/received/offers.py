"""Shares that others offer: told of, answered, described anew, and ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Conflict, NotFound
from archypix.core.ids import new_id
from archypix.core.tag_paths import RESERVED, format_path
from archypix.events.store import emit
from archypix.notices.service import notify, withdraw
from archypix.pictures.locks import lock_library
from archypix.received import rows_store, store, succession, ways_store
from archypix.received.arriving import drop
from archypix.received.by_keys import by_keys
from archypix.received.cleaning import cleaned_offer, is_uri, local_path
from archypix.received.herald import IncomingHerald
from archypix.received.models import Incoming, IncomingState, Offer
from archypix.received.store import incoming
from archypix.tags import store as tags_store
from archypix.tags import surgery
from archypix.tags.followers import Follower, count_all
from archypix.tags.resolving import find_path, resolve_paths

# Shares that one account has open, and of these from one server and from one person; more are not listened to.
MOST_OPEN = 2_000
MOST_OF_HOST = 500
MOST_OF_ONE = 200
# Pictures taken away in one statement, and statements in the transaction that ends a share. The sweep does the rest.
SLICE = 2_000
SLICES = 5
A_SWEEP = 20
REMEMBERED = timedelta(days=60)
# Shares that ended before they were answered, of one account.
UNANSWERED = 100
NO_SHARE = "There is no such share."


class Offers:
    """Shares that were offered to accounts here. `followers` name tags, which are not removed while they do."""

    def __init__(self, database: Database, herald: IncomingHerald, followers: tuple[Follower, ...] = ()) -> None:
        self._database = database
        self.herald = herald
        self._followers = followers

    # From the wire: inside the caller's transaction, and harmless when told again.

    async def offered(
        self,
        connection: Connection,
        account_id: int,
        offer: Offer,
        auto_accept: bool = False,
        instead_of: UUID | None = None,
    ) -> Incoming | None:
        """A share is offered to an account; `auto_accept` takes it at once, as an answer to one of the account's own.

        `instead_of` is a share of the account's that this one goes on for, whose sender has moved: it is taken at once,
        under the same tag, and services that name the earlier one name it from then on.

        The share as it stands now. None where it is none, is over before it came, or there are too many.
        """
        offer = cleaned_offer(offer)
        await lock_library(connection, account_id)
        if not is_uri(offer.uri) or not offer.uri.startswith(f"{offer.sender.uri}/shares/"):
            return None
        known = await store.find_uri(connection, account_id, offer.uri)
        if known is not None:
            await self.changed(connection, account_id, offer)
            return (
                await self._of(connection, account_id, known["id"]) if known["sender_id"] == offer.sender.id else None
            )
        if await store.is_gone(connection, offer.uri) or offer.sender.uri == await store.own_uri(
            connection, account_id
        ):
            return None
        every, near, theirs = await store.count_open(connection, account_id, offer.sender.id)
        if every >= MOST_OPEN or near >= MOST_OF_HOST or theirs >= MOST_OF_ONE:
            return None
        share_id = new_id()
        await store.insert(connection, share_id, account_id, offer, instead_of)
        share = await self._of(connection, account_id, share_id)
        taken = auto_accept or instead_of is not None
        await notify(connection, account_id, "share.offered", _told(share) | {"accepted": taken})
        return await self._take(connection, share, instead_of) if taken else share

    async def changed(self, connection: Connection, account_id: int | None, offer: Offer) -> None:
        """A sender describes a share anew, to one account or to all to whom they offered it; old news are none."""
        offer = cleaned_offer(offer)
        for found in await store.of_uri(connection, offer.uri, offer.sender.id, account_id):
            await lock_library(connection, found["account_id"])
            row = await store.find(connection, found["account_id"], found["id"])
            if row is None or offer.sequence < row["told"] or row["state"] in ("declined", "left", "revoked"):
                continue
            await store.describe(connection, row["id"], offer)
            await self._follow(connection, row, offer)
            await emit(connection, row["account_id"], "share.changed", {"id": str(row["id"])})

    async def revoked(self, connection: Connection, sender_row: int, share_uri: str) -> None:
        """A sender takes a share back, from everybody here; it may not even have come yet."""
        rows = await store.of_uri(connection, share_uri, sender_row, None)
        sender = await store.actor_uri(connection, sender_row)
        if not is_uri(share_uri) or not share_uri.startswith(f"{sender}/shares/"):
            return
        await store.remember_gone(connection, share_uri)
        for found in rows:
            await self.end(connection, found["account_id"], found["id"], "revoked")

    # From the person.

    async def list(self, account_id: int, *, cursor: int | None = None, limit: int = 100) -> list[Incoming]:
        """Shares that were offered to an account, the latest first; `cursor` is the number of the last one before."""
        async with self._database.connection() as connection:
            return [incoming(row) for row in await store.page(connection, account_id, cursor, limit)]

    async def get(self, account_id: int, share_id: UUID) -> Incoming:
        """One of them; `NotFound`."""
        async with self._database.connection() as connection:
            return await self._of(connection, account_id, share_id)

    async def accept(self, account_id: int, share_id: UUID) -> Incoming:
        """Take what is offered: its pictures come. `NotFound`; `Conflict` (`share_over`) for one that has ended."""
        async with self._database.transaction() as connection:
            share = await self._locked(connection, account_id, share_id)
            if share.state == "active":
                return share
            if share.state != "pending" or (share.ends_at is not None and share.ends_at <= clock.now()):
                raise Conflict("This share is over: ask for a new one.", code="share_over")
            return await self._take(connection, share)

    async def decline(self, account_id: int, share_id: UUID) -> Incoming:
        """Do not take what is offered. `Conflict` (`share_accepted`) for one that was taken: that can be left."""
        async with self._database.transaction() as connection:
            share = await self._locked(connection, account_id, share_id)
            if share.state == "active":
                raise Conflict("This share is accepted: leave it instead.", code="share_accepted")
            if share.state == "pending":
                await store.set_state(connection, share_id, "declined")
                await self.herald.declined(connection, share)
                await emit(connection, account_id, "share.declined", {"id": str(share_id)})
            return await self._of(connection, account_id, share_id)

    async def leave(self, account_id: int, share_id: UUID) -> Incoming:
        """Give back a share that was taken, and its pictures. `Conflict` (`share_pending`) for one not answered yet."""
        async with self._database.transaction() as connection:
            share = await self._locked(connection, account_id, share_id)
            if share.state == "pending":
                raise Conflict("This share is not accepted yet: decline it instead.", code="share_pending")
            await self.go(connection, share)
            return await self._of(connection, account_id, share_id)

    async def go(self, connection: Connection, share: Incoming) -> None:
        """End a share from this side, and tell its sender; nothing where it is over. The library gets locked."""
        await lock_library(connection, share.account_id)
        if share.state == "active":
            await self.herald.left(connection, share)
            await self.end(connection, share.account_id, share.id, "left")
        elif share.state == "pending":
            await self.herald.declined(connection, share)
            await store.set_state(connection, share.id, "declined")

    # What ends shares.

    async def end(self, connection: Connection, account_id: int, share_id: UUID, state: IncomingState) -> None:
        """A share is over, and its pictures go, the first ten thousand at once; nothing where it was over."""
        await lock_library(connection, account_id)
        row = await store.find(connection, account_id, share_id)
        if row is None or row["state"] not in ("pending", "active"):
            return
        await store.set_state(connection, share_id, state)
        if state == "left":
            await emit(connection, account_id, "share.left", {"id": str(share_id)})
        else:
            if row["state"] == "pending":
                await withdraw(connection, account_id, "share.offered", str(share_id))
            await notify(connection, account_id, f"share.{state}", _told(incoming(row)))
        await self.clear(connection, row)
        await store.forget_unanswered(connection, account_id, UNANSWERED)

    async def clear(self, connection: Connection, row: Row) -> None:
        """Take away pictures of a share that is over, as many as one transaction should."""
        for _ in range(SLICES):
            async with by_keys(connection):
                count, tied = await ways_store.slice_of(connection, row["id"], SLICE)
            await drop(connection, row["account_id"], tied)
            if count < SLICE:
                await store.cleared(connection, row["id"])
                await self._tidy(connection, row["account_id"])
                return

    async def sweep(self) -> None:
        """End shares whose time is over, and take away what is left of those that ended."""
        async with self._database.connection() as connection:
            ended = await store.ended(connection, A_SWEEP * 10)
            clearing = await store.to_clear(connection, A_SWEEP)
        for row in ended:
            async with self._database.transaction() as connection:
                await self.end(connection, row["account_id"], row["id"], "expired")
        for row in clearing:
            async with self._database.transaction() as connection:
                await lock_library(connection, row["account_id"])
                fresh = await store.find(connection, row["account_id"], row["id"])
                if fresh is not None and fresh["state"] != "active":
                    await self.clear(connection, fresh)

    async def forget(self) -> None:
        """Forget what was remembered against messages that come too late."""
        async with self._database.connection() as connection:
            await store.forget(connection, REMEMBERED)

    # Inside.

    async def _of(self, connection: Connection, account_id: int, share_id: UUID) -> Incoming:
        row = await store.find(connection, account_id, share_id)
        if row is None:
            raise NotFound(NO_SHARE)
        return incoming(row)

    async def _locked(self, connection: Connection, account_id: int, share_id: UUID) -> Incoming:
        await lock_library(connection, account_id)
        return await self._of(connection, account_id, share_id)

    async def _take(self, connection: Connection, share: Incoming, instead_of: UUID | None = None) -> Incoming:
        if instead_of is None or not await succession.placed(connection, share.account_id, instead_of, share.id):
            await self._place(connection, share)
        await store.set_state(connection, share.id, "active")
        if instead_of is not None:
            await succession.services_follow(connection, share.account_id, instead_of, share.id)
        taken = await self._of(connection, share.account_id, share.id)
        await self.herald.accepted(connection, taken)
        await emit(connection, share.account_id, "share.accepted", {"id": str(share.id)})
        return taken

    async def _place(self, connection: Connection, share: Incoming) -> None:
        """Make the tag under which pictures of a share lie."""
        path = local_path(share.sender.handle, share.path)
        (tag_id,) = await resolve_paths(connection, share.account_id, [path], create=True)
        assert tag_id is not None
        await store.set_tag(connection, share.id, tag_id)
        await emit(connection, share.account_id, "tags.changed", {})

    async def _follow(self, connection: Connection, row: Row, offer: Offer) -> None:
        """What follows from another description of a share."""
        share = await self._of(connection, row["account_id"], row["id"])
        alive = offer.ends_at is None or offer.ends_at > clock.now()
        if row["state"] == "expired" and alive:
            # It got more time while it was believed to be over; what is missing is repaired by its digest.
            back: IncomingState = "active" if row["answered_at"] is not None else "pending"
            await store.set_state(connection, share.id, back, sequence=0, settled=0)
            if back == "active":
                await self._place(connection, share)
        elif row["state"] == "active":
            if row["path"] != offer.path:
                await self._move(connection, row, share)
            if row["originals"] and not offer.rights.originals:
                await rows_store.strip_places(connection, share.id)
            if incoming(row).rights != offer.rights:
                # What owners tell of their pictures, and allow, may be other than it was.
                more = offer.rights.originals and not row["originals"]
                named = await ways_store.all_of(connection, share.id, direct=more)
                await ways_store.want(connection, share.account_id, named)

    async def _move(self, connection: Connection, row: Row, share: Incoming) -> None:
        """The shared tag has another path: the tag here follows, or, where others use it too, the pictures do."""
        account_id, old = row["account_id"], row["tag_id"]
        path = local_path(share.sender.handle, share.path)
        there = await find_path(connection, account_id, path)
        if there is None and old is not None and not await store.tag_is_shared(connection, share.id, old):
            try:
                await surgery.rename(connection, account_id, old, path)
                for follower in self._followers:
                    await follower.tags_moved(connection, account_id)
            except Conflict:
                there = None
            else:
                await self._tidy(connection, account_id)
                await emit(connection, account_id, "tags.changed", {})
                return
        await self._place(connection, share)
        placed = await store.find(connection, account_id, share.id)
        assert placed is not None
        if old is not None and placed["tag_id"] != old:
            await store.retag(connection, share.number, old, placed["tag_id"])
        await self._tidy(connection, account_id)

    async def _tidy(self, connection: Connection, account_id: int) -> None:
        """Remove tags in `/SharedToMe` that are of no use any more, from the leaves up."""
        removed = False
        while bare := await store.bare_tags(connection, account_id, RESERVED):
            named = await count_all(self._followers, connection, account_id, bare)
            if any(named.values()):
                bare = [tag for tag in bare if not any((await self._named(connection, account_id, tag)).values())]
            if not bare:
                break
            await tags_store.remove(connection, bare)
            removed = True
        if removed:
            await emit(connection, account_id, "tags.changed", {})

    async def _named(self, connection: Connection, account_id: int, tag_id: int) -> dict[str, int]:
        return await count_all(self._followers, connection, account_id, [tag_id])


def _told(share: Incoming) -> dict[str, object]:
    """What a notice says of a share."""
    return {
        "id": str(share.id),
        "sender": share.sender.handle,
        "name": share.name,
        "path": format_path(local_path(share.sender.handle, share.path)),
        "pictures": share.pictures,
    }
