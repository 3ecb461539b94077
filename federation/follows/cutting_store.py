"""SQL of what ends follows both ways: blocks, moves, actors and accounts that go."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.database import Connection
from federation.follows.followers_store import FOLLOWER_ROW
from federation.follows.models import FollowerRow
from federation.follows.sql import ON_HOST


async def followers_between(connection: Connection, account_id: int, remote_ids: Sequence[int]) -> list[FollowerRow]:
    """Which of these actors follow an actor of the account; locked."""
    rows = await connection.fetch(
        f"SELECT {FOLLOWER_ROW} FROM followers f JOIN actors a ON a.id = f.actor_id"
        " JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.remote_actor_id = ANY ($2::bigint[]) AND a.account_id = $1 ORDER BY f.actor_id FOR UPDATE OF f",
        account_id, list(remote_ids),
    )  # fmt: skip
    return [FollowerRow(**row) for row in rows]


async def tied_on(connection: Connection, host: str, account_id: int) -> list[int]:
    """Rows of the actors of a host, subdomains included, that the account follows or is followed by."""
    rows = await connection.fetch(
        f"SELECT r.id FROM remote_actors r WHERE {ON_HOST.format('$1::text')}"
        " AND (EXISTS (SELECT FROM following f WHERE f.remote_actor_id = r.id AND f.account_id = $2)"
        " OR EXISTS (SELECT FROM followers f JOIN actors a ON a.id = f.actor_id WHERE f.remote_actor_id = r.id"
        " AND a.account_id = $2)) ORDER BY r.id",
        host, account_id,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def cut_host(connection: Connection, host: str) -> None:
    """Remove everything between this server and a host, subdomains included."""
    for table in ("followers", "following"):
        await connection.execute(
            f"DELETE FROM {table} f USING remote_actors r WHERE r.id = f.remote_actor_id"
            f" AND {ON_HOST.format('$1::text')}",
            host,
        )


async def forget_actor(connection: Connection, remote_actor_id: int) -> None:
    """Remove all follows of an actor and by it."""
    for table in ("followers", "following", "followed_moves"):
        await connection.execute(f"DELETE FROM {table} WHERE remote_actor_id = $1", remote_actor_id)


async def forget_account(connection: Connection, account_id: int) -> None:
    """Remove all follows by an account, and of its actors."""
    await connection.execute("DELETE FROM following WHERE account_id = $1", account_id)
    await connection.execute(
        "DELETE FROM followers f USING actors a WHERE a.id = f.actor_id AND a.account_id = $1", account_id
    )


async def gone_but_tied(connection: Connection, limit: int) -> list[int]:
    """Rows of actors that have been gone for a day, however we heard of it, and still have follows; some of them."""
    rows = await connection.fetch(
        "SELECT r.id FROM remote_actors r WHERE r.gone_at < now() - interval '1 day'"
        " AND (EXISTS (SELECT FROM following f WHERE f.remote_actor_id = r.id)"
        " OR EXISTS (SELECT FROM followers f WHERE f.remote_actor_id = r.id)) LIMIT $1",
        limit,
    )
    return [row["id"] for row in rows]


async def begin_move(connection: Connection, remote_actor_id: int, target_uri: str, days: int) -> bool:
    """Note that an actor moved; False where it did so in the last `days` already."""
    return bool(
        await connection.fetchval(
            "INSERT INTO followed_moves AS m (remote_actor_id, target_uri) VALUES ($1, $2)"
            " ON CONFLICT (remote_actor_id) DO UPDATE SET target_uri = excluded.target_uri, moved_at = now()"
            " WHERE m.moved_at < now() - make_interval(days => $3) RETURNING true",
            remote_actor_id, target_uri, days,
        )
    )  # fmt: skip
