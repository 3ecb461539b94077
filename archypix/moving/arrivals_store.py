"""SQL of those who arrive: how far they are, which files were brought, and rows until all are here."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from archypix.core.database import Connection, Row
from archypix.moving.ids import Line
from archypix.moving.models import Arrival

COLUMNS: Final = "move, name, source, state, blobs, blobs_done, bytes, bytes_done, rows, rows_done, error"


def arrival(row: Row) -> Arrival:
    """A row as others see it."""
    return Arrival(**{name: row[name] for name in COLUMNS.split(", ")})


async def find(connection: Connection, move: UUID) -> Row | None:
    """The row of a move."""
    return await connection.fetchrow("SELECT * FROM arrivals WHERE move = $1", move)


async def lock(connection: Connection, move: UUID) -> Row | None:
    """The row of a move, until the transaction ends nobody else's."""
    return await connection.fetchrow("SELECT * FROM arrivals WHERE move = $1 FOR UPDATE", move)


async def insert(connection: Connection, move: UUID, name: str, source: str) -> None:
    """Somebody is about to come."""
    await connection.execute("INSERT INTO arrivals (move, name, source) VALUES ($1, $2, $3)", move, name, source)


async def standing(connection: Connection, name: str) -> Row | None:
    """The account with this name, whatever it is."""
    return await connection.fetchrow("SELECT id, moved_to, arriving FROM accounts WHERE name = $1", name)


async def underway(connection: Connection, name: str) -> UUID | None:
    """The move by which somebody with this name comes, which has not ended."""
    found: UUID | None = await connection.fetchval(
        "SELECT move FROM arrivals WHERE name = $1 AND state NOT IN ('active', 'dropped')", name
    )
    return found


async def set_state(connection: Connection, move: UUID, state: str, *, error: str | None = None) -> None:
    """Where it is now; at once due where there is something to do."""
    await connection.execute(
        "UPDATE arrivals SET state = $2, error = $3, attempts = 0, lease = NULL, next_attempt_at = now(),"
        " changed_at = now() WHERE move = $1",
        move, state, None if error is None else error[:500],
    )  # fmt: skip


async def claim(connection: Connection, lease: UUID, seconds: float) -> Row | None:
    """One arrival at which there is something to do, leased to the caller."""
    return await connection.fetchrow(
        "UPDATE arrivals SET lease = $1, next_attempt_at = now() + make_interval(secs => $2) WHERE move = ("
        "SELECT move FROM arrivals WHERE state IN ('copying', 'taking') AND next_attempt_at <= now()"
        " ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *",
        lease, seconds,
    )  # fmt: skip


async def renew(connection: Connection, move: UUID, lease: UUID, seconds: float) -> bool:
    """Keep a lease; False where somebody else has it, or the move was ended."""
    tag = await connection.execute(
        "UPDATE arrivals SET next_attempt_at = now() + make_interval(secs => $3) WHERE move = $1 AND lease = $2",
        move, lease, seconds,
    )  # fmt: skip
    return bool(tag == "UPDATE 1")


async def put_off(connection: Connection, move: UUID, lease: UUID, seconds: float, error: str | None) -> None:
    """Try again later; `error` is what was in the way."""
    await connection.execute(
        "UPDATE arrivals SET lease = NULL, next_attempt_at = now() + make_interval(secs => $3),"
        " attempts = attempts + CASE WHEN $4::text IS NULL THEN 0 ELSE 1 END, error = $4, changed_at = now()"
        " WHERE move = $1 AND lease = $2",
        move, lease, seconds, None if error is None else error[:500],
    )  # fmt: skip


async def set_totals(connection: Connection, move: UUID, said: dict[str, Any]) -> None:
    """How much the other side has."""
    await connection.execute(
        "UPDATE arrivals SET blobs = $2, bytes = $3, rows = $4, changed_at = now() WHERE move = $1",
        move, int(said["blobs"]), int(said["bytes"]), int(said["rows"]),
    )  # fmt: skip


async def set_account(connection: Connection, move: UUID, account_id: int | None) -> None:
    """Which account here it is."""
    await connection.execute("UPDATE arrivals SET account_id = $2 WHERE move = $1", move, account_id)


async def brought(connection: Connection, move: UUID, hashes: Sequence[bytes]) -> dict[bytes, tuple[UUID, int]]:
    """Those of these files that were brought: their blobs here, and how many thumbnails came with them."""
    rows = await connection.fetch(
        "SELECT sha256, blob_id, thumbnails FROM arrival_blobs WHERE move = $1 AND sha256 = ANY ($2)",
        move,
        list(hashes),
    )
    return {bytes(row["sha256"]): (row["blob_id"], row["thumbnails"]) for row in rows}


async def bring(connection: Connection, move: UUID, sha256: bytes, blob_id: UUID, size: int) -> None:
    """A file is here, and stays until the move is over."""
    await connection.execute(
        "WITH come AS (INSERT INTO arrival_blobs (move, sha256, blob_id, size) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING RETURNING size)"
        " UPDATE arrivals SET blobs_done = blobs_done + 1, bytes_done = bytes_done + come.size, changed_at = now()"
        " FROM come WHERE move = $1",
        move, sha256, blob_id, size,
    )  # fmt: skip


async def note_thumbnails(connection: Connection, move: UUID, sha256: bytes, number: int) -> None:
    """So many thumbnails of a file that was brought are here."""
    await connection.execute(
        "UPDATE arrival_blobs SET thumbnails = $3 WHERE move = $1 AND sha256 = $2", move, sha256, number
    )


async def let_go(connection: Connection, move: UUID, limit: int) -> list[UUID]:
    """Files that are no longer kept for a move: at most `limit`."""
    rows = await connection.fetch(
        "DELETE FROM arrival_blobs WHERE (move, sha256) IN"
        " (SELECT move, sha256 FROM arrival_blobs WHERE move = $1 LIMIT $2) RETURNING blob_id",
        move, limit,
    )  # fmt: skip
    return [row["blob_id"] for row in rows]


async def put_page(connection: Connection, move: UUID, part: str, lines: Sequence[Line], following: str | None) -> None:
    """One more page of rows."""
    await connection.execute(
        "WITH put AS (INSERT INTO arrival_pages (move, part, number, lines, next) VALUES ($1, $2,"
        " (SELECT coalesce(max(number), 0) + 1 FROM arrival_pages WHERE move = $1 AND part = $2), $3, $4))"
        " UPDATE arrivals SET rows_done = rows_done + $5, changed_at = now() WHERE move = $1",
        move, part, zlib.compress(orjson.dumps(list(lines)), 1), following, len(lines),
    )  # fmt: skip


async def last_page(connection: Connection, move: UUID, part: str) -> Row | None:
    """The last page of a part that is here: `next`."""
    return await connection.fetchrow(
        "SELECT next FROM arrival_pages WHERE move = $1 AND part = $2 ORDER BY number DESC LIMIT 1", move, part
    )


async def forget_pages(connection: Connection, move: UUID, part: str | None = None) -> None:
    """Pages of a part, or of all, are of no use."""
    await connection.execute(
        "DELETE FROM arrival_pages WHERE move = $1 AND ($2::text IS NULL OR part = $2)", move, part
    )


async def pages(connection: Connection, move: UUID, part: str) -> AsyncIterator[list[Line]]:
    """The rows of a part, page by page."""
    number = 0
    while True:
        row = await connection.fetchrow(
            "SELECT number, lines FROM arrival_pages WHERE move = $1 AND part = $2 AND number > $3"
            " ORDER BY number LIMIT 1",
            move, part, number,
        )  # fmt: skip
        if row is None:
            return
        number = row["number"]
        yield orjson.loads(zlib.decompress(row["lines"]))


async def activate(connection: Connection, account_id: int) -> None:
    """The account is here."""
    await connection.execute(
        "UPDATE accounts SET arriving = false, claimed_at = coalesce(claimed_at, now()) WHERE id = $1", account_id
    )


async def over(connection: Connection) -> list[Row]:
    """Moves that are over and have left something: files that are kept for them, or an account that did not come."""
    rows: list[Row] = await connection.fetch(
        "SELECT move, state, account_id FROM arrivals r WHERE state IN ('active', 'dropped') AND ("
        "state = 'dropped' AND account_id IS NOT NULL"
        " OR EXISTS (SELECT FROM arrival_blobs b WHERE b.move = r.move)"
        " OR EXISTS (SELECT FROM arrival_scraps s WHERE s.move = r.move)) LIMIT 100"
    )
    return rows
