"""What collections do when the tags that they make public change: merged ones are followed, deleted ones end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.tags.followers import Note, by_now
from federation.collections import store


class CollectionFollower:
    """A `tags.followers.Follower` and `Restorer`.

    Its notes have the tag before and after of each collection, by id; None where it made none public any more.
    """

    name = "collections"

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Collections know their tags by id, and keep the address that others know."""

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> Note | None:
        """The tag that another becomes is public from now on, unless it is by another collection."""
        note: Note = {}
        for collection_id, tag_id in (await store.following(connection, owner_id, list(mapping))).items():
            into = mapping[tag_id]
            after = None if await store.of_tag(connection, owner_id, into) is not None else into
            await store.set_tag(connection, collection_id, after)
            note[str(collection_id)] = {"before": tag_id, "after": after}
        return note or None

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Note | None:
        """Nothing of these tags is public any more: their rows are about to go."""
        concerned = await store.following(connection, owner_id, ids)
        return {str(key): {"before": tag_id, "after": None} for key, tag_id in concerned.items()} or None

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> dict[str, int]:
        """How many collections make these tags public."""
        return {"collections": len(await store.following(connection, owner_id, ids))}

    async def put_back(
        self, connection: Connection, owner_id: int, note: Note, renumbered: Mapping[int, int]
    ) -> Note | None:
        """Make public again what was, where the collection stands and shows what the change made it show."""
        done: Note = {}
        for key, tags in note.items():
            before, after = (by_now(tags[name], renumbered) for name in ("before", "after"))
            if await store.exchange(connection, owner_id, UUID(key), after, before):
                done[key] = {"before": after, "after": before}
        return done or None
