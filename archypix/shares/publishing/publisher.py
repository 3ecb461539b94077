"""Keeps told what the library says: compares what should be in shares with what was told, and tells the difference.

What changed is only where to look. Whatever was missed, done twice, or cut off by a crash, the next comparison finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from archypix.pictures.locks import lock_library
from archypix.received.models import Upstream
from archypix.received.service import upstream
from archypix.shares import store as shares_store
from archypix.shares.models import Share
from archypix.shares.outside import Outside
from archypix.shares.publishing import members_store, revisions, store
from archypix.shares.publishing.comparing import compare
from archypix.shares.publishing.models import Changes, Member, Subject
from archypix.shares.publishing.store import Noted
from archypix.shares.publishing.telling import Documents, Teller
from archypix.shares.relaying import store as relaying_store
from archypix.shares.relaying.asking import Asker

# Pictures, times shares, that one transaction compares.
SLICE = 1_000
LEAST = 100
# Pictures, times those who hold below the roots, from whom they may have to be taken: a few seconds at the worst.
HELD = 100_000
# An owner who has not granted what was asked is asked again after so long, and then less and less often.
REMIND_SECONDS = 3600.0
REMINDED = 5_000


class Publisher:
    """Takes steps for one account at a time, each a short transaction under the library's writer lock."""

    def __init__(self, database: Database, outside: Outside, *, default_days: int) -> None:
        self._database = database
        self._outside = outside
        self._default_days = default_days

    async def waiting(self) -> list[int]:
        """The accounts for whom there is anything to do."""
        async with self._database.connection() as connection:
            return await store.waiting(connection)

    async def remind(self, *, scale: float = 1.0) -> None:
        """Ask owners again who have not granted for hours what was asked; `scale` is how long an hour is."""
        async with self._database.transaction() as connection:
            await relaying_store.remind(connection, REMIND_SECONDS * scale, REMINDED)

    async def settle(self, account_id: int) -> None:
        """Take steps until there is nothing left to do."""
        while await self.step(account_id):
            pass

    async def step(self, account_id: int) -> bool:
        """Take one step; whether there may be more to do."""
        async with self._database.transaction() as connection:
            try:
                await lock_library(connection, account_id)
            except NotFound:
                return False
            await store.go_by_key(connection)
            if ended := await members_store.ended(connection, account_id):
                await self._clear(connection, *ended)
                return True
            shares = await members_store.active(connection, account_id)
            noted = await store.take(connection, account_id, await self._limit(connection, shares))
            if noted is None:
                return False
            if shares:
                await _Slice(connection, self._outside, account_id, shares, self._default_days).publish(noted)
            return True

    async def _limit(self, connection: Connection, shares: Sequence[Share]) -> int:
        """How many pictures are to be compared at once."""
        below = await members_store.count_below(connection, [share.id for share in shares], HELD)
        return max(1, min(max(LEAST, SLICE // max(1, len(shares))), HELD // max(1, below)))

    async def _clear(self, connection: Connection, share_id: UUID, told: bool) -> None:
        """A share is over: owners of others' pictures are told, and its members go, some at a time."""
        share = await shares_store.known(connection, share_id)
        if share is not None and not told:
            await Asker(connection, self._outside.herald, share).give_all_back()
            await members_store.told(connection, share_id)
        await members_store.clear(connection, share_id)


class _Slice:
    """Some pictures of an account, compared with all of its shares in one transaction."""

    def __init__(
        self, connection: Connection, outside: Outside, account_id: int, shares: Sequence[Share], default_days: int
    ) -> None:
        self._connection = connection
        self._outside = outside
        self._account_id = account_id
        self._shares = {share.id: share for share in shares}
        self._sender = shares[0].sender.uri
        self._default_days = default_days
        self._documents = Documents(connection, account_id, self._sender, default_days)

    async def publish(self, noted: Noted) -> None:
        """Tell whatever differs as to these pictures."""
        subjects, changes, staying = await self._compare(noted.ids)
        changes = await self._lock(changes)
        tellers = {
            share_id: Teller(self._connection, self._outside, share, self._documents)
            for share_id, share in self._shares.items()
        }
        for share_id, change in changes.items():
            await self._take_out(tellers[share_id], self._shares[share_id], change)
        entering = {one for change in changes.values() for one in change.entering}
        await revisions.revise(
            self._connection, self._account_id, sorted(entering | staying), noted.anew, self._sender, self._default_days
        )
        for share_id, change in changes.items():
            await self._put_in(tellers[share_id], self._shares[share_id], change)
        for share_id, ids in (await members_store.revised(self._connection, sorted(staying), list(changes))).items():
            await tellers[share_id].updated(ids)
        await revisions.forget(self._connection, [one for one in noted.ids if one not in subjects])

    async def _compare(self, ids: Sequence[UUID]) -> tuple[dict[UUID, Subject], dict[UUID, Changes], set[UUID]]:
        """What there is of the pictures, what differs by share, and which own pictures stay told of."""
        subjects = await store.subjects(self._connection, self._account_id, ids)
        wanted = await store.wanted(self._connection, self._account_id, ids, self._shares)
        members = await store.members(self._connection, ids, self._shares)
        ways = await self._ways(subjects, wanted, members)
        changes: dict[UUID, Changes] = {}
        staying: set[UUID] = set()
        for share_id in sorted({*wanted, *members}):
            told = members.get(share_id, {})
            covered = wanted.get(share_id, set())
            changes[share_id] = compare(self._shares[share_id], covered, told, subjects, ways)
            staying |= {one for one, member in told.items() if member.own and one in covered and one in subjects}
        return subjects, changes, staying

    async def _ways(
        self,
        subjects: Mapping[UUID, Subject],
        wanted: Mapping[UUID, set[UUID]],
        members: Mapping[UUID, Mapping[UUID, Member]],
    ) -> dict[UUID, list[Upstream]]:
        """By which ways others' pictures under shared tags are held."""
        named = {one for ids in (*wanted.values(), *members.values()) for one in ids}
        others = sorted(one for one in named if one in subjects and subjects[one].origin is not None)
        return await upstream(self._connection, self._account_id, others) if others else {}

    async def _lock(self, changes: Mapping[UUID, Changes]) -> dict[UUID, Changes]:
        """Lock the shares concerned, in order; those that ended meanwhile are left to be cleared."""
        locked = await shares_store.lock_all(self._connection, sorted(changes))
        self._shares |= {share.id: share for share in locked}
        return {share.id: changes[share.id] for share in locked if share.state == "active"}

    async def _take_out(self, teller: Teller, share: Share, change: Changes) -> None:
        await teller.removed([*change.leaving, *change.refusing])
        await teller.deleted(change.gone)
        await Asker(self._connection, self._outside.herald, share).give_back(change.leaving)
        if out := [one.picture_id for one in (*change.leaving, *change.gone)]:
            await members_store.remove(self._connection, share.id, out)
        if change.refusing:
            await members_store.refuse(self._connection, share.id, [one.picture_id for one in change.refusing])

    async def _put_in(self, teller: Teller, share: Share, change: Changes) -> None:
        if sequences := await teller.added(change.entering):
            await members_store.announce_own(self._connection, share, sequences)
        await teller.relayed(change.granted)
        await Asker(self._connection, self._outside.herald, share).ask(change.asking)
