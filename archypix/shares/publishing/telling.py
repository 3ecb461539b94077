"""What a share's recipient, and those who hold by them, are told of pictures: bunches for the herald."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from archypix.core.database import Connection
from archypix.shares import pictures_store
from archypix.shares.ending import Ender
from archypix.shares.models import Share, SharedPicture
from archypix.shares.outside import Outside
from archypix.shares.publishing import members_store
from archypix.shares.publishing.models import Member

BUNCH = 100
T = TypeVar("T")


def bunches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, a hundred at a time."""
    for start in range(0, len(items), BUNCH):
        yield items[start : start + BUNCH]


class Documents:
    """Own pictures as others are told of them, each read once; of one transaction."""

    def __init__(self, connection: Connection, account_id: int, sender: str, default_days: int) -> None:
        self._connection = connection
        self._account_id = account_id
        self._sender = sender
        self._default_days = default_days
        self._read: dict[bool, dict[str, SharedPicture]] = {True: {}, False: {}}

    def uri(self, picture_id: UUID) -> str:
        """The id of an own picture elsewhere."""
        return f"{self._sender}/pictures/{picture_id}"

    async def of(self, ids: Iterable[UUID], *, originals: bool) -> list[SharedPicture]:
        """These pictures, in this order."""
        known = self._read[originals]
        wanted = {self.uri(one): one for one in ids}
        if missing := [one for uri, one in wanted.items() if uri not in known]:
            read = await pictures_store.pictures(
                self._connection, self._account_id, missing, originals=originals, default_days=self._default_days
            )
            known.update((picture.uri, picture) for picture in read)
        return [known[uri] for uri in wanted if uri in known]


class Teller:
    """Tells of one share, inside the transaction of one comparison."""

    def __init__(self, connection: Connection, outside: Outside, share: Share, documents: Documents) -> None:
        self._connection = connection
        self._herald = outside.herald
        self._ender = Ender(outside)
        self._share = share
        self._documents = documents

    async def removed(self, members: Sequence[Member]) -> None:
        """These were told of, and are not in the share any more; those below lose them too."""
        for bunch in bunches([one for one in members if one.state == "announced"]):
            sequence = await members_store.next_sequence(self._connection, self._share.id)
            await self._herald.removed(self._connection, self._share, [one.uri for one in bunch], sequence)
            if own := [one.picture_id for one in bunch if one.own]:
                await self._ender.uncover(self._connection, self._share, own)

    async def deleted(self, members: Sequence[Member]) -> None:
        """These were told of, and are gone for good."""
        for bunch in bunches(members):
            uris = {one.picture_id: one.uri for one in bunch}
            told = {tuple(uris): [self._share.recipient.id]}
            for alike in await members_store.downstream(self._connection, self._share.id, list(uris)):
                told.setdefault(tuple(alike.pictures), []).extend(alike.holders)
            await members_store.let_go(self._connection, self._share.id, list(uris))
            for ids, holders in told.items():
                await self._herald.deleted(self._connection, self._share, [uris[one] for one in ids], holders)

    async def added(self, ids: Sequence[UUID]) -> dict[UUID, int]:
        """Own pictures are in the share; by which announcement each was told of."""
        sequences: dict[UUID, int] = {}
        for bunch in bunches(ids):
            sequence = await members_store.next_sequence(self._connection, self._share.id)
            sequences |= dict.fromkeys(bunch, sequence)
            pictures = await self._documents.of(bunch, originals=self._share.rights.originals)
            await self._herald.added(self._connection, self._share, self._held(pictures), (), sequence)
        return sequences

    async def relayed(self, members: Sequence[Member]) -> None:
        """Others' pictures are in the share, whose owners have agreed."""
        for bunch in bunches(members):
            sequence = await members_store.next_sequence(self._connection, self._share.id)
            await members_store.announce_granted(
                self._connection, self._share.id, [one.picture_id for one in bunch], sequence
            )
            await self._herald.added(self._connection, self._share, (), [one.uri for one in bunch], sequence)

    async def updated(self, ids: Sequence[UUID]) -> None:
        """Own pictures that were told of are others now."""
        rights = self._share.rights
        for bunch in bunches(sorted(ids)):
            told = {(tuple(bunch), rights.originals): [self._share.recipient.id]}
            for alike in await members_store.downstream(self._connection, self._share.id, bunch):
                key = (tuple(alike.pictures), alike.originals and rights.originals)
                told.setdefault(key, []).extend(alike.holders)
            for (chosen, originals), holders in told.items():
                pictures = await self._documents.of(chosen, originals=originals)
                direct = holders == [self._share.recipient.id]
                told_of = self._held(pictures) if direct else [replace(one, share=self._share.uri) for one in pictures]
                await self._herald.updated(self._connection, self._share, told_of, holders)

    def _held(self, pictures: Iterable[SharedPicture]) -> list[SharedPicture]:
        """The pictures as the recipient of the share holds them: from its root."""
        rights = self._share.rights
        return [
            replace(
                picture, grants=(self._share.id,), share=self._share.uri, depth=rights.reshare_depth, copy=rights.copy,
                metadata_edit=rights.metadata_edit, originals=rights.originals,
            )
            for picture in pictures
        ]  # fmt: skip
