"""SQL of those who follow actors of this server. Lists are bounded by one actor of one account."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection, Row
from federation.follows.models import Follower, FollowerRow
from federation.follows.sql import PROFILE, profile

FOLLOWER = f"f.id, f.state, f.created_at, f.accepted_at, a.name AS of, {PROFILE}"
FOLLOWER_ROW = "f.id, f.actor_id, f.remote_actor_id, f.state, f.follow_id, r.uri AS remote_uri"


def _follower(row: Row) -> Follower:
    return Follower(row["id"], row["state"], row["of"], profile(row), row["created_at"], row["accepted_at"])


async def followers(
    connection: Connection, account_id: int, of: str, state: str | None, after: UUID | None, limit: int
) -> list[Follower]:
    """A page of those who follow the account's actor of that name, the latest first."""
    rows = await connection.fetch(
        f"SELECT {FOLLOWER} FROM actors a JOIN followers f ON f.actor_id = a.id"
        " JOIN remote_actors r ON r.id = f.remote_actor_id WHERE a.account_id = $1 AND a.name = $2"
        " AND a.deleted_at IS NULL AND ($3::text IS NULL OR f.state = $3) AND ($4::uuid IS NULL OR f.id < $4)"
        " ORDER BY f.id DESC LIMIT $5",
        account_id, of, state, after, limit,
    )  # fmt: skip
    return [_follower(row) for row in rows]


async def follower(connection: Connection, account_id: int, follower_id: UUID) -> Follower | None:
    """One who follows an actor of the account; None where there is none with this id."""
    row = await connection.fetchrow(
        f"SELECT {FOLLOWER} FROM followers f JOIN actors a ON a.id = f.actor_id"
        " JOIN remote_actors r ON r.id = f.remote_actor_id WHERE a.account_id = $1 AND f.id = $2",
        account_id, follower_id,
    )  # fmt: skip
    return _follower(row) if row else None


async def lock_follower(connection: Connection, account_id: int, follower_id: UUID) -> FollowerRow | None:
    """One who follows an actor of the account, locked; None where there is none with this id."""
    row = await connection.fetchrow(
        f"SELECT {FOLLOWER_ROW} FROM followers f JOIN actors a ON a.id = f.actor_id"
        " JOIN remote_actors r ON r.id = f.remote_actor_id WHERE a.account_id = $1 AND f.id = $2 FOR UPDATE OF f",
        account_id, follower_id,
    )  # fmt: skip
    return FollowerRow(**row) if row else None


async def put_follower(
    connection: Connection, row_id: UUID, actor_id: int, remote_actor_id: int, state: str, follow_id: str
) -> tuple[UUID, str, bool]:
    """(id, state, whether it is new) of a follower who sent a Follow. Who has been accepted stays so."""
    row = await connection.fetchrow(
        "INSERT INTO followers AS f (id, actor_id, remote_actor_id, state, follow_id, accepted_at)"
        " VALUES ($1, $2, $3, $4, $5, CASE $4 WHEN 'accepted' THEN now() END)"
        " ON CONFLICT (actor_id, remote_actor_id) DO UPDATE SET follow_id = excluded.follow_id,"
        " state = CASE f.state WHEN 'accepted' THEN f.state ELSE excluded.state END,"
        " accepted_at = coalesce(f.accepted_at, excluded.accepted_at) RETURNING id, state",
        row_id, actor_id, remote_actor_id, state, follow_id,
    )  # fmt: skip
    return row["id"], row["state"], row["id"] == row_id


async def accept_follower(connection: Connection, row_id: UUID) -> None:
    """Note that a follower was accepted."""
    await connection.execute(
        "UPDATE followers SET state = 'accepted', accepted_at = coalesce(accepted_at, now()) WHERE id = $1", row_id
    )


async def pair(connection: Connection, actor_id: int, remote_actor_id: int) -> FollowerRow | None:
    """The row of that follower of that actor, locked; None where there is none."""
    row = await connection.fetchrow(
        f"SELECT {FOLLOWER_ROW} FROM followers f JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.actor_id = $1 AND f.remote_actor_id = $2 FOR UPDATE OF f",
        actor_id, remote_actor_id,
    )  # fmt: skip
    return FollowerRow(**row) if row else None


async def sent_by(connection: Connection, remote_actor_id: int, follow_id: str) -> list[FollowerRow]:
    """What that Follow of this actor led to, locked."""
    rows = await connection.fetch(
        f"SELECT {FOLLOWER_ROW} FROM followers f JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.remote_actor_id = $1 AND f.follow_id = $2 FOR UPDATE OF f",
        remote_actor_id, follow_id,
    )  # fmt: skip
    return [FollowerRow(**row) for row in rows]


async def is_sent_by_other(connection: Connection, remote_uri: str, follow_id: str) -> bool:
    """Whether a Follow with this id came from somebody else than `remote_uri`."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM followers f JOIN remote_actors r ON r.id = f.remote_actor_id"
            " WHERE f.follow_id = $2 AND r.uri <> $1)",
            remote_uri, follow_id,
        )
    )  # fmt: skip


async def remove_follower(connection: Connection, row_id: UUID) -> None:
    """Remove a row of a follower."""
    await connection.execute("DELETE FROM followers WHERE id = $1", row_id)
