"""SQL of accounts that wait for their names: held, made or given up; and of what a Resolver has said of names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from archypix.accounts.errors import NamePending, NameTaken
from archypix.accounts.models import Account, Pending
from archypix.accounts.store import accounts
from archypix.accounts.store.accounts import ACCOUNT, account_of
from archypix.core.database import Connection, Row

COLUMNS = (
    "name, display_name, password_hash, is_admin, quota, action, actor_id, address, details, invite_id, setup_hash,"
    " deadline, created_at"
)
# Serialises whatever holds, makes or gives up an account of one name.
NAME_LOCK = 0x6E616D65


async def lock(connection: Connection, name: str) -> None:
    """Until this transaction ends, nobody else holds, makes or gives up an account of this name."""
    await connection.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", NAME_LOCK, name)


async def hold(connection: Connection, wanted: Pending) -> None:
    """Hold a name for an account to come. `NameTaken` where an account has or had it, `NamePending`."""
    await lock(connection, wanted.name)
    if await accounts.name_exists(connection, wanted.name):
        raise NameTaken(wanted.name)
    done = await connection.fetchval(
        "INSERT INTO pending_accounts (name, display_name, password_hash, is_admin, quota, action, actor_id, address,"
        " details, invite_id, setup_hash, deadline) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " ON CONFLICT DO NOTHING RETURNING 1",
        wanted.name, wanted.display_name, wanted.password_hash, wanted.is_admin, wanted.quota, wanted.action,
        wanted.actor_id, wanted.address, wanted.details, wanted.invite_id, wanted.setup_hash, wanted.deadline,
    )  # fmt: skip
    if done is None:
        raise NamePending(wanted.name)


async def take(connection: Connection, name: str) -> Pending | None:
    """End the holding of a name, to make the account or to give it up; None where none is held so."""
    await lock(connection, name)
    row = await connection.fetchrow(f"DELETE FROM pending_accounts WHERE name = $1 RETURNING {COLUMNS}", name)
    return None if row is None else _pending(row)


async def names(connection: Connection, *, limit: int) -> list[str]:
    """Names that are held, the oldest first."""
    rows = await connection.fetch("SELECT name FROM pending_accounts ORDER BY created_at LIMIT $1", limit)
    return [row[0] for row in rows]


async def ours(connection: Connection, *, older: timedelta, limit: int) -> list[str]:
    """Names held for that long that this server itself is to claim."""
    rows = await connection.fetch(
        "SELECT name FROM pending_accounts WHERE deadline IS NULL AND created_at <= now() - $1::interval"
        " ORDER BY created_at LIMIT $2",
        older, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


async def stale(connection: Connection, candidates: Sequence[str], *, older: timedelta) -> list[str]:
    """Which of these names are held for too long: `older`, or past the Resolver's own deadline."""
    rows = await connection.fetch(
        "SELECT name FROM pending_accounts WHERE name = ANY ($1::text[])"
        " AND coalesce(deadline, created_at + $2::interval) <= now()",
        list(candidates), older,
    )  # fmt: skip
    return [row[0] for row in rows]


async def account_called(connection: Connection, name: str) -> Account | None:
    """The living account of exactly this name."""
    row = await connection.fetchrow(
        f"SELECT {ACCOUNT} FROM accounts a WHERE a.name = $1 AND a.deleted_at IS NULL", name
    )
    return account_of(row) if row else None


# What the Resolver has said


async def set_claimed(connection: Connection, found: Sequence[str]) -> None:
    """These names of accounts are ours."""
    await connection.execute(
        "UPDATE accounts SET claimed_at = coalesce(claimed_at, now()) WHERE name = ANY ($1::text[])", list(found)
    )


async def set_refused(connection: Connection, name: str) -> int | None:
    """The name is somebody else's: the account is disabled, and stays so. Its id, unless that was known."""
    found: int | None = await connection.fetchval(
        "UPDATE accounts SET refused_at = now(), disabled_at = coalesce(disabled_at, now())"
        " WHERE name = $1 AND refused_at IS NULL AND claimed_at IS NULL RETURNING id",
        name,
    )
    return found


async def is_refused(connection: Connection, account_id: int) -> bool:
    """Whether the account's name is somebody else's in the domain."""
    return bool(await connection.fetchval("SELECT refused_at IS NOT NULL FROM accounts WHERE id = $1", account_id))


def _pending(row: Row) -> Pending:
    return Pending(*row)
