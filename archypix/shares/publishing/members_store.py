"""SQL of members: what recipients were told of, written in the transaction that tells them; the digest follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection
from archypix.shares import store as shares_store
from archypix.shares.models import Share
from archypix.shares.publishing.models import Asked

# Of a share that is over, in one transaction.
CLEARED = 5_000

ANNOUNCE = """
INSERT INTO share_members (share_id, picture_id, uri, owner_id, state, sequence, revision)
SELECT $1, t.picture_id, p.uri, $2, 'announced', t.sequence, p.revision
FROM unnest($3::uuid[], $4::bigint[]) AS t (picture_id, sequence) CROSS JOIN LATERAL (
    SELECT uri, revision FROM shared_pictures WHERE picture_id = t.picture_id OFFSET 0
) p
"""
ASK = """
INSERT INTO share_members (share_id, picture_id, uri, owner_id, state, upstream, way, invite, asked_at)
SELECT $1, t.picture_id, t.uri, $2, 'inviting', $3, t.way, $4, now()
FROM unnest($5::uuid[], $6::text[], $7::text[]) AS t (picture_id, uri, way)
ON CONFLICT (share_id, picture_id) DO UPDATE
SET way = EXCLUDED.way, invite = EXCLUDED.invite, asked_at = EXCLUDED.asked_at, consent = NULL,
    state = CASE WHEN share_members.state = 'announced' THEN 'announced' ELSE 'inviting' END
"""
REVISED = """
WITH outdated AS MATERIALIZED (
    SELECT t.share_id, t.picture_id, p.revision
    FROM unnest($1::uuid[]) AS asked (id)
        CROSS JOIN LATERAL (SELECT revision FROM shared_pictures WHERE picture_id = asked.id OFFSET 0) p
        CROSS JOIN LATERAL (
            SELECT share_id, picture_id, revision, state, upstream FROM share_members
            WHERE picture_id = asked.id OFFSET 0
        ) t
    WHERE t.share_id = ANY ($2) AND t.state = 'announced' AND t.upstream IS NULL AND t.revision <> p.revision
)
UPDATE share_members m SET revision = o.revision FROM outdated o
WHERE m.share_id = o.share_id AND m.picture_id = o.picture_id
RETURNING m.share_id, m.picture_id
"""
DOWNSTREAM = """
SELECT array_agg(holder_id ORDER BY holder_id) AS holders, originals, pictures FROM (
    SELECT holder_id, originals, array_agg(picture_id ORDER BY picture_id) AS pictures FROM (
        SELECT g.holder_id, t.id AS picture_id, bool_or(g.originals) AS originals
        FROM unnest($2::uuid[]) AS t (id)
            JOIN grant_pictures c ON c.picture_id = t.id JOIN grants g ON g.id = c.grant_id
        WHERE g.share_id = $1 AND g.cut_at IS NULL GROUP BY g.holder_id, t.id
    ) held GROUP BY holder_id, originals
) alike GROUP BY originals, pictures ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """People below a share's root who hold exactly these of the pictures in question."""

    holders: list[int]
    pictures: list[UUID]
    originals: bool


async def active(connection: Connection, account_id: int) -> list[Share]:
    """The account's shares that have been accepted and stand."""
    rows = await connection.fetch(
        f"{shares_store.SHARE} WHERE s.account_id = $1 AND s.state = 'active' AND s.tag_id IS NOT NULL ORDER BY s.id",
        account_id,
    )
    return [shares_store.share(row) for row in rows]


async def next_sequence(connection: Connection, share_id: UUID) -> int:
    """Count one thing more that is said of a share; its number."""
    return int(
        await connection.fetchval(
            "UPDATE shares SET sequence = sequence + 1 WHERE id = $1 RETURNING sequence", share_id
        )
    )


async def announce_own(connection: Connection, share: Share, sequences: Mapping[UUID, int]) -> None:
    """Own pictures are told of, at their present revision, by the announcements of these numbers."""
    await connection.execute(ANNOUNCE, share.id, share.sender.id, list(sequences.keys()), list(sequences.values()))


async def announce_granted(connection: Connection, share_id: UUID, ids: Sequence[UUID], sequence: int) -> None:
    """Others' pictures are told of."""
    await connection.execute(
        "UPDATE share_members SET state = 'announced', sequence = $3 WHERE share_id = $1 AND picture_id = ANY ($2)",
        share_id, list(ids), sequence,
    )  # fmt: skip


async def ask(connection: Connection, share_id: UUID, owner_id: int, invite: str, asked: Sequence[Asked]) -> None:
    """The owner is asked for these, all by one way, by the activity `invite`."""
    await connection.execute(
        ASK, share_id, owner_id, asked[0].upstream.share, invite, [one.picture_id for one in asked],
        [one.uri for one in asked], [one.way for one in asked],
    )  # fmt: skip


async def refuse(connection: Connection, share_id: UUID, ids: Sequence[UUID]) -> None:
    """The owner has refused these: they are kept as such, so that nobody asks for the same again."""
    await connection.execute(
        "UPDATE share_members SET state = 'refused' WHERE share_id = $1 AND picture_id = ANY ($2)", share_id, list(ids)
    )


async def remove(connection: Connection, share_id: UUID, ids: Sequence[UUID]) -> None:
    """These are no members any more."""
    await connection.execute(
        "DELETE FROM share_members WHERE share_id = $1 AND picture_id = ANY ($2)", share_id, list(ids)
    )


async def revised(connection: Connection, ids: Sequence[UUID], shares: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """By share, which of these own pictures were told of at another revision than theirs; they are set to it."""
    found: dict[UUID, list[UUID]] = {}
    for row in await connection.fetch(REVISED, list(ids), list(shares)):
        found.setdefault(row["share_id"], []).append(row["picture_id"])
    return found


# Those who hold by others


async def downstream(connection: Connection, share_id: UUID, ids: Sequence[UUID]) -> list[Alike]:
    """Who holds which of these pictures below the share's root."""
    rows = await connection.fetch(DOWNSTREAM, share_id, list(ids))
    return [Alike(row["holders"], row["pictures"], row["originals"]) for row in rows]


async def count_below(connection: Connection, shares: Sequence[UUID], most: int) -> int:
    """How many grants there are below the roots of these shares, counted up to so many."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM (SELECT FROM grants WHERE share_id = ANY ($1) AND parent_id IS NOT NULL"
            " AND cut_at IS NULL LIMIT $2) below",
            list(shares),
            most,
        )
    )


async def let_go(connection: Connection, share_id: UUID, ids: Sequence[UUID]) -> None:
    """Nobody below the share's root holds these any more."""
    # Those further down go with those above them.
    await connection.execute(
        "DELETE FROM grant_pictures c USING grants g WHERE c.picture_id = ANY ($2) AND g.id = c.grant_id"
        " AND g.share_id = $1",
        share_id, list(ids),
    )  # fmt: skip


# Shares that are over


async def ended(connection: Connection, account_id: int) -> tuple[UUID, bool] | None:
    """A share of the account's that is over and has members to be taken away; whether owners of others' were told."""
    row = await connection.fetchrow(
        "SELECT share_id, told FROM ended_shares WHERE account_id = $1 ORDER BY share_id LIMIT 1", account_id
    )
    return (row["share_id"], row["told"]) if row else None


async def asked_of(connection: Connection, share_id: UUID) -> list[tuple[int, str]]:
    """Whom access was asked of for a share: rows of owners, and the shares of theirs."""
    rows = await connection.fetch(
        "SELECT DISTINCT owner_id, upstream FROM share_members WHERE share_id = $1 AND upstream IS NOT NULL"
        " ORDER BY 1, 2",
        share_id,
    )
    return [(row["owner_id"], row["upstream"]) for row in rows]


async def told(connection: Connection, share_id: UUID) -> None:
    """The owners of others' pictures were told that the share is over."""
    await connection.execute("UPDATE ended_shares SET told = true WHERE share_id = $1", share_id)


async def clear(connection: Connection, share_id: UUID) -> None:
    """Take away members of a share that is over; with the last of them it is cleared."""
    gone = await connection.fetchval(
        "WITH gone AS (DELETE FROM share_members WHERE share_id = $1 AND picture_id IN ("
        " SELECT picture_id FROM share_members WHERE share_id = $1 LIMIT $2) RETURNING 1) SELECT count(*) FROM gone",
        share_id, CLEARED,
    )  # fmt: skip
    if gone < CLEARED:
        await connection.execute("DELETE FROM share_snapshots WHERE share_id = $1", share_id)
        await connection.execute("DELETE FROM ended_shares WHERE share_id = $1", share_id)
