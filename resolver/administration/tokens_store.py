"""SQL of administrators' tokens."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Connection
from resolver.administration.models import Token

COLUMNS = "id, name, created_at, last_used_at"
LOCK = 0x746F6B65  # "toke"


async def lock(connection: Connection) -> None:
    """Keep others from making tokens until the transaction ends, so that they can be counted."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)


async def insert(connection: Connection, token_id: UUID, name: str, secret_hash: bytes) -> Token:
    """A new token."""
    row = await connection.fetchrow(
        f"INSERT INTO administrator_tokens (id, name, secret_hash) VALUES ($1, $2, $3) RETURNING {COLUMNS}",
        token_id, name, secret_hash,
    )  # fmt: skip
    return Token(*row)


async def by_secret(connection: Connection, secret_hash: bytes) -> tuple[Token, bool] | None:
    """The token with this secret, and whether its last use, as written down, is more than five minutes ago."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS}, last_used_at IS NULL OR last_used_at < now() - interval '5 minutes' AS is_old"
        " FROM administrator_tokens WHERE secret_hash = $1",
        secret_hash,
    )
    return None if row is None else (Token(*row[:4]), bool(row["is_old"]))


async def note_use(connection: Connection, token_id: UUID) -> None:
    """Write down that the token is used at this moment."""
    await connection.execute("UPDATE administrator_tokens SET last_used_at = now() WHERE id = $1", token_id)


async def everyone(connection: Connection, *, limit: int) -> list[Token]:
    """At most `limit` tokens, the newest first."""
    rows = await connection.fetch(f"SELECT {COLUMNS} FROM administrator_tokens ORDER BY id DESC LIMIT $1", limit)
    return [Token(*row) for row in rows]


async def count(connection: Connection) -> int:
    """How many tokens there are."""
    return int(await connection.fetchval("SELECT count(*) FROM administrator_tokens"))


async def delete(connection: Connection, token_id: UUID) -> str | None:
    """Revoke a token; its name, or None when there is none with this id."""
    name: str | None = await connection.fetchval(
        "DELETE FROM administrator_tokens WHERE id = $1 RETURNING name", token_id
    )
    return name
