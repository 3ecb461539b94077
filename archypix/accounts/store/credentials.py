"""SQL of what proves who somebody is: sessions, tokens, and the places an account has signed in from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from archypix.accounts.models import Account, Caller, Session, Token
from archypix.accounts.store.accounts import ACCOUNT, account_of
from archypix.core.database import Connection

# How exact the time of last use is; a write per request would cost more than it is worth.
USE_PRECISION = timedelta(minutes=5)
MOST_SESSIONS = 100
MOST_PLACES = 50


@dataclass(frozen=True, slots=True)
class Found:
    """What a secret leads to. `use_is_old` asks for a new time of last use."""

    caller: Caller
    disabled: bool
    use_is_old: bool
    expired: bool = False
    # The origin of the server where the person lives by now.
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What signing in needs to know of a name, whether or not an account has it."""

    account: Account | None
    password_hash: str | None
    known_device: bool
    known_address: bool
    # The origin of the server where the person lives by now.
    moved_to: str | None = None


async def by_session(connection: Connection, secret_hash: bytes, idle: timedelta) -> Found | None:
    """Who has the session with this secret; None where it does not exist or has expired. One indexed statement."""
    row = await connection.fetchrow(
        "SELECT s.id, s.account_id, a.name, a.is_admin, a.disabled_at IS NOT NULL AS disabled, a.moved_to,"
        " a.held_at IS NOT NULL AS held, s.last_used_at < now() - $3::interval AS use_is_old"
        " FROM sessions s JOIN accounts a ON a.id = s.account_id"
        " WHERE s.secret_hash = $1 AND s.expires_at > now() AND s.last_used_at > now() - $2::interval"
        " AND a.deleted_at IS NULL AND NOT a.arriving",
        secret_hash, idle, USE_PRECISION,
    )  # fmt: skip
    if row is None:
        return None
    caller = Caller(
        row["account_id"], row["name"], row["is_admin"], None, session_id=row["id"], held=row["held"]
    )  # fmt: skip
    return Found(caller, row["disabled"], row["use_is_old"], moved_to=row["moved_to"])


async def by_token(connection: Connection, secret_hash: bytes) -> Found | None:
    """Whose token has this secret; None where there is none. One indexed statement."""
    row = await connection.fetchrow(
        "SELECT t.id, t.account_id, t.scopes, a.name, a.is_admin, a.disabled_at IS NOT NULL AS disabled, a.moved_to,"
        " a.held_at IS NOT NULL AS held, coalesce(t.expires_at <= now(), false) AS expired,"
        " coalesce(t.last_used_at < now() - $2::interval, true) AS use_is_old"
        " FROM tokens t JOIN accounts a ON a.id = t.account_id"
        " WHERE t.secret_hash = $1 AND a.deleted_at IS NULL AND NOT a.arriving",
        secret_hash, USE_PRECISION,
    )  # fmt: skip
    if row is None:
        return None
    caller = Caller(
        row["account_id"], row["name"], row["is_admin"], frozenset(row["scopes"]), token_id=row["id"], held=row["held"]
    )  # fmt: skip
    return Found(caller, row["disabled"], row["use_is_old"], row["expired"], row["moved_to"])


async def note_use(connection: Connection, sessions: Sequence[UUID], tokens: Sequence[UUID]) -> None:
    """These were used just now. Rows that somebody else is changing are left out: it is not worth waiting for."""
    for table, ids in (("sessions", sessions), ("tokens", tokens)):
        if ids:
            await connection.execute(
                f"UPDATE {table} SET last_used_at = now()"
                f" WHERE id IN (SELECT id FROM {table} WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED)",
                ids,
            )


async def candidate(connection: Connection, name: str, device: bytes, address: bytes) -> Candidate:
    """The account called `name` with its hash, and whether it has signed in from these places (hashes) before."""
    row = await connection.fetchrow(
        f"SELECT {ACCOUNT}, a.password_hash, a.moved_to,"
        " EXISTS (SELECT 1 FROM sign_in_places p WHERE p.account_id = a.id AND p.place_hash = $2) AS known_device,"
        " EXISTS (SELECT 1 FROM sign_in_places p WHERE p.account_id = a.id AND p.place_hash = $3) AS known_address"
        " FROM accounts a WHERE a.name = $1 AND a.deleted_at IS NULL AND NOT a.arriving",
        name, device, address,
    )  # fmt: skip
    if row is None:
        return Candidate(None, None, False, False)
    return Candidate(account_of(row), row["password_hash"], row["known_device"], row["known_address"], row["moved_to"])


async def insert_session(
    connection: Connection,
    account_id: int,
    password_hash: str,
    *,
    session_id: UUID,
    secret_hash: bytes,
    user_agent: str,
    address: str,
    lifetime: timedelta,
) -> bool:
    """A session for an account whose password is still the one that was verified, inside a transaction.

    False when the account was disabled, deleted or given another password meanwhile. The oldest sessions over 100 end.
    """
    # The lock keeps a change of password, which ends sessions, and other sign-ins of this account from running beside.
    stands = await connection.fetchval(
        "SELECT 1 FROM accounts WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL AND deleted_at IS NULL"
        " AND moved_to IS NULL AND NOT arriving FOR NO KEY UPDATE",
        account_id, password_hash,
    )  # fmt: skip
    if stands is None:
        return False
    await connection.execute(
        "INSERT INTO sessions (id, account_id, secret_hash, user_agent, address, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, now() + $6)",
        session_id, account_id, secret_hash, user_agent, address, lifetime,
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE account_id = $1"
        " ORDER BY id DESC OFFSET $2)",
        account_id, MOST_SESSIONS,
    )  # fmt: skip
    return True


async def remember_places(connection: Connection, account_id: int, places: Sequence[bytes]) -> None:
    """This account signed in from these places (hashes); the 50 used last are kept."""
    await connection.execute(
        "INSERT INTO sign_in_places (account_id, place_hash) SELECT $1, unnest($2::bytea[])"
        " ON CONFLICT (account_id, place_hash) DO UPDATE SET last_used_at = now()",
        account_id, sorted(places),
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM sign_in_places WHERE account_id = $1 AND place_hash IN (SELECT place_hash FROM sign_in_places"
        " WHERE account_id = $1 ORDER BY last_used_at DESC OFFSET $2)",
        account_id, MOST_PLACES,
    )  # fmt: skip


async def sessions(connection: Connection, account_id: int, idle: timedelta) -> list[Session]:
    """The sessions of an account that still hold, the newest first."""
    rows = await connection.fetch(
        "SELECT id, user_agent, address, created_at, last_used_at, expires_at FROM sessions"
        " WHERE account_id = $1 AND expires_at > now() AND last_used_at > now() - $2::interval ORDER BY id DESC",
        account_id, idle,
    )  # fmt: skip
    return [Session(*row) for row in rows]


async def delete_session_of_secret(connection: Connection, secret_hash: bytes) -> None:
    """End the session with this secret, if there is one."""
    await connection.execute("DELETE FROM sessions WHERE secret_hash = $1", secret_hash)


async def delete_session(connection: Connection, account_id: int, session_id: UUID) -> bool:
    """End one session of an account; False when it has none with this id."""
    done = await connection.fetchval(
        "DELETE FROM sessions WHERE account_id = $1 AND id = $2 RETURNING 1", account_id, session_id
    )
    return done is not None


async def delete_sessions(connection: Connection, account_id: int, *, but: UUID | None = None) -> int:
    """End all sessions of an account, except `but`; how many that were."""
    rows = await connection.fetch(
        "DELETE FROM sessions WHERE account_id = $1 AND id IS DISTINCT FROM $2 RETURNING 1", account_id, but
    )
    return len(rows)


async def insert_token(
    connection: Connection,
    account_id: int,
    *,
    token_id: UUID,
    name: str,
    secret_hash: bytes,
    scopes: Sequence[str],
    expires_at: datetime | None,
) -> Token:
    """A new token."""
    row = await connection.fetchrow(
        "INSERT INTO tokens (id, account_id, name, secret_hash, scopes, expires_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " RETURNING id, name, scopes, created_at, last_used_at, expires_at",
        token_id, account_id, name, secret_hash, list(scopes), expires_at,
    )  # fmt: skip
    return Token(row[0], row[1], frozenset(row[2]), row[3], row[4], row[5])


async def tokens(connection: Connection, account_id: int) -> list[Token]:
    """The tokens of an account, the newest first, expired ones among them."""
    rows = await connection.fetch(
        "SELECT id, name, scopes, created_at, last_used_at, expires_at FROM tokens WHERE account_id = $1"
        " ORDER BY id DESC",
        account_id,
    )
    return [Token(row[0], row[1], frozenset(row[2]), row[3], row[4], row[5]) for row in rows]


async def count_tokens(connection: Connection, account_id: int) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM tokens WHERE account_id = $1", account_id))


async def delete_token(connection: Connection, account_id: int, token_id: UUID) -> str | None:
    """Revoke one token of an account; its name, or None when the account has none with this id."""
    name: str | None = await connection.fetchval(
        "DELETE FROM tokens WHERE account_id = $1 AND id = $2 RETURNING name", account_id, token_id
    )
    return name


async def delete_tokens(connection: Connection, account_id: int) -> int:
    """Revoke all tokens of an account; how many that were."""
    return len(await connection.fetch("DELETE FROM tokens WHERE account_id = $1 RETURNING 1", account_id))


async def forget_places(connection: Connection, account_id: int) -> None:
    await connection.execute("DELETE FROM sign_in_places WHERE account_id = $1", account_id)


async def sweep(connection: Connection, *, idle: timedelta, tokens_kept: timedelta, places_kept: timedelta) -> None:
    """Remove what has expired: sessions at once, tokens and places after they were of no use for long."""
    await connection.execute(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions"
        " WHERE expires_at <= now() OR last_used_at <= now() - $1::interval FOR UPDATE SKIP LOCKED)",
        idle,
    )
    await connection.execute("DELETE FROM tokens WHERE expires_at <= now() - $1::interval", tokens_kept)
    await connection.execute(
        "DELETE FROM sign_in_places p USING (SELECT account_id, place_hash FROM sign_in_places"
        " WHERE last_used_at <= now() - $1::interval FOR UPDATE SKIP LOCKED) old"
        " WHERE p.account_id = old.account_id AND p.place_hash = old.place_hash",
        places_kept,
    )
    await connection.execute("DELETE FROM one_time_links WHERE expires_at <= now()")
