"""SQL of accounts and what they store: names, passwords, flags, quota, usage, the first administrator's link."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from archypix.accounts import rules
from archypix.accounts.errors import NameTaken
from archypix.accounts.models import Account, Usage
from archypix.core.database import Connection, Row
from archypix.core.errors import NotFound

# Serialises whatever changes who is administrator.
ADMINISTRATORS_LOCK = 0x61646D69

ACCOUNT = (
    "a.id, a.name, a.display_name, a.is_admin, a.password_hash IS NOT NULL AS has_password, a.created_at, a.disabled_at"
)
USAGE = """
    l.original_bytes, l.version_bytes, l.trash_bytes, l.quota_bytes, l.picture_count, l.trash_count,
    (SELECT coalesce(sum(u.size), 0)::bigint FROM uploads u
     WHERE u.account_id = l.account_id AND u.state = 'open' AND u.expires_at > now()) AS upload_bytes
"""


def account_of(row: Row) -> Account:
    """The account in a row that was selected as `ACCOUNT`."""
    return Account(
        row["id"],
        row["name"],
        row["display_name"],
        row["is_admin"],
        row["has_password"],
        row["created_at"],
        row["disabled_at"],
    )


def usage_of(row: Row) -> Usage:
    """The usage in a row that was selected as `USAGE`."""
    return Usage(
        originals=row["original_bytes"],
        versions=row["version_bytes"],
        trash=row["trash_bytes"],
        uploading=row["upload_bytes"],
        quota=row["quota_bytes"],
        pictures=row["picture_count"],
        trashed=row["trash_count"],
    )


async def insert_account(
    connection: Connection,
    name: str,
    *,
    display_name: str,
    password_hash: str | None,
    is_admin: bool,
    quota: int | None,
    claimed: bool = False,
) -> Account:
    """A new account with its empty library, inside a transaction. `NameTaken` when the name exists or existed.

    `claimed`: the Resolver of the domain has said that the name is ours.
    """
    try:
        row = await connection.fetchrow(
            "INSERT INTO accounts AS a (name, display_name, password_hash, is_admin, claimed_at)"
            f" VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END) RETURNING {ACCOUNT}",
            name, display_name, password_hash, is_admin, claimed,
        )  # fmt: skip
    except asyncpg.UniqueViolationError:
        raise NameTaken(name) from None
    await set_quota(connection, row["id"], quota)
    return account_of(row)


async def name_exists(connection: Connection, name: str) -> bool:
    """Whether the name was ever given, to an account that is deleted by now or not."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT 1 FROM accounts WHERE name = $1)", name))


async def account_named(connection: Connection, name: str) -> Account:
    """The account that `name` stands for; `NotFound`, also for deleted ones and for what is no name."""
    return await _named(connection, name, "")


async def lock_account(connection: Connection, name: str) -> Account:
    """As `account_named`; until this transaction ends, nobody else changes the account or signs in to it."""
    return await _named(connection, name, "FOR NO KEY UPDATE")


async def _named(connection: Connection, name: str, lock: str) -> Account:
    known = rules.known_name(name)
    row = await connection.fetchrow(
        f"SELECT {ACCOUNT} FROM accounts a WHERE a.name = $1 AND a.deleted_at IS NULL {lock}", known or ""
    )
    if row is None:
        raise NotFound(f"There is no account called {known}." if known else "No account can be called so.")
    return account_of(row)


async def account_by_id(connection: Connection, account_id: int) -> Account | None:
    """The account with this id, deleted ones left out."""
    row = await connection.fetchrow(
        f"SELECT {ACCOUNT} FROM accounts a WHERE a.id = $1 AND a.deleted_at IS NULL", account_id
    )
    return account_of(row) if row else None


async def accounts_page(connection: Connection, *, after: int, limit: int) -> list[tuple[Account, Usage]]:
    """At most `limit` accounts with an id over `after`, oldest first, each with what it stores."""
    rows = await connection.fetch(
        f"SELECT {ACCOUNT}, {USAGE} FROM accounts a JOIN libraries l ON l.account_id = a.id"
        " WHERE a.id > $1::bigint AND a.deleted_at IS NULL ORDER BY a.id LIMIT $2",
        after, limit,
    )  # fmt: skip
    return [(account_of(row), usage_of(row)) for row in rows]


async def usage(connection: Connection, account_id: int) -> Usage | None:
    """What an account stores, in one consistent reading."""
    row = await connection.fetchrow(f"SELECT {USAGE} FROM libraries l WHERE l.account_id = $1", account_id)
    return usage_of(row) if row else None


async def set_display_name(connection: Connection, account_id: int, display_name: str) -> None:
    await connection.execute("UPDATE accounts SET display_name = $2 WHERE id = $1", account_id, display_name)


async def set_quota(connection: Connection, account_id: int, quota: int | None) -> None:
    """Let an account store at most `quota` bytes; None lifts the limit."""
    await connection.execute("UPDATE libraries SET quota_bytes = $2 WHERE account_id = $1", account_id, quota)


async def set_disabled(connection: Connection, account_id: int, disabled: bool) -> None:
    await connection.execute(
        "UPDATE accounts SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, now()) END WHERE id = $1",
        account_id, disabled,
    )  # fmt: skip


async def set_admin(connection: Connection, account_id: int, is_admin: bool) -> None:
    await connection.execute("UPDATE accounts SET is_admin = $2 WHERE id = $1", account_id, is_admin)


async def mark_deleted(connection: Connection, account_id: int) -> None:
    """End an account. Its row stays for its name; what it stored is purged by others."""
    await connection.execute(
        "UPDATE accounts SET deleted_at = now(), is_admin = false, password_hash = NULL, display_name = ''"
        " WHERE id = $1",
        account_id,
    )


async def password_hash(connection: Connection, account_id: int) -> str | None:
    hashed: str | None = await connection.fetchval("SELECT password_hash FROM accounts WHERE id = $1", account_id)
    return hashed


async def set_password_hash(connection: Connection, account_id: int, hashed: str) -> None:
    await connection.execute("UPDATE accounts SET password_hash = $2 WHERE id = $1", account_id, hashed)


async def replace_password_hash(connection: Connection, account_id: int, old: str, new: str) -> bool:
    """Put `new` where `old` still stands; False when the password was changed meanwhile."""
    done = await connection.fetchval(
        "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2 AND deleted_at IS NULL"
        " RETURNING 1",
        account_id, old, new,
    )  # fmt: skip
    return done is not None


async def lock_administrators(connection: Connection) -> None:
    """Until this transaction ends, nobody else changes who is administrator."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", ADMINISTRATORS_LOCK)


async def count_administrators(connection: Connection) -> int:
    """How many administrators can act: neither disabled nor deleted."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM accounts WHERE is_admin AND disabled_at IS NULL AND deleted_at IS NULL"
        )
    )


async def replace_setup_link(connection: Connection, secret_hash: bytes, lifetime: timedelta) -> None:
    """Keep this link for making the first administrator, and no other."""
    await connection.execute("DELETE FROM one_time_links WHERE purpose = 'setup'")
    await connection.execute(
        "INSERT INTO one_time_links (secret_hash, purpose, expires_at) VALUES ($1, 'setup', now() + $2)",
        secret_hash, lifetime,
    )  # fmt: skip


async def give_setup_link_back(connection: Connection, secret_hash: bytes, lifetime: timedelta) -> None:
    """Let a link hold again that was spent, beside any that was made meanwhile."""
    await connection.execute(
        "INSERT INTO one_time_links (secret_hash, purpose, expires_at) VALUES ($1, 'setup', now() + $2)"
        " ON CONFLICT DO NOTHING",
        secret_hash, lifetime,
    )  # fmt: skip


async def setup_link_holds(connection: Connection, secret_hash: bytes) -> bool:
    """Whether this link is the one that may still make the first administrator."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT 1 FROM one_time_links WHERE secret_hash = $1 AND purpose = 'setup'"
            " AND expires_at > now())",
            secret_hash,
        )
    )


async def spend_setup_link(connection: Connection, secret_hash: bytes) -> bool:
    """Use the link up; False when it does not hold (any more). Of several at once, one gets True."""
    done = await connection.fetchval(
        "DELETE FROM one_time_links WHERE secret_hash = $1 AND purpose = 'setup' AND expires_at > now() RETURNING 1",
        secret_hash,
    )
    return done is not None
