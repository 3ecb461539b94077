"""How much room a library takes and has left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archypix.pictures import library_store

if TYPE_CHECKING:
    from archypix.core.database import Connection
    from webdav.ground import Ground


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes that the library takes, and how many more fit; None: nobody knows an end."""

    used: int
    available: int | None


async def space_of(ground: Ground, connection: Connection, account_id: int) -> Space:
    """The room of an account's library: up to its quota, or else up to the end of the storage."""
    used, quota = await library_store.usage(connection, account_id)
    free = await ground.storage.free_bytes()
    left = None if quota is None else max(0, quota - used)
    ends = [bound for bound in (left, free) if bound is not None]
    return Space(used, min(ends, default=None))
