"""What a hierarchy has beside its tags at all, asked in one go: mostly nothing, and then nothing more need be asked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection
from archypix.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Beside:
    """Whether there are scraps, locks and properties anywhere in a hierarchy; `revision` is that of the tags."""

    scraps: bool
    locks: bool
    properties: bool
    revision: int

    @property
    def anything(self) -> bool:
        """Whether there is any of them."""
        return self.scraps or self.locks or self.properties


async def beside(connection: Connection, hierarchy_id: UUID) -> Beside:
    """What there is now."""
    row = await connection.fetchrow(
        "SELECT EXISTS (SELECT FROM drive_scraps WHERE hierarchy_id = $1),"
        " EXISTS (SELECT FROM drive_locks WHERE hierarchy_id = $1),"
        " EXISTS (SELECT FROM drive_properties WHERE hierarchy_id = $1),"
        " (SELECT tags_revision FROM libraries WHERE account_id = h.account_id) FROM hierarchies h WHERE id = $1",
        hierarchy_id,
    )
    if row is None:
        raise NotFound("This drive is no more.")
    return Beside(*row)
