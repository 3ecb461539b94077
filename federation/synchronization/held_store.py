"""SQL about what an account holds by a share, and what of it is to be asked about again."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from archypix.core.database import Connection

# What others passed on of somebody's share: of each picture the revision as its owner tells it.
BELOW = """
    SELECT count(*) AS held, bit_xor(received_mark(h.uri, true, h.revision)) AS digest FROM (
        SELECT DISTINCT w.uri, coalesce(p.origin_revision, 0) AS revision
        FROM received w JOIN pictures p ON p.id = w.picture_id
        WHERE w.account_id = $1 AND w.owner_uri = $2 AND w.upstream = $3 AND w.present AND NOT w.direct
    ) h
"""


async def accepted(connection: Connection, account_id: int, share: str, sender_row: int) -> UUID | None:
    """The share as the account accepted it; None where it is over, was never accepted, or is somebody else's."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM incoming_shares WHERE account_id = $1 AND uri = $2 AND sender_id = $3 AND state = 'active'",
        account_id, share, sender_row,
    )  # fmt: skip
    return found


async def revisions(connection: Connection, share_id: UUID) -> dict[str, int]:
    """The revisions in which pictures of a share's sender are held by it."""
    rows = await connection.fetch(
        "SELECT uri, revision FROM received WHERE share_id = $1 AND present AND direct AND picture_id IS NOT NULL",
        share_id,
    )
    return {row["uri"]: row["revision"] for row in rows}


async def below(connection: Connection, account_id: int, owner_uri: str, share: str) -> bytes | None:
    """The digest of what came to the account by others' passing on of a share; None where nothing did."""
    row = await connection.fetchrow(BELOW, account_id, owner_uri, share)
    return None if row is None or not row["held"] else row["digest"].bytes


async def below_but(
    connection: Connection, account_id: int, owner_uri: str, share: str, uris: Collection[str]
) -> list[str]:
    """What came by others' passing on of a share, but these."""
    rows = await connection.fetch(
        "SELECT DISTINCT uri FROM received WHERE account_id = $1 AND owner_uri = $2 AND upstream = $3 AND present"
        " AND NOT direct AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS n (uri) WHERE n.uri = received.uri)"
        " ORDER BY uri",
        account_id, owner_uri, share, list(uris),
    )  # fmt: skip
    return [row["uri"] for row in rows]


async def row_of(connection: Connection, actor_uri: str) -> int | None:
    """The row of an actor."""
    found: int | None = await connection.fetchval("SELECT id FROM remote_actors WHERE uri = $1", actor_uri)
    return found
