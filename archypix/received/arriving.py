"""What comes by incoming shares: pictures announced, described, changed, taken back, in whatever order it is told.

Every method runs inside the caller's transaction, can be called again with the same, and forgives what is late.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.pictures.locks import lock_library
from archypix.pictures.trash import tell
from archypix.pictures.trash_store import NAMED, Moved
from archypix.received import rows_store, store, succession, ways_store
from archypix.received.by_keys import by_keys
from archypix.received.cleaning import cleaned, is_theirs
from archypix.received.models import Announced, SharedPicture
from archypix.received.ways_store import Named

# Pictures of one share. What comes beyond is not taken in.
MOST_PICTURES = 500_000
# Pictures written by one statement.
AT_ONCE = 200
# When an owner who gave no access is asked again, in case they were asked too early.
ASKED_AGAIN = timedelta(minutes=2)
# When an owner who took access back is asked whether they gave it anew, where it is still said to be there.
ASKED_WHETHER = timedelta(minutes=10)


class Arrivals:
    """Pictures of other people, on their way into libraries here and out of them.

    `scale` shortens what is waited for, in tests of trouble.
    """

    scale = 1.0

    async def added(
        self,
        connection: Connection,
        account_id: int,
        share_uri: str,
        sender_row: int,
        announced: Sequence[Announced],
        sequence: int,
    ) -> list[str]:
        """Pictures are in a share: the ids of those whose owner is yet to be asked about them.

        Those of the sender's own come with what is known of them. `sequence` is that of the share after this message.
        """
        share = await _active(connection, account_id, share_uri, sender_row)
        if share is None or sequence <= share["settled"] or share["held"] > MOST_PICTURES:
            return []
        return await _take_in(connection, share, announced, sequence)

    async def removed(
        self,
        connection: Connection,
        account_id: int,
        share_uri: str,
        sender_row: int,
        uris: Sequence[str],
        sequence: int,
    ) -> None:
        """Pictures are not in a share any more."""
        share = await _active(connection, account_id, share_uri, sender_row)
        if share is None or sequence <= share["settled"]:
            return
        owners = [uri.rpartition("/pictures/")[0] for uri in uris]
        known = {uri: owner for uri, owner in zip(uris, owners, strict=True) if is_theirs(uri, owner)}
        await _take_out(connection, share, Named(list(known), list(known.values())), sequence)
        await store.heard(connection, share["id"], sequence)

    async def snapshot(
        self,
        connection: Connection,
        account_id: int,
        share_uri: str,
        sender_row: int,
        announced: Sequence[Announced],
        sequence: int,
    ) -> list[str]:
        """These pictures, and no others, were in a share at `sequence`; what was told later stays."""
        share = await _active(connection, account_id, share_uri, sender_row)
        if share is None or sequence < share["settled"]:
            return []
        # A list overrules what was told before it, wherever the two differ.
        await ways_store.settle(connection, share["id"], sequence)
        spare = await ways_store.spare(connection, share["id"], [each.uri for each in announced], sequence)
        if spare:
            named = Named([row["uri"] for row in spare], [row["owner_uri"] for row in spare])
            # One more than the list: a picture may have come by the very message that the list is as of.
            await _take_out(connection, share, named, sequence + 1)
        wanted = await _take_in(connection, share, announced[:MOST_PICTURES], sequence)
        await ways_store.settle(connection, share["id"], sequence + 1)
        await store.heard(connection, share["id"], sequence, settled=True)
        return wanted

    async def digest(self, connection: Connection, share_id: UUID) -> tuple[bytes, int]:
        """SHA-256 of id, `|` and revision of every picture that is here of a share, xored, and how many these are."""
        return await store.digest(connection, share_id)

    async def described(
        self, connection: Connection, account_id: int, owner_row: int, pictures: Sequence[SharedPicture]
    ) -> None:
        """An owner tells the account what their pictures are, and by which grants it holds access to them."""
        await lock_library(connection, account_id)
        theirs = await _theirs(connection, owner_row, pictures)
        granted = [each for each in theirs if each.grants and each.share is not None]
        if granted:
            await rows_store.note_grants(connection, account_id, granted)
        await _bring_up_to_date(connection, account_id, owner_row, theirs)
        # What is still not known, or not given, though they said something of it, is asked for less and less often.
        await ways_store.ask_less(connection, account_id, [each.uri for each in pictures], ASKED_AGAIN * self.scale)

    async def updated(
        self,
        connection: Connection,
        owner_row: int,
        pictures: Sequence[SharedPicture],
        accounts: Collection[int] | None = None,
    ) -> None:
        """Pictures changed at their owner's, or went into the trash or out of it: `accounts` follow, or all."""
        theirs = await _theirs(connection, owner_row, pictures)
        if not theirs:
            return
        owner = await store.actor_uri(connection, owner_row)
        for account_id in await ways_store.holders(connection, [each.uri for each in theirs], owner, accounts):
            await lock_library(connection, account_id)
            await _bring_up_to_date(connection, account_id, owner_row, theirs)

    async def deleted(self, connection: Connection, owner_row: int, uris: Sequence[str]) -> None:
        """Pictures are gone for good, by whatever way they came and for everybody here, late messages included."""
        owner = await store.actor_uri(connection, owner_row)
        theirs = [uri for uri in uris if is_theirs(uri, owner)]
        if not await ways_store.is_source(connection, owner_row, owner):
            return
        await ways_store.remember_gone(connection, theirs)
        for account_id in await ways_store.holders(connection, theirs, owner, None):
            await lock_library(connection, account_id)
            await ways_store.unwant(connection, account_id, theirs)
            await drop(connection, account_id, await ways_store.forget(connection, account_id, theirs))

    async def cut(
        self,
        connection: Connection,
        owner_row: int,
        grants: Sequence[UUID],
        accounts: Collection[int] | None = None,
    ) -> None:
        """The owner ended these grants: what was held by one of them goes.

        Where a picture comes by other ways too, its owner is asked whether these still hold.
        """
        owner = await store.actor_uri(connection, owner_row)
        held = await ways_store.held_by(connection, owner, grants, accounts)
        for account_id in sorted({row["account_id"] for row in held}):
            await lock_library(connection, account_id)
            mine = [row for row in held if row["account_id"] == account_id]
            only = [row["uri"] for row in mine if not row["others"]]
            await drop(connection, account_id, await ways_store.refuse(connection, account_id, only))
            # Whoever passed these on should take them back by then. If not, they may have a newer grant.
            await ways_store.want_again(connection, account_id, only, ASKED_WHETHER * self.scale)
            rest = sorted({row["uri"] for row in mine if row["others"]})
            await ways_store.ungrant(connection, account_id, rest)
            await ways_store.want(connection, account_id, Named(rest, [owner] * len(rest)))

    async def lost(
        self,
        connection: Connection,
        owner_row: int,
        uris: Sequence[str],
        accounts: Collection[int] | None = None,
        *,
        as_of: datetime | None = None,
    ) -> None:
        """The owner gives no access to these pictures, whoever says that they are in a share.

        They are asked again, later and later, for as long as that is said: access may just not have been there yet.
        `as_of` is when they were asked, where they were: what has come since, they had not given by then.
        """
        owner = await store.actor_uri(connection, owner_row)
        theirs = sorted({uri for uri in uris if is_theirs(uri, owner)})
        for account_id in await ways_store.holders(connection, theirs, owner, accounts):
            await lock_library(connection, account_id)
            await drop(connection, account_id, await ways_store.refuse(connection, account_id, theirs, as_of=as_of))
            await ways_store.want_again(connection, account_id, theirs, ASKED_AGAIN * self.scale)


async def drop(connection: Connection, account_id: int, picture_ids: Collection[UUID]) -> None:
    """Pictures lost a way: those that have no other go, and who looks at the library is told."""
    ids = sorted(set(picture_ids))
    if not ids:
        return
    async with by_keys(connection):
        gone = await ways_store.dropped(connection, account_id, ids)
    if gone:
        await tell(connection, account_id, "picture.purged", Moved(len(ids), ids[: NAMED + 1]))


async def _active(connection: Connection, account_id: int, share_uri: str, sender_row: int) -> Row | None:
    """An accepted share of this sender, with the library locked; None where there is none."""
    await lock_library(connection, account_id)
    share = await store.find_uri(connection, account_id, share_uri)
    return share if share is not None and share["sender_id"] == sender_row and share["state"] == "active" else None


async def _theirs(connection: Connection, owner_row: int, pictures: Sequence[SharedPicture]) -> list[SharedPicture]:
    """Of these descriptions those that are an owner's to give, each picture once, its newest, and cleaned."""
    owner = await store.actor_uri(connection, owner_row)
    newest: dict[str, SharedPicture] = {}
    for each in pictures:
        known = newest.get(each.uri)
        if is_theirs(each.uri, owner) and each.owner == owner and (known is None or known.revision <= each.revision):
            newest[each.uri] = each
    return [cleaned(newest[uri]) for uri in sorted(newest)]


async def _take_in(connection: Connection, share: Row, announced: Sequence[Announced], sequence: int) -> list[str]:
    account_id, sender = share["account_id"], share["sender_uri"]
    own = await store.own_uri(connection, account_id)
    wanted = {each.uri: each for each in announced if is_theirs(each.uri, each.owner) and each.owner != own}
    uris = list(wanted)
    named = Named(uris, [each.owner for each in wanted.values()])
    async with by_keys(connection):
        await ways_store.add(connection, share["id"], account_id, share["sender_id"], named, sequence)
        await ways_store.tie(connection, account_id, uris)
    told = [each.picture for each in wanted.values() if each.picture is not None and each.owner == sender]
    theirs = await _theirs(connection, share["sender_id"], told)
    await _bring_up_to_date(connection, account_id, share["sender_id"], theirs)
    if share["moved_from"] is not None:
        await succession.carry_over(connection, account_id, share["moved_from"], share["id"], uris)
    await store.heard(connection, share["id"], sequence)
    async with by_keys(connection):
        unknown = await ways_store.unknown(connection, account_id, uris)
        await ways_store.want(connection, account_id, Named(list(unknown), list(unknown.values())))
    return sorted(unknown)


async def _take_out(connection: Connection, share: Row, named: Named, sequence: int) -> None:
    async with by_keys(connection):
        tied = await ways_store.take(connection, share["id"], share["account_id"], share["sender_id"], named, sequence)
        await ways_store.unwant_absent(connection, share["account_id"], named.uris)
    await drop(connection, share["account_id"], tied)


async def _bring_up_to_date(
    connection: Connection, account_id: int, owner_row: int, pictures: Sequence[SharedPicture]
) -> None:
    """Rows for what comes by some way that counts, with what the owner says; but not for what is gone."""
    if not pictures:
        return
    changed, made = list[UUID](), list[UUID]()
    async with by_keys(connection):
        alive = await ways_store.not_gone(connection, [each.uri for each in pictures])
        present = [each for each in pictures if each.uri in alive]
        for start in range(0, len(present), AT_ONCE):
            some = present[start : start + AT_ONCE]
            uris = [each.uri for each in some]
            await rows_store.note_revisions(connection, account_id, owner_row, some)
            changed += await rows_store.update(connection, account_id, owner_row, some)
            made += await rows_store.insert(connection, account_id, owner_row, some)
            await ways_store.tie(connection, account_id, uris)
            await ways_store.settle_wanted(connection, account_id, uris)
    await tell(connection, account_id, "picture.added", Moved(len(made), made[: NAMED + 1]))
    await tell(connection, account_id, "picture.updated", Moved(len(changed), changed[: NAMED + 1]))
