"""SQL by which the wire finds what a message is about. Reads only; the rooms below write."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection


async def holds_any(connection: Connection, uris: Sequence[str]) -> bool:
    """Whether one of these is a share that was offered here, or a picture that came here."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM incoming_shares WHERE uri = ANY ($1))"
            " OR EXISTS (SELECT FROM received WHERE uri = ANY ($1))",
            list(uris),
        )
    )


async def moved_to(connection: Connection, owners: Sequence[str]) -> str | None:
    """Where the first of these people lives who has moved to another server of the domain; None where none has."""
    found: str | None = await connection.fetchval(
        "SELECT a.moved_to FROM actors x JOIN accounts a ON a.id = x.account_id WHERE x.uri = ANY ($1::text[])"
        " AND x.kind = 'person' AND a.moved_to IS NOT NULL ORDER BY x.id LIMIT 1",
        list(owners),
    )
    return found


async def is_known(connection: Connection, share_uri: str) -> bool:
    """Whether this share was ever offered here, or was taken back before it was."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM incoming_shares WHERE uri = $1)"
            " OR EXISTS (SELECT FROM gone_shares WHERE uri = $1)",
            share_uri,
        )
    )


async def goes_on_for(connection: Connection, account_id: int, earlier: str | None, sender_row: int) -> UUID | None:
    """The share of the account's that `earlier` names, if one of this sender may be taken in its place without asking.

    It was accepted and not left, its sender has moved to this one, each says so of the other, and nothing has taken its
    place yet.
    """
    if earlier is None:
        return None
    found: UUID | None = await connection.fetchval(
        """
        SELECT i.id FROM incoming_shares i
            JOIN remote_actors o ON o.id = i.sender_id LEFT JOIN actors a ON o.local AND a.uri = o.uri
            JOIN remote_actors n ON n.id = $3 LEFT JOIN actors b ON n.local AND b.uri = n.uri
        WHERE i.account_id = $1 AND i.uri = $2 AND o.id <> n.id
            AND CASE WHEN o.local THEN a.moved_to ELSE o.moved_to END = n.uri
            AND o.uri = ANY (CASE WHEN n.local THEN b.also_known_as ELSE n.also_known_as END)
            AND i.answered_at IS NOT NULL AND i.state IN ('active', 'revoked', 'expired')
            AND NOT EXISTS (SELECT FROM incoming_shares g WHERE g.moved_from = i.id)
        """,
        account_id, earlier, sender_row,
    )  # fmt: skip
    return found


async def offered_by(connection: Connection, activity: UUID) -> UUID | None:
    """The share that an activity offered."""
    found: UUID | None = await connection.fetchval("SELECT id FROM shares WHERE offered = $1", activity)
    return found


async def holds_grant(connection: Connection, share_id: UUID, holder_row: int) -> bool:
    """Whether somebody holds anything by a share of ours."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM grants WHERE share_id = $1 AND holder_id = $2 AND cut_at IS NULL)",
            share_id, holder_row,
        )
    )  # fmt: skip


async def account_of(connection: Connection, uri: str) -> int | None:
    """The account of a living person of this server, by their actor."""
    found: int | None = await connection.fetchval(
        "SELECT x.account_id FROM actors x JOIN accounts a ON a.id = x.account_id"
        " WHERE x.uri = $1 AND x.kind = 'person' AND x.deleted_at IS NULL AND a.deleted_at IS NULL",
        uri,
    )
    return found


async def is_barred(connection: Connection, account_id: int, row: int) -> bool:
    """Whether an account has blocked an actor or its server, or the administrator has blocked that."""
    return bool(await connection.fetchval("SELECT is_barred($1, $2)", account_id, row))


async def shares_with(connection: Connection, actor_uri: str) -> bool:
    """Whether somebody here shares with an actor, or has accepted a share of theirs, or holds pictures of theirs."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM remote_actors r WHERE r.uri = $1 AND ("
            " EXISTS (SELECT FROM shares s WHERE s.recipient_id = r.id AND s.state IN ('pending', 'active'))"
            " OR EXISTS (SELECT FROM incoming_shares i WHERE i.sender_id = r.id AND i.state = 'active')))"
            " OR EXISTS (SELECT FROM received WHERE owner_uri = $1 AND picture_id IS NOT NULL)",
            actor_uri,
        )
    )


async def was_shared(connection: Connection, picture_id: UUID, uri: str) -> bool:
    """Whether a picture of ours, which has that address, was ever announced to anybody."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM shared_pictures WHERE picture_id = $1 AND uri = $2)", picture_id, uri
        )
    )
