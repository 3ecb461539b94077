"""What a hierarchy has beside its tags at all, asked in one go: mostly nothing, and then nothing more need be asked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection


@dataclass(frozen=True, slots=True)
class Beside:
    """Whether there are scraps, locks and properties anywhere in a hierarchy."""

    scraps: bool
    locks: bool
    properties: bool

    @property
    def anything(self) -> bool:
        """Whether there is any of them."""
        return self.scraps or self.locks or self.properties


async def beside(connection: Connection, hierarchy_id: UUID) -> Beside:
    """What there is now."""
    row = await connection.fetchrow(
        "SELECT EXISTS (SELECT FROM drive_scraps WHERE hierarchy_id = $1),"
        " EXISTS (SELECT FROM drive_locks WHERE hierarchy_id = $1),"
        " EXISTS (SELECT FROM drive_properties WHERE hierarchy_id = $1)",
        hierarchy_id,
    )
    return Beside(*row)
