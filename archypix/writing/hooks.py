"""What becomes of the root of keywords when tags change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archypix.core.database import Connection
from archypix.writing import store


class RootFollower:
    """Carries the root of keywords over when its tag is merged (a `tags.followers.Follower`).

    A rename leaves it alone, for it is kept by its id; with its tag it goes.
    """

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Nothing: the root is kept by its id."""

    async def tags_merged(self, connection: Connection, owner_id: int, mapping: Mapping[int, int]) -> None:
        """The root becomes what its tag becomes."""
        root = await store.keywords_root(connection, owner_id)
        if root is not None and root in mapping:
            await store.set_keywords_root(connection, owner_id, mapping[root])

    async def tags_deleted(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> None:
        """Nothing: the database lets go of a root that goes."""

    async def count(self, connection: Connection, owner_id: int, ids: Sequence[int]) -> Mapping[str, int]:
        """Whether one of these tags is the root, where it is."""
        root = await store.keywords_root(connection, owner_id)
        return {"keywords_root": 1} if root in ids else {}
