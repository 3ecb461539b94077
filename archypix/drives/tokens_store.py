"""SQL of the tokens of devices."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.drives.models import Drive, DriveToken

COLUMNS: Final = (
    "t.id, t.hierarchy_id, t.name, t.read_only, t.redirect, t.created_at, t.last_used_at, t.last_address,"
    " b.pulled_at, CASE WHEN b.allowed_until > now() THEN b.allowed_until END AS allowed_until"
)
# How exact the time of last use is.
USE_PRECISION: Final = "1 minute"


async def find_hierarchy(connection: Connection, account_id: int, hierarchy_id: UUID) -> Row | None:
    """`slug` and `username` of a hierarchy of the account; None where it has none with this id."""
    return await connection.fetchrow(
        "SELECT h.slug, a.name AS username FROM hierarchies h JOIN accounts a ON a.id = h.account_id"
        " WHERE h.account_id = $1 AND h.id = $2",
        account_id, hierarchy_id,
    )  # fmt: skip


async def lock_account(connection: Connection, account_id: int) -> None:
    """Nobody else makes tokens of this account until the transaction ends."""
    await connection.execute("SELECT 1 FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account_id)


async def count(connection: Connection, account_id: int) -> int:
    """How many tokens of an account open something."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM drive_tokens WHERE account_id = $1 AND revoked_at IS NULL", account_id
        )
    )


async def insert(
    connection: Connection,
    account_id: int,
    hierarchy_id: UUID,
    name: str,
    secret_hash: bytes,
    *,
    read_only: bool,
    redirect: bool,
) -> int:
    """A new token with its brake; its id."""
    token_id: int = await connection.fetchval(
        "INSERT INTO drive_tokens (account_id, hierarchy_id, name, hash, read_only, redirect)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        account_id, hierarchy_id, name, secret_hash, read_only, redirect,
    )  # fmt: skip
    await connection.execute("INSERT INTO drive_brakes (token_id) VALUES ($1)", token_id)
    return token_id


async def of_hierarchy(connection: Connection, account_id: int, hierarchy_id: UUID) -> list[DriveToken]:
    """The tokens of a hierarchy that open it, the newest first."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM drive_tokens t JOIN drive_brakes b ON b.token_id = t.id"
        " WHERE t.account_id = $1 AND t.hierarchy_id = $2 AND t.revoked_at IS NULL ORDER BY t.id DESC",
        account_id, hierarchy_id,
    )  # fmt: skip
    return [DriveToken(*row) for row in rows]


async def find(
    connection: Connection, account_id: int, hierarchy_id: UUID, token_id: int, *, revoked: bool = False
) -> DriveToken | None:
    """One token of a hierarchy of the account; with `revoked` also one that opens nothing any more."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM drive_tokens t JOIN drive_brakes b ON b.token_id = t.id"
        " WHERE t.account_id = $1 AND t.hierarchy_id = $2 AND t.id = $3 AND ($4 OR t.revoked_at IS NULL)",
        account_id, hierarchy_id, token_id, revoked,
    )  # fmt: skip
    return DriveToken(*row) if row else None


async def revoke(connection: Connection, account_id: int, hierarchy_id: UUID, token_id: int) -> str | None:
    """From now on the token opens nothing, and its locks are gone; its name, None where there is none such."""
    name: str | None = await connection.fetchval(
        "UPDATE drive_tokens SET revoked_at = now()"
        " WHERE account_id = $1 AND hierarchy_id = $2 AND id = $3 AND revoked_at IS NULL RETURNING name",
        account_id, hierarchy_id, token_id,
    )  # fmt: skip
    if name is not None:
        await connection.execute("DELETE FROM drive_locks WHERE token_id = $1", token_id)
    return name


async def revoke_all(connection: Connection, account_id: int) -> int:
    """From now on no token of the account opens anything; how many did."""
    rows = await connection.fetch(
        "UPDATE drive_tokens SET revoked_at = now() WHERE account_id = $1 AND revoked_at IS NULL RETURNING id",
        account_id,
    )
    await connection.execute("DELETE FROM drive_locks WHERE token_id = ANY ($1)", [row["id"] for row in rows])
    return len(rows)


async def by_secret(
    connection: Connection, secret_hash: bytes, username: str, slug: str
) -> tuple[Drive | None, bool, str | None]:
    """The drive that a secret opens for this name, and whether its time of last use is old; and the origin of the
    server where the person of that name lives, if it is not this one. One indexed statement, whatever it finds.

    The secret is looked up by its hash, so how long this takes tells nothing of names.
    """
    row = await connection.fetchrow(
        "SELECT (SELECT moved_to FROM accounts WHERE name = $2) AS moved_to, d.* FROM (VALUES (1)) AS one"
        " LEFT JOIN (SELECT t.account_id, a.name AS username, t.hierarchy_id, h.slug, t.id AS token_id,"
        " t.name AS token_name, t.read_only, t.redirect, h.revision, concat_ws('-', h.revision,"
        " (SELECT sum(ticks) FROM library_ticks l WHERE l.account_id = t.account_id),"
        " (SELECT tags_revision FROM libraries l WHERE l.account_id = t.account_id)) AS state,"
        f" coalesce(t.last_used_at < now() - interval '{USE_PRECISION}', true) AS use_is_old"
        " FROM drive_tokens t JOIN accounts a ON a.id = t.account_id JOIN hierarchies h ON h.id = t.hierarchy_id"
        " WHERE t.hash = $1 AND t.revoked_at IS NULL AND a.name = $2 AND h.slug = $3 AND a.disabled_at IS NULL"
        " AND a.deleted_at IS NULL AND a.moved_to IS NULL AND NOT a.arriving) d ON true",
        secret_hash, username, slug,
    )  # fmt: skip
    values = dict(row)
    moved_to, old = values.pop("moved_to"), bool(values.pop("use_is_old"))
    return (None if values["account_id"] is None else Drive(**values)), old, moved_to


async def note_use(connection: Connection, token_id: int, address: str) -> None:
    """The token was used just now from this address; left out while somebody else changes the row."""
    await connection.execute(
        "UPDATE drive_tokens SET last_used_at = now(), last_address = $2"
        " WHERE id IN (SELECT id FROM drive_tokens WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED)",
        token_id, address[:100],
    )  # fmt: skip


async def sweep(connection: Connection, days: int) -> None:
    """Forget tokens that were revoked so long ago that nothing of them can be undone any more."""
    await connection.execute("DELETE FROM drive_tokens WHERE revoked_at < now() - make_interval(days => $1)", days)


async def forget_account(connection: Connection, account_id: int) -> None:
    """Forget the tokens of an account, with all that hangs on them, and its settings."""
    await connection.execute("DELETE FROM drive_tokens WHERE account_id = $1", account_id)
    await connection.execute("DELETE FROM drive_settings WHERE account_id = $1", account_id)
