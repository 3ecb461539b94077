"""SQL of what actors list: followers, those they follow, and what they said in public."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection


async def count_followers(connection: Connection, actor_id: int) -> int:
    return int(
        await connection.fetchval("SELECT count(*) FROM followers WHERE actor_id = $1 AND state = 'accepted'", actor_id)
    )


async def followers(connection: Connection, actor_id: int, before: UUID | None, limit: int) -> list[tuple[UUID, str]]:
    """At most `limit` followers, the newest first, each with the cursor that leads behind it."""
    rows = await connection.fetch(
        "SELECT f.id, r.uri FROM followers f JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.actor_id = $1 AND f.state = 'accepted' AND ($2::uuid IS NULL OR f.id < $2)"
        " ORDER BY f.id DESC LIMIT $3",
        actor_id, before, limit,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def count_following(connection: Connection, account_id: int) -> int:
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM following WHERE account_id = $1 AND state = 'accepted'", account_id
        )
    )


async def following(connection: Connection, account_id: int, before: UUID | None, limit: int) -> list[tuple[UUID, str]]:
    """At most `limit` of those whom a person follows, the newest first."""
    rows = await connection.fetch(
        "SELECT f.id, r.uri FROM following f JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.account_id = $1 AND f.state = 'accepted' AND ($2::uuid IS NULL OR f.id < $2)"
        " ORDER BY f.id DESC LIMIT $3",
        account_id, before, limit,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def count_said(connection: Connection, actor_id: int) -> int:
    """How many public activities an actor has."""
    return int(await connection.fetchval("SELECT count(*) FROM activities WHERE actor_id = $1 AND public", actor_id))


async def said(connection: Connection, actor_id: int, before: UUID | None, limit: int) -> list[tuple[UUID, object]]:
    """At most `limit` public activities, the newest first."""
    rows = await connection.fetch(
        "SELECT uuid, json FROM activities WHERE actor_id = $1 AND public"
        " AND ($2::uuid IS NULL OR id < (SELECT id FROM activities WHERE actor_id = $1 AND uuid = $2))"
        " ORDER BY id DESC LIMIT $3",
        actor_id, before, limit,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def activity(connection: Connection, actor_id: int, identifier: UUID) -> object | None:
    """One public activity of an actor."""
    found: object | None = await connection.fetchval(
        "SELECT json FROM activities WHERE actor_id = $1 AND uuid = $2 AND public", actor_id, identifier
    )
    return found
