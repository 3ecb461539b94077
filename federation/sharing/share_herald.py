"""What a person who shares tells others, in activities: the `ShareHerald` of the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archypix.core.database import Connection
from archypix.shares.models import Cut, Party, Share, SharedPicture
from federation.sharing import activities
from federation.sharing.documents import batches, picture_document
from federation.sharing.speaking import Speech
from federation.sharing.terms import MOST_GRANTS


class WireHerald:
    """Says it through the outbox. Whatever concerns a share reaches each inbox in the order in which it was said."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    async def offered(self, connection: Connection, share: Share) -> None:
        """`Offer` of the share, under the id that it was given."""
        await self._tell(connection, share, activities.offer(share), identified=True)

    async def changed(self, connection: Connection, share: Share) -> None:
        """`Update` of the share."""
        await self._tell(connection, share, activities.change(share))

    async def added(
        self,
        connection: Connection,
        share: Share,
        pictures: Sequence[SharedPicture],
        relayed: Sequence[str],
        sequence: int,
    ) -> None:
        """`Add`s of own pictures with all that is known, and of the ids of others'; as many as it takes."""
        items = [*(picture_document(_held(share, picture)) for picture in pictures), *relayed]
        for batch in batches(items):
            await self._tell(connection, share, activities.add(share, batch, sequence))

    async def removed(self, connection: Connection, share: Share, uris: Sequence[str], sequence: int) -> None:
        """`Remove`s, to the share's own recipient."""
        for batch in batches(uris):
            await self._tell(connection, share, activities.remove(share, batch, sequence))

    async def updated(
        self, connection: Connection, share: Share, pictures: Sequence[SharedPicture], holders: Sequence[int]
    ) -> None:
        """`Update`s of pictures. How each holder has access is not in them, since it differs."""
        bare = (picture_document(replace(_bounded(share, picture), share=None)) for picture in pictures)
        for batch in batches(bare):
            await self._spread(connection, share, activities.update(share, batch), holders)

    async def deleted(self, connection: Connection, share: Share, uris: Sequence[str], holders: Sequence[int]) -> None:
        """`Delete`s of pictures that are gone for good."""
        for batch in batches(uris):
            await self._spread(connection, share, activities.delete(batch), holders)

    async def withdrawn(
        self, connection: Connection, share: Share, uris: Sequence[str], holders: Sequence[int]
    ) -> None:
        """`Undo` that names pictures, to holders downstream: they ask whether they still have access by another way."""
        for batch in batches(uris):
            await self._spread(connection, share, activities.withdraw(share, self._offer(share), batch), holders)

    async def revoked(self, connection: Connection, cut: Cut) -> None:
        """`Undo` of the Offer: to the recipient, or in one activity to them and everybody downstream.

        Whatever is queued about the share is void; two activities would make each other so where they go to one server.
        """
        share, recipient = cut.share, cut.share.recipient.id
        rows = [recipient, *(row for row in cut.holders if row != recipient)]
        offer = self._offer(share)
        said = activities.revoke(share, offer) if len(rows) == 1 else activities.cut(share, offer, ())
        await self._speech.say(connection, share.account_id, said, rows, about=share.uri, ends=True)

    async def cut(self, connection: Connection, cut: Cut) -> None:
        """`Undo` that names grants to all who held by them, and a `Reject` of its Invites to each relayer.

        What is queued for the same servers stays, since others there may still be holders; and the end of the share
        does not make these void, for those who had been cut by then are not told of that. A `Reject` waits its turn: it
        must not overtake the `Accept` before it.
        """
        share = cut.share
        for start in range(0, len(cut.grants), MOST_GRANTS):
            said = activities.cut(share, self._offer(share), cut.grants[start : start + MOST_GRANTS])
            if cut.holders:
                await self._speech.say(
                    connection, share.account_id, said, cut.holders, about=f"{share.uri}#cut", own=False, urgent=True
                )
        for relayer, via_share in cut.relayers:
            invited = activities.invite_within(relayer.uri, None, share.uri, via_share)
            await self._speech.say(
                connection, share.account_id, activities.regret(invited, relayer.uri), [relayer.id], about=share.uri
            )

    async def invited(
        self, connection: Connection, share: Share, owner: Party, upstream: str, depth: int, uris: Sequence[str]
    ) -> str:
        """`Invite` of the share's recipient, to the owner of the pictures."""
        said = activities.invite(share, owner.uri, upstream, depth, uris)
        return await self._speech.say(connection, share.account_id, said, [owner.id], about=share.uri, own=False)

    async def uninvited(
        self, connection: Connection, share: Share, owner: Party, upstream: str, uris: Sequence[str] | None
    ) -> None:
        """`Undo` of the Invite, for some pictures or for all."""
        said = activities.uninvite(share, owner.uri, upstream, uris)
        await self._speech.say(connection, share.account_id, said, [owner.id], about=share.uri, own=False)

    def _offer(self, share: Share) -> str:
        return self._speech.offer_id(share.sender.uri, share.offered)

    async def _tell(
        self, connection: Connection, share: Share, said: activities.Activity, *, identified: bool = False
    ) -> None:
        identifier = share.offered if identified else None
        await self._speech.say(
            connection, share.account_id, said, [share.recipient.id], about=share.uri, identifier=identifier
        )

    async def _spread(
        self, connection: Connection, share: Share, said: activities.Activity, holders: Sequence[int]
    ) -> None:
        if holders:
            await self._speech.say(connection, share.account_id, said, holders, about=share.uri)


def _bounded(share: Share, picture: SharedPicture) -> SharedPicture:
    """The picture with no more than the share gives."""
    return picture if share.rights.originals else replace(picture, originals=False)


def _held(share: Share, picture: SharedPicture) -> SharedPicture:
    """The picture as the share's recipient holds it: by the root of the share."""
    rights = share.rights
    return replace(
        _bounded(share, picture),
        share=share.uri,
        grants=(share.id,),
        depth=rights.reshare_depth,
        copy=rights.copy,
        metadata_edit=rights.metadata_edit,
    )
