"""SQL of asking: who the owners are, and what they answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.received.models import Party

# An answer by name of the invitation counts for what was asked by it; without one, for whatever is there.
ANSWER = """
WITH answered AS (
    UPDATE share_members m SET consent = $5, asks = CASE WHEN $5 THEN 0 ELSE m.asks END
    FROM shares s
    WHERE s.id = $1 AND s.account_id = $2 AND s.state = 'active' AND m.share_id = s.id AND m.owner_id = $3
        AND m.upstream IS NOT NULL AND ($4::text IS NULL OR m.invite = $4) AND ($6::text[] IS NULL OR m.uri = ANY ($6))
        AND m.consent IS DISTINCT FROM $5
    RETURNING m.picture_id
) SELECT share_note($2, array_agg(picture_id), false) FROM answered
"""
# Nothing tells us of an owner who would agree by now, nor of an answer that was lost. Each time it is waited twice as
# long, up to eight hours.
REMIND = """
WITH late AS (
    SELECT share_id, picture_id FROM share_members
    WHERE upstream IS NOT NULL AND consent IS NOT TRUE AND asked_at < now() - make_interval(secs => $1)
        AND asked_at < now() - make_interval(secs => $1 * least(2 ^ asks, 8)) LIMIT $2
    FOR UPDATE SKIP LOCKED
), due AS (
    UPDATE share_members m SET way = '', asked_at = now(), asks = least(m.asks + 1, 10)
    FROM late l WHERE m.share_id = l.share_id AND m.picture_id = l.picture_id
    RETURNING m.share_id, m.picture_id
), noted AS (
    SELECT s.account_id, array_agg(DISTINCT d.picture_id) AS ids FROM due d JOIN shares s ON s.id = d.share_id
    WHERE s.state = 'active' GROUP BY s.account_id
) SELECT share_note(account_id, ids, false) FROM noted
"""


async def parties(connection: Connection, rows: Collection[int]) -> dict[int, Party]:
    """The people of these rows of `remote_actors`."""
    found = await connection.fetch(
        "SELECT id, uri, handle, name, local FROM remote_actors WHERE id = ANY ($1)", list(rows)
    )
    return {row["id"]: Party(row["id"], row["uri"], f"@{row['handle']}", row["name"], row["local"]) for row in found}


async def answer(
    connection: Connection,
    share_id: UUID,
    account_id: int,
    owner_id: int,
    invite: str | None,
    *,
    consent: bool,
    uris: Sequence[str] | None,
) -> None:
    """The owner agrees, or does not, as to these pictures (None: all of theirs that were asked for)."""
    await connection.execute(
        ANSWER, share_id, account_id, owner_id, invite, consent, list(uris) if uris is not None else None
    )


async def remind(connection: Connection, seconds: float, limit: int) -> None:
    """At most `limit` pictures that were not granted are to be asked for again: first after so many seconds."""
    await connection.execute(REMIND, seconds, limit)
