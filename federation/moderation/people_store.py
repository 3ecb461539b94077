"""SQL of mutes and blocks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from archypix.core.database import Connection
from federation.moderation.models import Aversion, AversionKind

_COLUMNS = "v.id, v.kind, r.uri, r.handle, v.host, v.created_at, v.ends_at"
_FROM = "FROM aversions v LEFT JOIN remote_actors r ON r.id = v.remote_actor_id"


async def count(connection: Connection, account_id: int) -> int:
    """How many mutes and blocks an account has."""
    return int(await connection.fetchval("SELECT count(*) FROM aversions WHERE account_id = $1", account_id))


BLOCKS_LOCK = 0x626C6F63


async def lock_blocks(connection: Connection, account_id: int, *, to_change: bool = False) -> None:
    """Until the transaction ends, nobody blocks for this account meanwhile, or, `to_change`, acts on there being none.

    Who writes what a block would forbid asks for it before looking whether there is one.
    """
    shared = "" if to_change else "_shared"
    await connection.execute(f"SELECT pg_advisory_xact_lock{shared}($1, $2)", BLOCKS_LOCK, account_id)


async def put(
    connection: Connection,
    identifier: UUID,
    account_id: int,
    kind: AversionKind,
    *,
    remote_actor_id: int | None = None,
    host: str | None = None,
    ends_at: datetime | None = None,
) -> tuple[UUID, bool]:
    """Mute or block somebody, or a host; the row's id and whether it is new. One that is there gets the new end."""
    target = (
        "(account_id, kind, host) WHERE host IS NOT NULL"
        if host
        else "(account_id, kind, remote_actor_id) WHERE host IS NULL"
    )
    row = await connection.fetchrow(
        "INSERT INTO aversions (id, account_id, kind, remote_actor_id, host, ends_at) VALUES ($1, $2, $3, $4, $5, $6)"
        f" ON CONFLICT {target} DO UPDATE SET ends_at = excluded.ends_at RETURNING id",
        identifier, account_id, kind, remote_actor_id, host, ends_at,
    )  # fmt: skip
    return row["id"], row["id"] == identifier


async def one(connection: Connection, account_id: int, kind: AversionKind, identifier: UUID) -> Aversion | None:
    """One mute or block of an account."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} {_FROM} WHERE v.account_id = $1 AND v.kind = $2 AND v.id = $3", account_id, kind, identifier
    )
    return Aversion(*row) if row else None


async def page(
    connection: Connection, account_id: int, kind: AversionKind, *, before: UUID | None, limit: int
) -> list[Aversion]:
    """At most `limit` mutes or blocks that still hold, the newest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} {_FROM} WHERE v.account_id = $1 AND v.kind = $2 AND ($3::uuid IS NULL OR v.id < $3)"
        " AND (v.ends_at IS NULL OR v.ends_at > now()) ORDER BY v.id DESC LIMIT $4",
        account_id, kind, before, limit,
    )  # fmt: skip
    return [Aversion(*row) for row in rows]


async def delete(connection: Connection, account_id: int, kind: AversionKind, identifier: UUID) -> bool:
    """Whether the account had this mute or block; it has it no longer."""
    found = await connection.fetchval(
        "DELETE FROM aversions WHERE account_id = $1 AND kind = $2 AND id = $3 RETURNING 1",
        account_id,
        kind,
        identifier,
    )
    return found is not None


async def sweep(connection: Connection) -> None:
    """Drop mutes that have ended."""
    await connection.execute("DELETE FROM aversions WHERE ends_at < now()")
