"""SQL of the audit log: what was done, by whom, from where. Rows are only ever added, and dropped with age."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from archypix.accounts.models import Actor, AuditEntry
from archypix.core.database import Connection

FAILED = "session.failed"


async def record(
    connection: Connection, actor: Actor, action: str, subject: str = "", details: dict[str, Any] | None = None
) -> None:
    """Keep that `actor` did `action` to `subject`, in the transaction that does it. Details hold no secrets."""
    await connection.execute(
        "INSERT INTO audit_log (actor_id, action, subject, address, details) VALUES ($1, $2, $3, $4, $5)",
        actor.account_id, action, subject, actor.address, details or {},
    )  # fmt: skip


async def page(
    connection: Connection, *, before: int | None, limit: int, actor: str | None, action: str | None
) -> list[AuditEntry]:
    """At most `limit` entries older than number `before`, the newest first; of one actor or one action where given."""
    rows = await connection.fetch(
        "SELECT l.id, l.at, a.name AS actor, l.action, l.subject, l.address, l.details"
        " FROM audit_log l LEFT JOIN accounts a ON a.id = l.actor_id"
        " WHERE ($1::bigint IS NULL OR l.id < $1)"
        " AND ($3::text IS NULL OR l.actor_id = (SELECT id FROM accounts WHERE name = $3))"
        " AND ($4::text IS NULL OR l.action = $4)"
        " ORDER BY l.id DESC LIMIT $2",
        before, limit, actor, action,
    )  # fmt: skip
    return [AuditEntry(*row) for row in rows]


async def sweep(connection: Connection, *, kept: timedelta, failures_kept: timedelta) -> None:
    """Drop what is older than `kept`, and failed tries to sign in after `failures_kept`."""
    await connection.execute(
        "DELETE FROM audit_log WHERE at <= now() - $1::interval OR (action = $3 AND at <= now() - $2::interval)",
        kept, failures_kept, FAILED,
    )  # fmt: skip
