"""What is told of shares, counted again: what differs is an inconsistency that `doctor` names."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.pictures.recount import MOST, TIME_LIMIT, Mismatch

DIGESTS = """
SELECT s.id, s.announced, s.digest, coalesce(c.announced, 0) AS counted, coalesce(c.digest, 0::bit(256)) AS summed
FROM shares s LEFT JOIN (
    SELECT share_id, count(*) AS announced, bit_xor(share_mark(uri, revision)) AS digest
    FROM share_members WHERE state = 'announced' GROUP BY share_id
) c ON c.share_id = s.id
WHERE s.announced <> coalesce(c.announced, 0) OR s.digest <> coalesce(c.digest, 0::bit(256))
LIMIT $1
"""


async def share_mismatches(connection: Connection) -> list[Mismatch]:
    """Shares whose digest or number is not that of the pictures their recipients were told of; at most 100."""
    return [
        Mismatch(
            "shares",
            str(row["id"]),
            (row["announced"], row["digest"].bytes.hex()),
            (row["counted"], row["summed"].bytes.hex()),
        )
        for row in await connection.fetch(DIGESTS, MOST, timeout=TIME_LIMIT)
    ]
