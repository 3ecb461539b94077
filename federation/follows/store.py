"""SQL of those whom people here follow. Lists are bounded by the account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from archypix.core.database import Connection, Row
from federation.follows.models import Follow, FollowingRow, Profile
from federation.follows.sql import ON_HOST, PROFILE, profile

FOLLOW = f"f.id, f.state, f.created_at, f.answered_at, {PROFILE}"
FOLLOWING_ROW = "f.id, f.account_id, f.remote_actor_id, f.state, f.follow_id, r.uri AS remote_uri"


def _follow(row: Row) -> Follow:
    return Follow(row["id"], row["state"], profile(row), row["created_at"], row["answered_at"])


async def profile_of(connection: Connection, remote_actor_id: int) -> Profile:
    """What lists say of the actor of that row, which is there: what anybody may read of them."""
    row = await connection.fetchrow(f"SELECT {PROFILE} FROM remote_actors r WHERE r.id = $1", remote_actor_id)
    assert row is not None
    return profile(row)


async def follows(
    connection: Connection, account_id: int, state: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Follow]:
    """A page of those whom the account follows, the latest first."""
    rows = await connection.fetch(
        f"SELECT {FOLLOW} FROM following f JOIN remote_actors r ON r.id = f.remote_actor_id WHERE f.account_id = $1"
        " AND ($2::text IS NULL OR f.state = $2) AND ($3::timestamptz IS NULL OR (f.created_at, f.id) < ($3, $4))"
        " ORDER BY f.created_at DESC, f.id DESC LIMIT $5",
        account_id, state, *(after or (None, None)), limit,
    )  # fmt: skip
    return [_follow(row) for row in rows]


async def follow(connection: Connection, account_id: int, follow_id: UUID) -> Follow | None:
    """One whom the account follows; None where there is no such follow."""
    row = await connection.fetchrow(
        f"SELECT {FOLLOW} FROM following f JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.account_id = $1 AND f.id = $2",
        account_id, follow_id,
    )  # fmt: skip
    return _follow(row) if row else None


async def count_follows(connection: Connection, account_id: int) -> int:
    """How many the account follows or has asked."""
    return int(await connection.fetchval("SELECT count(*) FROM following WHERE account_id = $1", account_id))


async def start_following(connection: Connection, row_id: UUID, account_id: int, remote_actor_id: int) -> bool:
    """A row of state pending; False where there is one already."""
    done: str = await connection.execute(
        "INSERT INTO following (id, account_id, remote_actor_id, state) VALUES ($1, $2, $3, 'pending')"
        " ON CONFLICT (account_id, remote_actor_id) DO NOTHING",
        row_id, account_id, remote_actor_id,
    )  # fmt: skip
    return done.endswith(" 1")


async def lock_following(connection: Connection, account_id: int, remote_actor_id: int) -> FollowingRow | None:
    """The row of that pair, locked; None where there is none."""
    row = await connection.fetchrow(
        f"SELECT {FOLLOWING_ROW} FROM following f JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.account_id = $1 AND f.remote_actor_id = $2 FOR UPDATE OF f",
        account_id, remote_actor_id,
    )  # fmt: skip
    return FollowingRow(**row) if row else None


async def lock_follow(connection: Connection, account_id: int, follow_id: UUID) -> FollowingRow | None:
    """The account's row with this id, locked; None where there is none."""
    row = await connection.fetchrow(
        f"SELECT {FOLLOWING_ROW} FROM following f JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.account_id = $1 AND f.id = $2 FOR UPDATE OF f",
        account_id, follow_id,
    )  # fmt: skip
    return FollowingRow(**row) if row else None


async def asked(connection: Connection, row_id: UUID, follow_id: str) -> None:
    """Note the Follow that was sent; ids of those before it are kept, the last ten."""
    await connection.execute(
        "UPDATE following SET follow_id = $2, state = CASE state WHEN 'accepted' THEN state ELSE 'pending' END,"
        " asked_at = now(), earlier_ids = (CASE follow_id WHEN '' THEN earlier_ids"
        " ELSE (follow_id || earlier_ids)[:10] END) WHERE id = $1",
        row_id, follow_id,
    )  # fmt: skip


async def answered(connection: Connection, row_id: UUID, state: str) -> None:
    """Set what the other side said: `accepted` or `rejected`."""
    await connection.execute("UPDATE following SET state = $2, answered_at = now() WHERE id = $1", row_id, state)


async def by_follow_ids(connection: Connection, remote_uri: str, follow_id: str, *, lock: bool) -> list[FollowingRow]:
    """Who here sent that Follow to `remote_uri`, lately or earlier."""
    rows = await connection.fetch(
        f"SELECT {FOLLOWING_ROW} FROM following f JOIN remote_actors r ON r.id = f.remote_actor_id"
        f" WHERE r.uri = $1 AND (f.follow_id = $2 OR $2 = ANY (f.earlier_ids)) {'FOR UPDATE OF f' if lock else ''}",
        remote_uri, follow_id,
    )  # fmt: skip
    return [FollowingRow(**row) for row in rows]


async def of_person_to(connection: Connection, person_uri: str, remote_uri: str, *, lock: bool) -> FollowingRow | None:
    """The follow of a person here, by the id of their actor, to `remote_uri`."""
    row = await connection.fetchrow(
        f"SELECT {FOLLOWING_ROW} FROM actors a JOIN following f ON f.account_id = a.account_id"
        " JOIN remote_actors r ON r.id = f.remote_actor_id"
        f" WHERE a.uri = $1 AND a.kind = 'person' AND r.uri = $2 {'FOR UPDATE OF f' if lock else ''}",
        person_uri, remote_uri,
    )  # fmt: skip
    return FollowingRow(**row) if row else None


async def is_ours(connection: Connection, follow_id: str) -> bool:
    """Whether somebody here sent that Follow, to whomever."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM following WHERE follow_id = $1 AND follow_id <> '')", follow_id
        )
    )


async def stop_following(connection: Connection, row_id: UUID) -> None:
    """Remove a row of those followed."""
    await connection.execute("DELETE FROM following WHERE id = $1", row_id)


async def following_of(connection: Connection, remote_actor_id: int, limit: int) -> list[FollowingRow]:
    """Everybody here who follows this actor or has asked to; locked, in the order of accounts."""
    rows = await connection.fetch(
        f"SELECT {FOLLOWING_ROW} FROM following f JOIN remote_actors r ON r.id = f.remote_actor_id"
        " WHERE f.remote_actor_id = $1 AND f.state <> 'rejected' ORDER BY f.account_id LIMIT $2 FOR UPDATE OF f",
        remote_actor_id, limit,
    )  # fmt: skip
    return [FollowingRow(**row) for row in rows]


async def followed(connection: Connection, remote_uri: str) -> bool:
    """Whether somebody here follows this actor, or has asked to."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM remote_actors r JOIN following f ON f.remote_actor_id = r.id"
            " WHERE r.uri = $1 AND f.state <> 'rejected')",
            remote_uri,
        )
    )


async def known(connection: Connection, remote_uri: str) -> bool:
    """Whether this actor follows somebody here, or is followed, or one of both was asked."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM remote_actors r WHERE r.uri = $1 AND ("
            " EXISTS (SELECT FROM following f WHERE f.remote_actor_id = r.id)"
            " OR EXISTS (SELECT FROM followers f WHERE f.remote_actor_id = r.id)))",
            remote_uri,
        )
    )


async def is_blocked(connection: Connection, account_id: int, remote_actor_id: int) -> bool:
    """Whether the account has blocked this actor, or its whole host, subdomains included."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM aversions b JOIN remote_actors r ON r.id = $2 WHERE b.account_id = $1"
            f" AND b.kind = 'block' AND (b.remote_actor_id = r.id OR ({ON_HOST.format('b.host')})))",
            account_id, remote_actor_id,
        )
    )  # fmt: skip
