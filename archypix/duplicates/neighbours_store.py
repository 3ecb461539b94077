"""SQL of neighbours: what is due, the hashes as they were last seen, and the pairs that look alike.

Whoever writes has the account's duplicates lock. Pictures are only read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.resting import awake
from archypix.duplicates.models import MOST_NEIGHBOURS, Due, Pair

# One of two numbers that name the advisory lock; the other is the account.
LOCK = 0x64757073  # "dups"
LONG = 600.0
# Of one band with one value, the newest pictures are looked at.
MOST_IN_BAND = 500
BANDS = 4
BAND_BITS = 16


async def lock(connection: Connection, owner_id: int) -> None:
    """Take the account's duplicates lock until the transaction ends. Before the library's lock, if both are needed."""
    await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", LOCK, owner_id)


async def try_lock(connection: Connection, owner_id: int) -> bool:
    """The same, unless somebody else has it."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1, $2)", LOCK, owner_id))


async def owners_due(connection: Connection, after: int, limit: int) -> list[int]:
    """Accounts that have something due, by id, those behind `after`."""
    rows = await connection.fetch(
        "SELECT a.id FROM accounts a WHERE a.id > $1 AND EXISTS (SELECT FROM duplicates_due d WHERE d.owner_id = a.id)"
        f" AND {awake('a.id')}"
        " ORDER BY a.id LIMIT $2",
        after, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def due(connection: Connection, owner_id: int, limit: int) -> list[Due]:
    """What is due first. Pictures that are just being examined wait: their hashes are about to come back."""
    rows = await connection.fetch(
        "SELECT d.id, d.picture_id, d.content_hashes FROM duplicates_due d LEFT JOIN pictures p ON p.id = d.picture_id"
        " WHERE d.owner_id = $1 AND p.state IS DISTINCT FROM 'processing' ORDER BY d.id LIMIT $2",
        owner_id, limit,
    )  # fmt: skip
    return [Due(*row) for row in rows]


async def done(connection: Connection, ids: Sequence[int]) -> None:
    """These marks have been dealt with."""
    await connection.execute("DELETE FROM duplicates_due WHERE id = ANY ($1)", list(ids))


async def mark_all(connection: Connection, owner_id: int) -> None:
    """Every hash of the account is to be compared again; what is due already is not marked twice."""
    await connection.execute(
        "INSERT INTO duplicates_due (owner_id, picture_id, content_hashes)"
        " SELECT h.owner_id, h.picture_id, '{}' FROM picture_hashes h WHERE h.owner_id = $1"
        " AND NOT EXISTS (SELECT FROM duplicates_due d WHERE d.picture_id = h.picture_id) ORDER BY h.picture_id",
        owner_id, timeout=LONG,
    )  # fmt: skip


async def take_hashes(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> set[UUID]:
    """Bring the hashes of these pictures up to date; those that have one."""
    await connection.execute(
        "DELETE FROM picture_hashes h WHERE h.picture_id = ANY ($2) AND h.owner_id = $1 AND NOT EXISTS (SELECT FROM"
        " pictures p WHERE p.id = h.picture_id AND p.owner_id = h.owner_id AND p.perceptual_hash = h.hash)",
        owner_id, list(picture_ids),
    )  # fmt: skip
    rows = await connection.fetch(
        "WITH hashed AS (SELECT id, owner_id, perceptual_hash FROM pictures"
        " WHERE owner_id = $1 AND id = ANY ($2) AND perceptual_hash IS NOT NULL), taken AS ("
        " INSERT INTO picture_hashes (picture_id, owner_id, hash) SELECT * FROM hashed ON CONFLICT DO NOTHING"
        ") SELECT id FROM hashed",
        owner_id, list(picture_ids),
    )  # fmt: skip
    return {row["id"] for row in rows}


async def forget_pairs(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> set[UUID]:
    """Remove all pairs of these pictures; every picture that was in one."""
    rows = await connection.fetch(
        "DELETE FROM similar_pairs WHERE owner_id = $1 AND (one = ANY ($2) OR other = ANY ($2)) RETURNING one, other",
        owner_id, list(picture_ids),
    )  # fmt: skip
    return {picture for row in rows for picture in row}


async def forget_gone(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> None:
    """What was said of pictures that are there no more goes as well."""
    gone = (
        "SELECT id FROM unnest($1::uuid[]) AS asked (id)"
        " WHERE NOT EXISTS (SELECT FROM pictures p WHERE p.id = asked.id)"
    )
    await connection.execute(
        f"WITH gone AS MATERIALIZED ({gone}) DELETE FROM decided_pairs d USING duplicate_verdicts v"
        " WHERE v.id = d.verdict_id AND v.owner_id = $2"
        " AND (d.one IN (SELECT id FROM gone) OR d.other IN (SELECT id FROM gone))",
        list(picture_ids), owner_id,
    )  # fmt: skip


def masks(distance: int) -> list[int]:
    """What to turn in a band, so that some band of two hashes agrees that differ in up to `distance` bits.

    Of four bands one has no more than a fourth of the bits that differ.
    """
    found = [0]
    for count in range(1, distance // BANDS + 1):
        found += [sum(1 << bit for bit in bits) for bits in combinations(range(BAND_BITS), count)]
    return found


def _band(number: int, value: str) -> str:
    """A band of a hash, as the indexes have it."""
    return f"(({value} >> {number * BAND_BITS}) & 65535)" if number else f"({value} & 65535)"


_PROBES = " UNION ALL ".join(
    f"SELECT h.picture_id, h.hash FROM unnest($3::bigint[]) AS turned (mask) CROSS JOIN LATERAL ("
    f"SELECT h.picture_id, h.hash FROM picture_hashes h WHERE h.owner_id = $1"
    f" AND {_band(number, 'h.hash')} = {_band(number, 'x.hash')} # turned.mask"
    f" ORDER BY h.picture_id DESC LIMIT {MOST_IN_BAND}) h"
    for number in range(BANDS)
)
# The neighbours first and by themselves: without statistics, other orders of these joins take a hundred times longer.
SEARCH = f"""
WITH near AS MATERIALIZED (
    SELECT x.picture_id AS asked, n.picture_id, n.distance FROM picture_hashes x CROSS JOIN LATERAL (
        SELECT DISTINCT c.distance, c.picture_id FROM (
            SELECT h.picture_id, bit_count((h.hash # x.hash)::bit(64))::integer AS distance FROM ({_PROBES}) h
        ) c WHERE c.distance <= $4 AND c.picture_id <> x.picture_id
        ORDER BY c.distance, c.picture_id DESC LIMIT {MOST_NEIGHBOURS}
    ) n WHERE x.owner_id = $1 AND x.picture_id = ANY ($2)
)
SELECT DISTINCT least(asked, picture_id) AS one, greatest(asked, picture_id) AS other, distance FROM near
CROSS JOIN LATERAL (SELECT content_hash FROM pictures p WHERE p.id = near.asked OFFSET 0) a
CROSS JOIN LATERAL (SELECT content_hash FROM pictures p WHERE p.id = near.picture_id AND p.owner_id = $1 OFFSET 0) b
WHERE (a.content_hash = b.content_hash) IS NOT TRUE
"""


async def search(connection: Connection, owner_id: int, picture_ids: Iterable[UUID], distance: int) -> list[Pair]:
    """The pairs of these pictures with up to 32 of the account's nearest each; those of the same content are none."""
    rows = await connection.fetch(SEARCH, owner_id, list(picture_ids), masks(distance), distance, timeout=LONG)
    return [Pair(*row) for row in rows]


async def put_pairs(connection: Connection, owner_id: int, pairs: Sequence[Pair]) -> None:
    """Keep these pairs."""
    await connection.execute(
        "INSERT INTO similar_pairs (one, other, owner_id, distance) SELECT one, other, $1, distance"
        " FROM unnest($2::uuid[], $3::uuid[], $4::smallint[]) AS found (one, other, distance) ON CONFLICT DO NOTHING",
        owner_id, [pair.one for pair in pairs], [pair.other for pair in pairs], [pair.distance for pair in pairs],
    )  # fmt: skip


async def pairs_among(connection: Connection, owner_id: int, picture_ids: Iterable[UUID]) -> list[Pair]:
    """The pairs of which both are among these."""
    rows: list[Row] = await connection.fetch(
        "SELECT one, other, distance FROM similar_pairs WHERE owner_id = $1 AND one = ANY ($2) AND other = ANY ($2)",
        owner_id, list(picture_ids),
    )  # fmt: skip
    return [Pair(*row) for row in rows]


async def distance_of(connection: Connection, owner_id: int) -> int:
    """In how many bits similar pictures of this library may differ."""
    return int(await connection.fetchval("SELECT similar_distance FROM libraries WHERE account_id = $1", owner_id) or 0)


async def set_distance(connection: Connection, owner_id: int, distance: int) -> None:
    """Set it."""
    await connection.execute("UPDATE libraries SET similar_distance = $2 WHERE account_id = $1", owner_id, distance)
