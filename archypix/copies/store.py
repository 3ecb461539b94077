"""SQL of copies: asked for, leased while they are made, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from archypix.copies.models import Copy
from archypix.core.database import Connection, Row
from archypix.core.resting import awake

COPY = (
    "id, account_id, source_id, uri, owner_id, owner, tags, state, failure, copy_id, same_id, attempts, created_at,"
    " finished_at"
)


async def received(connection: Connection, account_id: int, picture_id: UUID) -> Row | None:
    """A picture of the account's library (`origin_uri` is null where it is its own); None where there is none."""
    return await connection.fetchrow(
        "SELECT id, origin_uri, origin_owner_id, size, kind FROM pictures WHERE id = $1 AND owner_id = $2",
        picture_id, account_id,
    )  # fmt: skip


async def newest(connection: Connection, account_id: int, uri: str) -> Copy | None:
    """What was asked for last about the picture that its owner calls `uri`."""
    row = await connection.fetchrow(
        f"SELECT {COPY} FROM copies WHERE account_id = $1 AND uri = $2 ORDER BY created_at DESC, id DESC LIMIT 1",
        account_id, uri,
    )  # fmt: skip
    return _copy(row) if row is not None else None


async def waiting(connection: Connection, account_id: int) -> int:
    """How many copies of an account are still to be made."""
    return int(
        await connection.fetchval("SELECT count(*) FROM copies WHERE account_id = $1 AND state = 'waiting'", account_id)
    )


async def insert(
    connection: Connection,
    copy_id: UUID,
    account_id: int,
    source_id: UUID,
    uri: str,
    owner_id: int,
    owner: str,
    tags: Sequence[str],
) -> Copy:
    """Something to be copied; what was asked for before about the same picture and failed is forgotten."""
    await connection.execute(
        "DELETE FROM copies WHERE account_id = $1 AND uri = $2 AND state = 'failed'", account_id, uri
    )
    row = await connection.fetchrow(
        "INSERT INTO copies (id, account_id, source_id, uri, owner_id, owner, tags)"
        f" VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {COPY}",
        copy_id, account_id, source_id, uri, owner_id, owner, list(tags),
    )  # fmt: skip
    return _copy(row)


async def lease(connection: Connection, token: UUID, length: timedelta) -> Copy | None:
    """One copy that is due, for whoever has this token; None where nothing is."""
    row = await connection.fetchrow(
        "UPDATE copies SET lease = $1, leased_until = now() + $2, attempts = attempts + 1 WHERE id = ("
        "    SELECT c.id FROM copies c JOIN accounts a ON a.id = c.account_id"
        "    WHERE c.state = 'waiting' AND c.next_attempt_at <= now()"
        "        AND (c.leased_until IS NULL OR c.leased_until < now())"
        f"        AND a.disabled_at IS NULL AND a.deleted_at IS NULL AND {awake('a.id')}"
        # One owner whose storage is slow must not take all places.
        "        AND NOT EXISTS (SELECT FROM copies o WHERE o.owner_id = c.owner_id AND o.leased_until > now())"
        f"    ORDER BY c.next_attempt_at LIMIT 1 FOR UPDATE OF c SKIP LOCKED) RETURNING {COPY}",
        token, length,
    )  # fmt: skip
    return _copy(row) if row is not None else None


async def renew(connection: Connection, token: UUID, length: timedelta) -> bool:
    """Keep a lease; False where it is lost."""
    done = await connection.execute("UPDATE copies SET leased_until = now() + $2 WHERE lease = $1", token, length)
    return bool(done == "UPDATE 1")


async def put_off(connection: Connection, token: UUID, wait: timedelta) -> None:
    """Try again after a while."""
    await connection.execute(
        "UPDATE copies SET lease = NULL, leased_until = NULL, next_attempt_at = now() + $2 WHERE lease = $1",
        token, wait,
    )  # fmt: skip


async def fail(connection: Connection, token: UUID, failure: str) -> bool:
    """There will be no copy; False where the lease is lost."""
    done = await connection.execute(
        "UPDATE copies SET state = 'failed', failure = $2, lease = NULL, leased_until = NULL, finished_at = now()"
        " WHERE lease = $1",
        token, failure,
    )  # fmt: skip
    return bool(done == "UPDATE 1")


async def finish(connection: Connection, token: UUID, *, copy_id: UUID | None, same_id: UUID | None) -> bool:
    """The copy is a picture, or there was one; False where the lease is lost."""
    done = await connection.execute(
        "UPDATE copies SET state = 'done', copy_id = $2, same_id = $3, lease = NULL, leased_until = NULL,"
        " finished_at = now() WHERE lease = $1",
        token, copy_id, same_id,
    )  # fmt: skip
    return bool(done == "UPDATE 1")


async def forget(connection: Connection, account_id: int) -> None:
    """Delete everything that an account asked for."""
    await connection.execute("DELETE FROM copies WHERE account_id = $1", account_id)


async def is_unclaimed_copy(connection: Connection, picture_id: UUID) -> bool:
    """Whether a picture came in as a copy of which nobody has written down yet where it is from."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM pictures p WHERE p.id = $1 AND p.source = 'copy'"
            " AND NOT EXISTS (SELECT FROM copies c WHERE c.copy_id = p.id))",
            picture_id,
        )
    )


async def next_due(connection: Connection) -> float | None:
    """Seconds until something is due; None where nothing waits."""
    found = await connection.fetchval(
        "SELECT extract(epoch FROM min(greatest(c.next_attempt_at, c.leased_until)) - now())"
        " FROM copies c JOIN accounts a ON a.id = c.account_id"
        " WHERE c.state = 'waiting' AND a.disabled_at IS NULL AND a.deleted_at IS NULL"
    )
    return None if found is None else max(0.0, float(found))


def _copy(row: Row) -> Copy:
    return Copy(**{**dict(row), "tags": tuple(row["tags"])})
