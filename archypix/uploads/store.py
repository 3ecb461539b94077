"""SQL of uploads in flight. Whoever opens or grows one has the library's writer lock: it holds quota."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from archypix.core.database import Connection
from archypix.uploads.models import Upload

COLUMNS = "id, account_id, batch_id, sha256, size, filename, file_date, tags, state, picture_id, duplicate, expires_at"
# Rows of single requests have no hash; those of a batch do.
OPEN = "state = 'open' AND expires_at > now()"


def _upload(row: object) -> Upload:
    values = dict(row)  # type: ignore[call-overload]
    return Upload(**{**values, "tags": tuple(values["tags"])})


async def is_unlimited(connection: Connection, account_id: int) -> bool:
    """Whether there is no quota of which anything could be held."""
    found = await connection.fetchval("SELECT quota_bytes IS NULL FROM libraries WHERE account_id = $1", account_id)
    return bool(found)


async def reserved(connection: Connection, account_id: int, *, but: UUID | None = None) -> int:
    """Bytes that the account's open uploads hold, without the upload `but`."""
    return int(
        await connection.fetchval(
            f"SELECT coalesce(sum(size), 0) FROM uploads WHERE account_id = $1 AND {OPEN} AND id IS DISTINCT FROM $2",
            account_id,
            but,
        )
    )


async def count_open(connection: Connection, account_id: int) -> int:
    """How many uploads of the account are open."""
    return int(await connection.fetchval(f"SELECT count(*) FROM uploads WHERE account_id = $1 AND {OPEN}", account_id))


async def insert(connection: Connection, upload: Upload, lifetime: timedelta) -> None:
    """A new open upload, which expires after `lifetime`."""
    await connection.execute(
        "INSERT INTO uploads (id, account_id, batch_id, sha256, size, filename, file_date, tags, state, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', now() + $9)",
        upload.id, upload.account_id, upload.batch_id, upload.sha256, upload.size, upload.filename, upload.file_date,
        list(upload.tags), lifetime,
    )  # fmt: skip


async def hold(connection: Connection, upload_id: UUID, size: int, lifetime: timedelta) -> bool:
    """Let an open upload hold `size` bytes from now on, and live for `lifetime` more; False when it is no more."""
    tag = await connection.execute(
        "UPDATE uploads SET size = $2, expires_at = now() + $3 WHERE id = $1 AND state = 'open'",
        upload_id, size, lifetime,
    )  # fmt: skip
    return bool(tag == "UPDATE 1")


async def find(connection: Connection, account_id: int, upload_id: UUID) -> Upload | None:
    """The account's announced upload, open or done; None when there is none or it has expired."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM uploads WHERE id = $1 AND account_id = $2 AND sha256 IS NOT NULL"
        " AND expires_at > now()",
        upload_id, account_id,
    )  # fmt: skip
    return _upload(row) if row else None


async def find_open(connection: Connection, account_id: int, digests: Iterable[bytes]) -> dict[bytes, Upload]:
    """The account's announced uploads of these SHA-256 that are open."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM uploads WHERE account_id = $1 AND sha256 = ANY ($2) AND {OPEN} ORDER BY id",
        account_id, list(digests),
    )  # fmt: skip
    return {row["sha256"]: _upload(row) for row in rows}


async def add_tags(connection: Connection, upload_id: UUID, tags: Iterable[str], lifetime: timedelta) -> None:
    """An upload announced again gets the tags it does not have yet, and a new lease of life."""
    await connection.execute(
        "UPDATE uploads SET tags = ARRAY(SELECT DISTINCT unnest(tags || $2::text[])), expires_at = now() + $3"
        " WHERE id = $1",
        upload_id, list(tags), lifetime,
    )  # fmt: skip


async def finish(connection: Connection, upload_id: UUID, picture_id: UUID, *, duplicate: bool) -> None:
    """The upload became this picture; it holds no quota any more."""
    await connection.execute(
        "UPDATE uploads SET state = 'done', picture_id = $2, duplicate = $3 WHERE id = $1",
        upload_id, picture_id, duplicate,
    )  # fmt: skip


async def remove(connection: Connection, upload_id: UUID) -> None:
    """Forget an upload; what it held is free."""
    await connection.execute("DELETE FROM uploads WHERE id = $1", upload_id)


async def expired(connection: Connection, limit: int) -> list[tuple[UUID, bool]]:
    """Uploads whose time is over, the oldest first: the id, and whether it may have parts in storage."""
    rows = await connection.fetch(
        "SELECT id, sha256 IS NOT NULL AS announced FROM uploads WHERE expires_at <= now()"
        " ORDER BY expires_at LIMIT $1",
        limit,
    )
    return [(row["id"], row["announced"]) for row in rows]


async def remove_expired(connection: Connection, upload_ids: Iterable[UUID]) -> int:
    """Forget those of these uploads whose time is still over; how many."""
    rows = await connection.fetch(
        "DELETE FROM uploads WHERE id = ANY ($1) AND expires_at <= now() RETURNING id", list(upload_ids)
    )
    return len(rows)
