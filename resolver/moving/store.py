"""SQL of moves."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import asyncpg

from archypix.core.database import Connection, Row
from resolver.moving.models import Move, Progress, State, Task

COLUMNS: Final = (
    "m.id, m.name, s.origin AS source, t.origin AS target, m.state, m.seen, coalesce(m.error, m.reason) AS error,"
    " m.started_at, m.changed_at"
)
FROM: Final = "moves m JOIN backends s ON s.id = m.source_id JOIN backends t ON t.id = m.target_id"
OPEN: Final = "state NOT IN ('done', 'cancelled', 'failed')"


def _move(row: Row) -> Move:
    values = dict(row)
    return Move(progress=Progress.of(values.pop("seen")), **values)


async def insert(connection: Connection, move_id: UUID, name: str, source_id: int, target_id: int) -> bool:
    """A new move, due at once; False where the person is being moved already."""
    try:
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO moves (id, name, source_id, target_id) VALUES ($1, $2, $3, $4)",
                move_id, name, source_id, target_id,
            )  # fmt: skip
    except asyncpg.UniqueViolationError:
        return False
    return True


async def find(connection: Connection, move_id: UUID) -> Move | None:
    """A move as administrators see it."""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM {FROM} WHERE m.id = $1", move_id)
    return None if row is None else _move(row)


async def page(connection: Connection, before: UUID | None, limit: int) -> list[Move]:
    """At most `limit` moves, the newest first, from behind the move `before` on."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM {FROM} WHERE $1::uuid IS NULL OR (m.started_at, m.id) <"
        " (SELECT o.started_at, o.id FROM moves o WHERE o.id = $1) ORDER BY m.started_at DESC, m.id DESC LIMIT $2",
        before, limit,
    )  # fmt: skip
    return [_move(row) for row in rows]


async def lock_state(connection: Connection, move_id: UUID) -> State | None:
    """Where a move is, and stays until the transaction ends."""
    state: State | None = await connection.fetchval("SELECT state FROM moves WHERE id = $1 FOR UPDATE", move_id)
    return state


async def take_back(connection: Connection, move_id: UUID, reason: str | None) -> None:
    """From now on everything is undone."""
    await connection.execute(
        "UPDATE moves SET state = 'cancelling', reason = $2, error = NULL, attempts = 0, lease = NULL,"
        " next_attempt_at = now(), changed_at = now() WHERE id = $1",
        move_id, None if reason is None else reason[:500],
    )  # fmt: skip


async def claim(connection: Connection, lease: UUID, seconds: float) -> Task | None:
    """A move at which there is something to do, leased to the caller."""
    row = await connection.fetchrow(
        "UPDATE moves m SET lease = $1, next_attempt_at = now() + make_interval(secs => $2)"
        f" FROM backends s, backends t WHERE m.id = (SELECT id FROM moves WHERE {OPEN} AND next_attempt_at <= now()"
        " ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED) AND s.id = m.source_id AND t.id = m.target_id"
        " RETURNING m.id, m.name, m.source_id, m.target_id, s.origin AS source, t.origin AS target, t.pinned AS key,"
        " m.state, m.attempts, extract(epoch FROM now() - m.held_at)::float8 AS held_for",
        lease, seconds,
    )  # fmt: skip
    return None if row is None else Task(**row)


async def lock_leased(connection: Connection, move_id: UUID, lease: UUID, state: State) -> bool:
    """Whether the move is still in this state and in these hands; until the transaction ends it stays so."""
    found = await connection.fetchval(
        "SELECT true FROM moves WHERE id = $1 AND lease = $2 AND state = $3 FOR UPDATE", move_id, lease, state
    )
    return bool(found)


async def advance(connection: Connection, move_id: UUID, state: State, wait: float = 0.0) -> None:
    """The next step."""
    await connection.execute(
        "UPDATE moves SET state = $2, error = NULL, attempts = 0, lease = NULL, changed_at = now(),"
        " held_at = CASE WHEN $2 = 'holding' THEN coalesce(held_at, now()) ELSE held_at END,"
        " next_attempt_at = now() + make_interval(secs => $3) WHERE id = $1",
        move_id, state, wait,
    )  # fmt: skip


async def see(connection: Connection, move_id: UUID, lease: UUID, seen: dict[str, Any], wait: float) -> None:
    """What the new backend said; it is asked again in so many seconds."""
    await connection.execute(
        "UPDATE moves SET seen = $3, error = $4, attempts = 0, lease = NULL, changed_at = CASE WHEN seen = $3"
        " THEN changed_at ELSE now() END, next_attempt_at = now() + make_interval(secs => $5)"
        " WHERE id = $1 AND lease = $2",
        move_id, lease, seen, seen.get("error"), wait,
    )  # fmt: skip


async def put_off(connection: Connection, move_id: UUID, lease: UUID, wait: float, error: str | None) -> None:
    """The same step again, later."""
    await connection.execute(
        "UPDATE moves SET lease = NULL, error = $4, next_attempt_at = now() + make_interval(secs => $3),"
        " attempts = attempts + CASE WHEN $4::text IS NULL THEN 0 ELSE 1 END WHERE id = $1 AND lease = $2",
        move_id, lease, wait, None if error is None else error[:500],
    )  # fmt: skip


async def end_back(connection: Connection, move_id: UUID) -> None:
    """Everything is undone: because somebody wanted it, or because it could not go on."""
    await connection.execute(
        "UPDATE moves SET state = CASE WHEN reason IS NULL THEN 'cancelled' ELSE 'failed' END, error = NULL,"
        " lease = NULL, changed_at = now() WHERE id = $1",
        move_id,
    )
