"""What `doctor` asks of public tags: whether posts are what tags say, and counters what their rows say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from archypix.core.database import Connection, Database, Row
from archypix.core.resting import awake
from archypix.health.consistency import Finding
from federation.collections.store import POSTED, VISIBLE

MOST = 100
TIME_LIMIT = 600.0
# Longer than a running server takes to compare what has changed.
LAG_SECONDS = 15.0

# Each finds what must not be; its columns are a subject and what is wrong with it.
WRONG = {
    "a counter of a post that is wrong": """
        SELECT o.id::text AS subject, format('stored %s, %s, %s, counted %s, %s, %s', o.likes, o.boosts, o.replies,
            r.likes, r.boosts, r.replies) AS detail
        FROM posts o CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE kind = 'like') AS likes, count(*) FILTER (WHERE kind = 'boost') AS boosts,
                count(*) FILTER (WHERE kind = 'reply') AS replies
            FROM reactions WHERE post_id = o.id
        ) r
        WHERE (o.likes, o.boosts, o.replies) <> (r.likes, r.boosts, r.replies) LIMIT $1""",
    "a post that does not stand as its pictures say": """
        SELECT o.id::text AS subject, CASE WHEN o.deleted_at IS NULL THEN 'it has no picture, and was not taken back'
            ELSE 'it was taken back, and has pictures' END AS detail
        FROM posts o WHERE (o.deleted_at IS NULL) <> EXISTS (SELECT FROM post_pictures x WHERE x.post_id = o.id)
        LIMIT $1""",
}
# Each is so for a moment after every change, and for good where nobody works at it any more: those who are elsewhere.
BEHIND = {
    "a picture that is posted and not public": f"""
        SELECT x.picture_id::text AS subject, 'in post ' || x.post_id AS detail
        FROM post_pictures x JOIN collections c ON c.id = x.collection_id JOIN accounts a ON a.id = c.account_id
        WHERE a.disabled_at IS NULL AND {awake("a.id")} AND NOT EXISTS (
            SELECT FROM pictures p WHERE p.id = x.picture_id AND p.owner_id = c.account_id
                AND c.tag_id = ANY (p.tag_closure) AND {POSTED} OFFSET 0) LIMIT $1""",
    "a picture that is public and not posted": f"""
        SELECT t.picture_id::text AS subject, 'in collection ' || t.id AS detail
        FROM (
            SELECT c.id, c.account_id, t.picture_id FROM collections c JOIN accounts a ON a.id = c.account_id
                JOIN picture_tags t ON t.tag_id = c.tag_id
            WHERE a.disabled_at IS NULL AND c.filled AND {awake("a.id")}
            EXCEPT SELECT c.id, c.account_id, x.picture_id FROM collections c
                JOIN post_pictures x ON x.collection_id = c.id
        ) t WHERE EXISTS (
            SELECT FROM pictures p WHERE p.id = t.picture_id AND p.owner_id = t.account_id AND {VISIBLE} OFFSET 0)
        LIMIT $1""",
}


async def findings(database: Database, *, lag: float = LAG_SECONDS) -> AsyncIterator[Finding]:
    """Every inconsistency of posts, at most 100 of a kind. What may only lag is looked at again after `lag` s."""
    async with database.connection() as connection:
        for kind, statement in WRONG.items():
            for row in await _rows(connection, statement):
                yield Finding(kind, row["subject"], row["detail"])
        behind = {kind: await _rows(connection, statement) for kind, statement in BEHIND.items()}
    if not any(behind.values()):
        return
    await asyncio.sleep(lag)
    async with database.connection() as connection:
        for kind, before in behind.items():
            for row in await _rows(connection, BEHIND[kind]) if before else ():
                if row in before:
                    yield Finding(kind, row["subject"], row["detail"])


async def _rows(connection: Connection, statement: str) -> list[Row]:
    return list(await connection.fetch(statement, MOST, timeout=TIME_LIMIT))
