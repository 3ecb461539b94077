"""SQL of the brake: its settings, its state, and the deeds that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from archypix.core.database import Connection
from archypix.drives.models import BrakeSettings

# For so long pictures that a device has brought count as its own.
OWN: Final = "1 hour"
# Deeds are counted for a day at the most.
KEPT: Final = "1 day"
TOUCHED: Final = f"""
WITH touched AS (
    SELECT p.id FROM drive_deeds d CROSS JOIN LATERAL unnest(d.pictures) AS p (id) WHERE d.token_id = $1 AND d.at > $2
    UNION SELECT unnest($3::uuid[])
)
SELECT count(*) FILTER (WHERE a.picture_id IS NULL) AS others, count(*) FILTER (WHERE a.picture_id IS NOT NULL) AS own
FROM touched t LEFT JOIN drive_arrivals a
    ON a.token_id = $1 AND a.picture_id = t.id AND a.at > clock_timestamp() - interval '{OWN}'
"""


class State(NamedTuple):
    """The brake of a token. `counted_from`: deeds since then count; `allowed`: nothing is counted now."""

    now: datetime
    pulled: bool
    allowed: bool
    counted_from: datetime


async def settings(connection: Connection, account_id: int) -> BrakeSettings:
    """The settings of the account, or the defaults."""
    row = await connection.fetchrow(
        "SELECT brake_files, brake_share, brake_seconds FROM drive_settings WHERE account_id = $1", account_id
    )
    return BrakeSettings(*row) if row else BrakeSettings()


async def change_settings(connection: Connection, account_id: int, values: dict[str, Any]) -> None:
    """Set columns, whose names come from code."""
    await connection.execute(
        "INSERT INTO drive_settings (account_id) VALUES ($1) ON CONFLICT (account_id) DO NOTHING", account_id
    )
    columns = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 2))
    if columns:
        await connection.execute(
            f"UPDATE drive_settings SET {columns} WHERE account_id = $1", account_id, *values.values()
        )


async def lock(connection: Connection, token_id: int, seconds: int) -> State | None:
    """The state of a token's brake, which nobody else changes until the transaction ends; None where the token is gone.

    The times are read after the lock was got.
    """
    row = await connection.fetchrow(
        "SELECT pulled_at, allowed_until FROM drive_brakes WHERE token_id = $1 FOR UPDATE", token_id
    )
    if row is None:
        return None
    now, since = await connection.fetchrow(
        "SELECT clock_timestamp(), clock_timestamp() - make_interval(secs => $1)", seconds
    )
    until = row["allowed_until"]
    counted_from = max(since, until) if until is not None else since
    return State(now, row["pulled_at"] is not None, until is not None and until > now, counted_from)


async def touched(connection: Connection, token_id: int, since: datetime, more: Sequence[UUID]) -> tuple[int, int]:
    """How many pictures a token has touched since then, with `more`: those of others, and those that it brought."""
    row = await connection.fetchrow(TOUCHED, token_id, since, list(more))
    return row["others"], row["own"]


async def trashed(connection: Connection, account_id: int, token_id: int, since: datetime) -> int:
    """How many of the pictures that a token has touched since then are in the trash now."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM pictures WHERE owner_id = $1 AND deleted_at IS NOT NULL AND id IN ("
            " SELECT unnest(pictures) FROM drive_deeds WHERE token_id = $2 AND at > $3)",
            account_id, token_id, since,
        )
    )  # fmt: skip


async def lately(connection: Connection, token_id: int, since: datetime, most: int) -> list[UUID]:
    """Some of the pictures that a token has touched since then, the latest first."""
    rows = await connection.fetch(
        "SELECT p.id FROM drive_deeds d CROSS JOIN LATERAL unnest(d.pictures) AS p (id)"
        " WHERE d.token_id = $1 AND d.at > $2 GROUP BY p.id ORDER BY max(d.id) DESC, p.id LIMIT $3",
        token_id, since, most,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def keep(connection: Connection, token_id: int, kind: str, pictures: Sequence[UUID]) -> int:
    """Write a deed down; its number."""
    number: int = await connection.fetchval(
        "INSERT INTO drive_deeds (token_id, kind, pictures) VALUES ($1, $2, $3) RETURNING id",
        token_id, kind, list(pictures),
    )  # fmt: skip
    return number


async def forget(connection: Connection, number: int) -> None:
    """A deed was not done after all."""
    await connection.execute("DELETE FROM drive_deeds WHERE id = $1", number)


async def pull(connection: Connection, token_id: int) -> None:
    """From now on the device deletes nothing."""
    await connection.execute("UPDATE drive_brakes SET pulled_at = clock_timestamp() WHERE token_id = $1", token_id)


async def allow(connection: Connection, token_id: int, minutes: int) -> datetime | None:
    """Let go of the brake, and count nothing for so many minutes; until when. None where the token is gone."""
    until: datetime | None = await connection.fetchval(
        "UPDATE drive_brakes SET pulled_at = NULL, allowed_until = clock_timestamp() + make_interval(mins => $2)"
        " WHERE token_id = $1 RETURNING allowed_until",
        token_id, minutes,
    )  # fmt: skip
    return until


async def arrived(connection: Connection, token_id: int, picture_id: UUID) -> None:
    """A device has brought a picture that was not there."""
    await connection.execute(
        "INSERT INTO drive_arrivals (token_id, picture_id) VALUES ($1, $2)"
        " ON CONFLICT (token_id, picture_id) DO UPDATE SET at = excluded.at",
        token_id, picture_id,
    )  # fmt: skip


async def library_size(connection: Connection, account_id: int) -> int:
    """How many pictures the account has, without those in the trash."""
    return int(await connection.fetchval("SELECT picture_count FROM libraries WHERE account_id = $1", account_id) or 0)


async def sweep(connection: Connection) -> None:
    """Forget what is not counted any more."""
    await connection.execute(f"DELETE FROM drive_deeds WHERE at < now() - interval '{KEPT}'")
    await connection.execute(f"DELETE FROM drive_arrivals WHERE at < now() - interval '{OWN}'")
