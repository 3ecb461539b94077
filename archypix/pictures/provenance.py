"""By whom received pictures came, and what may be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection


@dataclass(frozen=True, slots=True)
class Provenance:
    """Of one received picture: its owner and those who sent it, by their handles, the incoming shares it came by, and
    the most that any of these allows. `reshare` is how often it may be passed on."""

    owner: str
    senders: tuple[str, ...]
    shares: tuple[UUID, ...]
    copy: bool
    reshare: int
    metadata_edit: bool
    originals: bool


OF_PICTURES = """
SELECT r.picture_id, o.handle AS owner, array_agg(DISTINCT a.handle ORDER BY a.handle) AS senders,
    array_agg(s.id ORDER BY s.number) AS shares, bool_or(CASE WHEN r.direct THEN s.copy ELSE r.copy END) AS copy,
    max(CASE WHEN r.direct THEN s.reshare_depth ELSE r.depth END) AS reshare,
    bool_or(CASE WHEN r.direct THEN s.metadata_edit ELSE r.metadata_edit END) AS metadata_edit,
    bool_or(CASE WHEN r.direct THEN s.originals ELSE r.originals END) AS originals
FROM received r JOIN incoming_shares s ON s.id = r.share_id JOIN remote_actors a ON a.id = s.sender_id
    JOIN pictures p ON p.id = r.picture_id JOIN remote_actors o ON o.id = p.origin_owner_id
WHERE r.picture_id = ANY ($1) GROUP BY r.picture_id, o.handle
"""


async def of_pictures(connection: Connection, picture_ids: Sequence[UUID]) -> dict[UUID, Provenance]:
    """What is known of these received pictures; the caller has seen to whose they are."""
    if not picture_ids:
        return {}
    return {
        row["picture_id"]: Provenance(
            _written(row["owner"]),
            tuple(map(_written, row["senders"])),
            tuple(row["shares"]),
            row["copy"],
            row["reshare"],
            row["metadata_edit"],
            row["originals"],
        )
        for row in await connection.fetch(OF_PICTURES, list(picture_ids))
    }


def _written(handle: str) -> str:
    """`@alice:domain`, as owners of pictures are written."""
    return "@" + handle.replace("@", ":", 1)
