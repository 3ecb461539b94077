"""SQL of the audit log. Rows are only ever added, and dropped with age."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from archypix.core.database import Connection
from resolver.audit.models import Actor, Entry

LONGEST = 300


async def record(
    connection: Connection, actor: Actor, action: str, subject: str = "", details: dict[str, Any] | None = None
) -> None:
    """Keep that `actor` did `action` to `subject`, in the transaction that does it. Details hold no secrets."""
    await connection.execute(
        "INSERT INTO audit_log (actor, action, subject, address, details) VALUES ($1, $2, $3, $4, $5)",
        _text(actor.name), action, _text(subject), _text(actor.address), details or {},
    )  # fmt: skip


async def page(
    connection: Connection, *, before: int | None, limit: int, actor: str | None, action: str | None
) -> list[Entry]:
    """At most `limit` entries older than number `before`, the newest first; of one actor or one action where given."""
    rows = await connection.fetch(
        "SELECT id, at, actor, action, subject, address, details FROM audit_log"
        " WHERE ($1::bigint IS NULL OR id < $1) AND ($3::text IS NULL OR actor = $3)"
        " AND ($4::text IS NULL OR action = $4) ORDER BY id DESC LIMIT $2",
        before, limit, actor, action,
    )  # fmt: skip
    return [Entry(*row) for row in rows]


async def sweep(connection: Connection, *, kept: timedelta) -> None:
    """Drop what is older than `kept`."""
    await connection.execute("DELETE FROM audit_log WHERE at <= now() - $1::interval", kept)


def _text(value: str) -> str:
    """What a stranger may have made up, as PostgreSQL takes it."""
    return value.replace("\0", "")[:LONGEST]
