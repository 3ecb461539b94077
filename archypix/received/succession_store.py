"""SQL of shares that go on for earlier ones. Whoever writes has the writer lock of the account's library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from archypix.core.database import Connection


async def same_tag(connection: Connection, account_id: int, earlier: UUID, share_id: UUID) -> bool:
    """Give a share the tag of an earlier one; whether that has any."""
    done: str = await connection.execute(
        "UPDATE incoming_shares s SET tag_id = e.tag_id FROM incoming_shares e"
        " WHERE s.id = $3 AND s.account_id = $1 AND e.id = $2 AND e.account_id = $1 AND e.tag_id IS NOT NULL",
        account_id, earlier, share_id,
    )  # fmt: skip
    return done.endswith(" 1")


async def pairs(
    connection: Connection, account_id: int, earlier: UUID, share_id: UUID, uris: Sequence[str]
) -> dict[UUID, UUID]:
    """Of these pictures of a share those that are the same as one of the earlier share: to that one."""
    rows = await connection.fetch(
        """
        WITH fresh AS MATERIALIZED (
            SELECT p.id, p.filename, p.size, p.captured_at FROM unnest($4::text[]) AS u (uri)
                CROSS JOIN LATERAL (
                    SELECT picture_id FROM received WHERE uri = u.uri AND account_id = $1 AND share_id = $3 OFFSET 0
                ) r JOIN pictures p ON p.id = r.picture_id
        )
        SELECT f.id AS fresh, o.id AS old FROM fresh f CROSS JOIN LATERAL (
            SELECT q.id FROM pictures q
            WHERE q.owner_id = $1 AND q.filename = f.filename AND q.deleted_at IS NULL AND q.id <> f.id
                AND q.size = f.size AND q.captured_at IS NOT DISTINCT FROM f.captured_at
                AND EXISTS (SELECT FROM received w WHERE w.picture_id = q.id AND w.share_id = $2)
            ORDER BY q.id LIMIT 1
        ) o
        """,
        account_id, earlier, share_id, list(uris),
    )  # fmt: skip
    return {row["fresh"]: row["old"] for row in rows}


async def copy_tags(connection: Connection, same: Mapping[UUID, UUID]) -> None:
    """Put on pictures (keys) what a person put by hand on others (values)."""
    await connection.execute(
        "INSERT INTO assignments (picture_id, tag_id, source, source_id)"
        " SELECT s.fresh, a.tag_id, a.source, a.source_id FROM unnest($1::uuid[], $2::uuid[]) AS s (fresh, old)"
        " JOIN assignments a ON a.picture_id = s.old WHERE a.source = 'manual' ON CONFLICT DO NOTHING",
        list(same), list(same.values()),
    )  # fmt: skip


async def copy_ratings(connection: Connection, same: Mapping[UUID, UUID]) -> None:
    """Give pictures (keys) without a rating that of others (values)."""
    await connection.execute(
        "UPDATE pictures p SET rating = o.rating, revision = p.revision + 1,"
        " edited_fields = ARRAY(SELECT DISTINCT unnest(p.edited_fields || ARRAY['rating']) ORDER BY 1)"
        " FROM unnest($1::uuid[], $2::uuid[]) AS s (fresh, old) JOIN pictures o ON o.id = s.old"
        " WHERE p.id = s.fresh AND p.rating IS NULL AND o.rating IS NOT NULL",
        list(same), list(same.values()),
    )  # fmt: skip
