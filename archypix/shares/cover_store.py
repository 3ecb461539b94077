"""SQL of what grants cover at this moment: the decision on access, and what a holder sees."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.shares.grants_store import GRANT, covers, grant, holds
from archypix.shares.models import Holder, Holding
from archypix.shares.store import OPEN, PARTY, party

# What the actor $1 holds now, by grants `g` of shares `s`: nothing where they are blocked or the owner is disabled.
_HELD = f"""
mine AS MATERIALIZED (
    SELECT g.id, g.parent_id, g.level, s.id AS share_id, s.account_id, s.tag_id, s.future,
        g.originals AND s.originals AS originals, g.copy AND s.copy AS copy,
        g.metadata_edit AND s.metadata_edit AS metadata_edit,
        greatest(least(g.depth, s.reshare_depth - g.level), 0) AS depth
    FROM grants g JOIN shares s ON s.id = g.share_id
    WHERE g.holder_id = $1 AND g.cut_at IS NULL AND {OPEN}
), owners AS MATERIALIZED (
    SELECT o.id FROM accounts o WHERE o.id IN (SELECT account_id FROM mine)
        AND o.disabled_at IS NULL AND o.deleted_at IS NULL AND o.moved_to IS NULL AND NOT o.arriving
        AND NOT is_barred(o.id, $1)
), held AS MATERIALIZED (
    SELECT * FROM mine WHERE account_id IN (SELECT id FROM owners)
)
"""
# Which rows `h` of `held` cover which pictures `p`: by their tags, so that `held` need not be looked through for each.
_COVERED_BY = f"""
CROSS JOIN LATERAL unnest(p.tag_closure) AS carried (tag_id)
    JOIN held h ON h.tag_id = carried.tag_id AND h.account_id = p.owner_id AND {covers("h", "h.share_id", "h")}
"""

_DECISION = f"""
WITH {_HELD}, asked AS MATERIALIZED (
    SELECT a.place, a.picture_id, o.account_id, c.moved_to IS NOT NULL AS moved
    FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS a (picture_id, owner, place)
        LEFT JOIN actors o ON o.uri = a.owner AND o.kind = 'person' LEFT JOIN accounts c ON c.id = o.account_id
), there AS MATERIALIZED (
    SELECT p.* FROM pictures p WHERE p.id = ANY ($2) AND p.blob_id IS NOT NULL
), ways AS (
    SELECT p.id, array_agg(h.id) AS grants, bool_or(h.originals) AS originals FROM there p {_COVERED_BY} GROUP BY p.id
)
SELECT a.place, a.moved, p.id, p.state, p.has_thumbnails, p.blob_id, p.sha256, p.size, p.media_type, p.filename,
    w.grants, w.originals, p.id IS NULL AND EXISTS (
        SELECT FROM held h LEFT JOIN share_members m ON m.share_id = h.share_id AND m.picture_id = a.picture_id
            LEFT JOIN grant_pictures c ON c.grant_id = h.id AND c.picture_id = a.picture_id
        WHERE h.account_id = a.account_id
            AND (m.picture_id IS NOT NULL AND h.parent_id IS NULL OR c.picture_id IS NOT NULL)
    ) AS was
FROM asked a LEFT JOIN there p ON p.id = a.picture_id AND p.owner_id = a.account_id LEFT JOIN ways w ON w.id = p.id
ORDER BY a.place
"""


async def decide(
    connection: Connection, holder_id: int, picture_ids: Sequence[UUID], owners: Sequence[str]
) -> list[Row]:
    """For each of these pictures, by its id and its owner's address: the picture, and by which grants it is theirs.

    `was`: it is gone, and it was theirs. `moved`: its owner lives at another server of the domain by now.
    """
    rows: list[Row] = await connection.fetch(_DECISION, holder_id, list(picture_ids), list(owners))
    return rows


async def touch(connection: Connection, grant_ids: Sequence[UUID]) -> None:
    """Write down that these grants were used, once a minute at most. It waits for nobody."""
    await connection.execute(
        "UPDATE grants SET last_access_at = now() WHERE id IN (SELECT id FROM grants WHERE id = ANY ($1)"
        " AND (last_access_at IS NULL OR last_access_at < now() - interval '1 minute')"
        " FOR NO KEY UPDATE SKIP LOCKED)",
        list(grant_ids),
    )


async def ways(connection: Connection, holder_id: int, picture_ids: Sequence[UUID]) -> list[Row]:
    """By which grants pictures are somebody's, the ways of most rights first, each with its path from the root."""
    rows: list[Row] = await connection.fetch(
        f"""
        WITH {_HELD}
        SELECT p.id AS picture_id, h.*, m.uri || '/shares/' || h.share_id AS share, (
            WITH RECURSIVE above (id, parent_id, level) AS (
                SELECT h.id, h.parent_id, h.level
                UNION ALL
                SELECT g.id, g.parent_id, g.level FROM above a JOIN grants g ON g.id = a.parent_id
            )
            SELECT array_agg(id ORDER BY level) FROM above
        ) AS path, s.share_back
        FROM pictures p {_COVERED_BY}
            JOIN shares s ON s.id = h.share_id JOIN remote_actors m ON m.id = s.sender_id
        WHERE p.id = ANY ($2)
        ORDER BY p.id, h.depth DESC, h.originals DESC, h.level, h.id
        """,
        holder_id, list(picture_ids),
    )  # fmt: skip
    return rows


async def still_held(
    connection: Connection, account_id: int, picture_ids: Sequence[UUID], rows: Sequence[int]
) -> set[tuple[UUID, int]]:
    """Of these pictures and people, which picture is whose by any grant."""
    found = await connection.fetch(
        # Each half by its own key: there may be ten thousand holders of each picture.
        "SELECT p.id, g.holder_id FROM grant_pictures c JOIN grants g ON g.id = c.grant_id AND g.cut_at IS NULL"
        f" JOIN shares s ON s.id = g.share_id AND {OPEN} JOIN pictures p ON p.id = c.picture_id AND {holds()}"
        " WHERE c.picture_id = ANY ($2) AND g.holder_id = ANY ($3) AND s.account_id = $1"
        " UNION SELECT p.id, g.holder_id FROM shares s JOIN grants g ON g.id = s.id AND g.cut_at IS NULL"
        f" JOIN pictures p ON p.id = ANY ($2) AND {holds()}"
        f" WHERE s.account_id = $1 AND s.recipient_id = ANY ($3) AND {OPEN}",
        account_id, list(picture_ids), list(rows),
    )  # fmt: skip
    return {(row["id"], row["holder_id"]) for row in found}


async def members(connection: Connection, share_id: UUID, after: UUID | None, limit: int) -> list[Row]:
    """What the recipient of a share was told to hold, in the order of the pictures' ids."""
    rows: list[Row] = await connection.fetch(
        "SELECT m.picture_id, m.uri, r.uri AS owner, m.revision, m.revision > 0 AS own FROM share_members m"
        " JOIN remote_actors r ON r.id = m.owner_id WHERE m.share_id = $1 AND m.state = 'announced'"
        " AND ($2::uuid IS NULL OR m.picture_id > $2) ORDER BY m.picture_id LIMIT $3",
        share_id, after, limit,
    )  # fmt: skip
    return rows


async def covered_pictures(
    connection: Connection, share_id: UUID, grant_ids: Sequence[UUID], after: UUID | None, limit: int
) -> list[Row]:
    """What any of these grants below the root covers now, in the order of the pictures' ids."""
    rows: list[Row] = await connection.fetch(
        "SELECT p.id AS picture_id, m.uri || '/pictures/' || p.id AS uri, m.uri AS owner,"
        " coalesce(t.revision, 1) AS revision, true AS own"
        " FROM (SELECT DISTINCT picture_id FROM grant_pictures WHERE grant_id = ANY ($2)"
        "   AND ($3::uuid IS NULL OR picture_id > $3)) c"
        " JOIN pictures p ON p.id = c.picture_id JOIN shares s ON s.id = $1"
        " JOIN remote_actors m ON m.id = s.sender_id LEFT JOIN shared_pictures t ON t.picture_id = p.id"
        f" WHERE {holds()} ORDER BY p.id LIMIT $4",
        share_id, list(grant_ids), after, limit,
    )  # fmt: skip
    return rows


# For the owner's eyes


async def holdings(
    connection: Connection, account_id: int, picture_id: UUID, after: UUID | None, limit: int
) -> list[Holding]:
    """Who has access to a picture of the account now, and through whom; by grants, the oldest first."""
    rows = await connection.fetch(
        f"{GRANT.replace('SELECT g.*', 'SELECT g.*, s.name AS share_name')} JOIN pictures p ON p.id = $2"
        f" WHERE s.account_id = $1 AND p.owner_id = $1 AND g.cut_at IS NULL AND {OPEN} AND {covers()}"
        " AND ($3::uuid IS NULL OR g.id > $3) ORDER BY g.id LIMIT $4",
        account_id, picture_id, after, limit,
    )  # fmt: skip
    return [Holding(row["share_id"], row["share_name"], grant(row)) for row in rows]


async def holders(connection: Connection, account_id: int, after: int, limit: int) -> list[Holder]:
    """Everybody who has access to anything of the account now, by their rows."""
    rows = await connection.fetch(
        f"SELECT h.*, {PARTY.format('r', 'holder')} FROM ("
        "  SELECT g.holder_id, count(DISTINCT g.share_id) AS shares, bool_or(g.parent_id IS NULL) AS direct,"
        "    max(g.last_access_at) AS last_access FROM shares s JOIN grants g ON g.share_id = s.id"
        f"  WHERE s.account_id = $1 AND {OPEN} AND g.cut_at IS NULL AND g.holder_id > $2"
        "  GROUP BY g.holder_id ORDER BY g.holder_id LIMIT $3"
        ") h JOIN remote_actors r ON r.id = h.holder_id ORDER BY h.holder_id",
        account_id, after, limit,
    )  # fmt: skip
    return [Holder(party(row, "holder"), row["shares"], row["direct"], row["last_access"]) for row in rows]


async def owns(connection: Connection, account_id: int, picture_id: UUID) -> bool:
    """Whether the account owns this picture."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM pictures WHERE id = $1 AND owner_id = $2 AND blob_id IS NOT NULL)",
            picture_id, account_id,
        )
    )  # fmt: skip
