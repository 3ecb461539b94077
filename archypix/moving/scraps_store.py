"""SQL of files beside the tags that arrive before the rows that say where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.moving.models import Offer


async def announce(connection: Connection, move: UUID, offer: Offer, key: str) -> bool:
    """A row for bytes that are about to be put at this key; False where somebody else's row has the id."""
    assert offer.scrap is not None
    scrap_id = UUID(offer.scrap)
    await connection.execute(
        "INSERT INTO drive_scraps (id, state, kind, folder, name_key, name, size, media_type, sha256, key, expires_at)"
        " VALUES ($1, 'writing', 'scratch', '', '', '', $2, $3, $4, $5, 'infinity') ON CONFLICT DO NOTHING",
        scrap_id, offer.size, offer.media_type, bytes.fromhex(offer.sha256), key,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO arrival_scraps (scrap_id, move) SELECT id, $2 FROM drive_scraps WHERE id = $1"
        " AND token_id IS NULL AND state = 'writing' ON CONFLICT DO NOTHING",
        scrap_id, move,
    )  # fmt: skip
    return bool(
        await connection.fetchval("SELECT true FROM arrival_scraps WHERE scrap_id = $1 AND move = $2", scrap_id, move)
    )


async def make_way(connection: Connection, move: UUID, ids: Sequence[UUID]) -> None:
    """The rows of these are about to be written as they are. The others stay known until their bytes are removed."""
    await connection.execute(
        "DELETE FROM drive_scraps WHERE id IN"
        " (SELECT scrap_id FROM arrival_scraps WHERE move = $1 AND scrap_id = ANY ($2))",
        move, list(ids),
    )  # fmt: skip


async def let_go(connection: Connection, move: UUID) -> None:
    """Whatever was brought for a move and is nobody's is swept."""
    await connection.execute("DELETE FROM arrival_scraps WHERE move = $1", move)
