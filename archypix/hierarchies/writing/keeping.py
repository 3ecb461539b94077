"""Names that files have in folders, put back when a deed is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from archypix.core.database import Connection
from archypix.hierarchies import names_store
from archypix.hierarchies.writing import store
from archypix.tags.followers import Note

# In the log, so it never changes.
NAME: Final = "folder_names"


class NameKeeper:
    """A `tags.followers.Follower` and `Restorer` that only restores.

    Its notes have the rows of names before and after a deed, as JSON.
    """

    name = NAME

    async def tags_moved(self, connection: Connection, owner_id: int) -> None:
        """Folders are known by the ids of tags."""

    async def tags_merged(
        self,
        connection: Connection,  # noqa: ARG002 - a follower is told it
        owner_id: int,  # noqa: ARG002
        mapping: Mapping[int, int],  # noqa: ARG002
    ) -> Note | None:
        """What was in the folder of a tag that goes has the names that are made for it, in the other."""
        return None

    async def tags_deleted(
        self,
        connection: Connection,  # noqa: ARG002 - a follower is told it
        owner_id: int,  # noqa: ARG002
        ids: Sequence[int],  # noqa: ARG002
    ) -> Note | None:
        """A tag that comes back has its id, and so its folder its names."""
        return None

    async def count(
        self,
        connection: Connection,  # noqa: ARG002 - a follower is asked so
        owner_id: int,  # noqa: ARG002
        ids: Sequence[int],  # noqa: ARG002
    ) -> Mapping[str, int]:
        """Names keep no tag."""
        return {}

    async def put_back(
        self, connection: Connection, owner_id: int, note: Note, renumbered: Mapping[int, int]
    ) -> Note | None:
        """Files have the names again that they had, wherever the name is free and they have the later one still."""
        before, after = ([_renumbered(row, renumbered) for row in note[side]] for side in ("before", "after"))
        await names_store.lock(connection, owner_id)
        gone = await store.forget_names(connection, owner_id, after)
        come = await store.put_names(connection, owner_id, before)
        if not gone and not come:
            return None
        await names_store.tick(connection, owner_id)
        return {"before": gone, "after": come}


def _renumbered(row: Mapping[str, Any], renumbered: Mapping[int, int]) -> dict[str, Any]:
    """A row of a folder whose tag goes by another id now."""
    node, mark, tag = str(row["folder_key"]).rpartition(".t")
    if mark and tag.isdecimal() and int(tag) in renumbered:
        return {**row, "folder_key": f"{node}.t{renumbered[int(tag)]}"}
    return dict(row)
