"""Owners are asked for the access of a share's recipient to pictures of theirs, and told when it is needed no more."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.database import Connection
from archypix.received.models import Party
from archypix.shares.herald import ShareHerald
from archypix.shares.models import Share
from archypix.shares.publishing import members_store
from archypix.shares.publishing.models import Asked, Member
from archypix.shares.publishing.telling import bunches
from archypix.shares.relaying import store


class Asker:
    """Asks for one share, inside the transaction of one comparison."""

    def __init__(self, connection: Connection, herald: ShareHerald, share: Share) -> None:
        self._connection = connection
        self._herald = herald
        self._share = share

    async def ask(self, asked: Sequence[Asked]) -> None:
        """Ask for these, together what is held of one owner by one share of theirs."""
        ways: dict[tuple[int, str, int], list[Asked]] = {}
        for one in asked:
            ways.setdefault((one.upstream.owner.id, one.upstream.share, one.depth), []).append(one)
        for (owner_id, upstream, depth), alike in ways.items():
            for bunch in bunches(alike):
                invite = await self._herald.invited(
                    self._connection, self._share, bunch[0].upstream.owner, upstream, depth, [one.uri for one in bunch]
                )
                await members_store.ask(self._connection, self._share.id, owner_id, invite, bunch)

    async def give_back(self, members: Sequence[Member]) -> None:
        """These are needed no more; what was refused need not be given back."""
        ways: dict[tuple[int, str], list[str]] = {}
        for one in members:
            if one.upstream is not None and one.consent is not False:
                ways.setdefault((one.owner_id, one.upstream), []).append(one.uri)
        owners = await store.parties(self._connection, {owner_id for owner_id, _ in ways})
        for (owner_id, upstream), uris in ways.items():
            for bunch in bunches(uris):
                await self._give_back(owners.get(owner_id), upstream, bunch)

    async def give_all_back(self) -> None:
        """The share is over: nothing is needed of anybody any more."""
        ways = await members_store.asked_of(self._connection, self._share.id)
        owners = await store.parties(self._connection, {owner_id for owner_id, _ in ways})
        for owner_id, upstream in ways:
            await self._give_back(owners.get(owner_id), upstream, None)

    async def _give_back(self, owner: Party | None, upstream: str, uris: Sequence[str] | None) -> None:
        if owner is not None:
            await self._herald.uninvited(self._connection, self._share, owner, upstream, uris)
