"""What shares do when their tags change: renamed ones are told, merged ones followed, deleted ones end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.shares import store, ties_store
from archypix.shares.ending import Ender
from archypix.shares.models import Share
from archypix.shares.outside import Outside
from archypix.tags.followers import Note


class ShareFollower:
    """A `tags.followers.Follower` and `Restorer`.

    Its notes have the tag before and after of each share that followed a merge, by id. What a deletion revoked stays
    so: its recipients have been told.
    """

    name = "shares"

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._ender = Ender(outside)

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Recipients are told the new paths; shares know their tags by id."""
        moved = await ties_store.moved(connection, owner_id)
        for share in await store.lock_all(connection, list(moved)):
            await store.change(connection, share.id, {"path": moved[share.id]})
            await self._tell(connection, share)

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> Note | None:
        """The tag that another becomes is shared from now on."""
        note: Note = {}
        for share in await store.lock_all(connection, await ties_store.naming(connection, owner_id, list(mapping))):
            assert share.tag_id is not None
            await self._follow(connection, share, mapping[share.tag_id])
            note[str(share.id)] = {"before": share.tag_id, "after": mapping[share.tag_id]}
        return note or None

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Note | None:
        """Nothing of these tags is shared any more."""
        shares = await store.lock_all(connection, await ties_store.naming(connection, owner_id, ids))
        await self._ender.end(connection, shares, "revoked")
        return None

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> dict[str, int]:
        """How many shares there are of these tags."""
        return {"shares": len(await ties_store.naming(connection, owner_id, ids))}

    async def put_back(
        self, connection: Connection, owner_id: int, note: Note, renumbered: Mapping[int, int]
    ) -> Note | None:
        """Share again what was shared before, where the share stands and still has what the merge gave it."""
        done: Note = {}
        for share in await store.lock_all(connection, [UUID(key) for key in note]):
            before, after = (_by_now(note[str(share.id)][name], renumbered) for name in ("before", "after"))
            stands = share.account_id == owner_id and share.state in ("pending", "active")
            if stands and share.tag_id == after and await ties_store.has_tag(connection, owner_id, before):
                await self._follow(connection, share, before)
                done[str(share.id)] = {"before": after, "after": before}
        return done or None

    async def _follow(self, connection: Connection, share: Share, tag_id: int) -> None:
        path = await store.path_of(connection, share.account_id, tag_id)
        await store.change(connection, share.id, {"tag_id": tag_id, "path": path})
        await self._tell(connection, share)

    async def _tell(self, connection: Connection, share: Share) -> None:
        now = await store.known(connection, share.id)
        assert now is not None
        await self._outside.herald.changed(connection, now)


def _by_now(tag_id: int, renumbered: Mapping[int, int]) -> int:
    """The id that a tag has now."""
    return renumbered.get(tag_id, tag_id)
