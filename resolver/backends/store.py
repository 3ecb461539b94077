"""SQL of backends and of their messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from archypix.core.database import Connection, Row
from resolver.backends.models import Backend, Heartbeat, Introduction

COLUMNS = ", ".join(field.name for field in fields(Backend))
CHANNEL = "archypix_resolver"
LOCK = 0x6261636B  # "back"


def backend_of(row: Row) -> Backend:
    """The backend in a row that was selected as `COLUMNS`."""
    values = dict(row)
    values["problems"] = tuple(values["problems"])
    values["conflicts"] = tuple(values["conflicts"])
    return Backend(**values)


async def everyone(connection: Connection) -> list[Backend]:
    """All backends, in the order in which they came."""
    return [backend_of(row) for row in await connection.fetch(f"SELECT {COLUMNS} FROM backends ORDER BY id")]


async def time_of_day(connection: Connection) -> datetime:
    """The present, as the database has it."""
    found: datetime = await connection.fetchval("SELECT now()")
    return found


async def by_origin(connection: Connection, origin: str) -> Backend | None:
    """The backend of this origin."""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM backends WHERE origin = $1", origin)
    return None if row is None else backend_of(row)


async def by_id(connection: Connection, backend_id: int, *, lock: bool = False) -> Backend | None:
    """The backend with this id; with `lock`, nobody else changes it before the transaction ends."""
    end = "FOR NO KEY UPDATE" if lock else ""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM backends WHERE id = $1 {end}", backend_id)
    return None if row is None else backend_of(row)


async def lock(connection: Connection) -> None:
    """Keep others from introducing themselves until the transaction ends, so that they can be counted."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)


async def count_strangers(connection: Connection) -> int:
    """How many introduced themselves and were never admitted."""
    return int(await connection.fetchval("SELECT count(*) FROM backends WHERE pinned IS NULL"))


async def forget_strangers(connection: Connection, after: timedelta) -> None:
    """Drop those that were never admitted and have been silent for so long."""
    await connection.execute(
        "DELETE FROM backends WHERE pinned IS NULL AND state = 'pending' AND introduced_at < now() - $1::interval"
        " AND NOT EXISTS (SELECT 1 FROM names n WHERE n.backend_id = backends.id)",
        after,
    )


async def introduce(connection: Connection, said: Introduction, fingerprint: str, sequence: int) -> None:
    """A new backend, waiting."""
    await connection.execute(
        "INSERT INTO backends (origin, presented, fingerprint, version, software, introduced_sequence)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        said.origin, said.key, fingerprint, said.version, said.software, sequence,
    )  # fmt: skip


async def introduce_again(
    connection: Connection, backend: Backend, said: Introduction, fingerprint: str, sequence: int, *, state: str
) -> bool:
    """A backend that came again; False where that introduction is not newer than its last."""
    return (
        await connection.fetchval(
            "UPDATE backends SET presented = $2, fingerprint = $3, version = $4, software = $5,"
            " introduced_sequence = $6, state = $7, introduced_at = now()"
            " WHERE id = $1 AND introduced_sequence < $6 RETURNING true",
            backend.id, said.key, fingerprint, said.version, said.software, sequence, state,
        )
    ) is not None  # fmt: skip


async def admit(connection: Connection, backend_id: int) -> None:
    """Believe the backend from now on, under the key that it presented."""
    await connection.execute(
        "UPDATE backends SET state = 'admitted', pinned = presented, admitted_at = now() WHERE id = $1", backend_id
    )


async def refuse(connection: Connection, backend_id: int) -> None:
    """Believe the backend no more."""
    await connection.execute(
        "UPDATE backends SET state = 'refused', healthy = false, accepting = false WHERE id = $1", backend_id
    )


async def remove(connection: Connection, backend_id: int) -> bool:
    """Drop a backend of which no name of the domain speaks; False where one does."""
    return (
        await connection.fetchval(
            "DELETE FROM backends b WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM names n WHERE n.backend_id = b.id)"
            " RETURNING true",
            backend_id,
        )
    ) is not None


async def hear(connection: Connection, backend: Backend, beat: Heartbeat, conflicts: Sequence[str]) -> bool:
    """Write down how an admitted backend is; False where the heartbeat is not newer than its last."""
    return (
        await connection.fetchval(
            "UPDATE backends SET heard_sequence = $2, heard_at = now(), users = $3, pictures = $4, bytes = $5,"
            " version = $6, healthy = $7, problems = $8, accepting = $9, capacity_users = $10, capacity_bytes = $11,"
            " conflicts = $12, active_month = $13, active_half_year = $14, posts = $15"
            " WHERE id = $1 AND state = 'admitted' AND heard_sequence < $2 RETURNING true",
            backend.id, beat.sequence, beat.users, beat.pictures, beat.bytes, beat.version, beat.healthy,
            list(beat.problems), beat.accepting, beat.capacity_users, beat.capacity_bytes, list(conflicts),
            beat.active_month, beat.active_half_year, beat.posts,
        )
    ) is not None  # fmt: skip


async def take_nonce(connection: Connection, backend_id: int, nonce: str, kept: timedelta) -> bool:
    """Remember a message; False where it was taken before."""
    return (
        await connection.fetchval(
            "INSERT INTO nonces (backend_id, nonce, until) VALUES ($1, $2, now() + $3::interval)"
            " ON CONFLICT DO NOTHING RETURNING true",
            backend_id, nonce, kept,
        )
    ) is not None  # fmt: skip


async def sweep_nonces(connection: Connection) -> None:
    """Forget messages that are refused for their age by now."""
    await connection.execute("DELETE FROM nonces WHERE until < now()")


async def tell(connection: Connection) -> None:
    """Let all Resolvers on this database look at the backends again, when the transaction ends."""
    await connection.execute("SELECT pg_notify($1, 'backends')", CHANNEL)
