"""What becomes of the root of keywords when tags change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archypix.core.database import Connection
from archypix.tags.followers import Note
from archypix.writing import store


class RootFollower:
    """Carries the root of keywords over when its tag is merged (a `tags.followers.Follower`).

    A rename leaves it alone, for it is kept by its id; with its tag it goes, and it comes back with it.
    """

    name = "keywords_root"

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Nothing: the root is kept by its id."""

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> Note | None:
        """The root becomes what its tag becomes."""
        root = await store.keywords_root(connection, owner_id)
        if root is None or root not in mapping:
            return None
        await store.set_keywords_root(connection, owner_id, mapping[root])
        return {"before": root, "after": mapping[root]}

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Note | None:
        """Nothing is done: the database lets go of a root that goes."""
        root = await store.keywords_root(connection, owner_id)
        return {"before": root, "after": None} if root in ids else None

    async def put_back(
        self, connection: Connection, owner_id: int, note: Note, renumbered: Mapping[int, int]
    ) -> Note | None:
        """The root is again what it was, where nobody has set another since."""
        root = await store.keywords_root(connection, owner_id)
        before = renumbered.get(note["before"], note["before"])
        if root != note["after"] or not await store.is_tag(connection, owner_id, before):
            return None
        await store.set_keywords_root(connection, owner_id, before)
        return {"before": root, "after": before}

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Mapping[str, int]:
        """Whether one of these tags is the root, where it is."""
        root = await store.keywords_root(connection, owner_id)
        return {"keywords_root": 1} if root in ids else {}
