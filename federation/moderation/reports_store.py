"""SQL of reports."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection
from federation.moderation.models import Report, ReportState

_COLUMNS = (
    "p.id, a.name, f.uri, p.subject_uri, p.subject_host, p.object_uris, p.comment, p.created_at, p.forwarded_at,"
    " p.state, p.resolved_at, b.name, p.resolution"
)
_FROM = (
    "FROM reports p LEFT JOIN accounts a ON a.id = p.reporter_id LEFT JOIN remote_actors f ON f.id = p.from_actor_id"
    " LEFT JOIN accounts b ON b.id = p.resolved_by"
)


async def insert(
    connection: Connection,
    identifier: UUID,
    *,
    reporter_id: int | None,
    from_actor_id: int | None,
    subject_uri: str,
    subject_host: str,
    object_uris: Sequence[str],
    comment: str,
) -> None:
    """Keep a report."""
    await connection.execute(
        "INSERT INTO reports (id, reporter_id, from_actor_id, subject_uri, subject_host, object_uris, comment)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        identifier, reporter_id, from_actor_id, subject_uri, subject_host, list(object_uris), comment,
    )  # fmt: skip


async def open_by_reporter(connection: Connection, reporter_id: int) -> int:
    """How many open reports a person has made."""
    return int(
        await connection.fetchval("SELECT count(*) FROM reports WHERE reporter_id = $1 AND state = 'open'", reporter_id)
    )


async def open_by_actor(connection: Connection, from_actor_id: int) -> int:
    """How many open reports came from an actor of another server."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM reports WHERE from_actor_id = $1 AND state = 'open'", from_actor_id
        )
    )


async def one(connection: Connection, identifier: UUID) -> Report | None:
    """One report."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS} {_FROM} WHERE p.id = $1", identifier)
    return _report(row) if row else None


async def page(
    connection: Connection,
    *,
    before: UUID | None,
    limit: int,
    state: ReportState | None = None,
    reporter_id: int | None = None,
) -> list[Report]:
    """At most `limit` reports, the newest first; of one state or one reporter where given."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} {_FROM} WHERE ($1::uuid IS NULL OR p.id < $1) AND ($3::text IS NULL OR p.state = $3)"
        " AND ($4::int IS NULL OR p.reporter_id = $4) ORDER BY p.id DESC LIMIT $2",
        before, limit, state, reporter_id,
    )  # fmt: skip
    return [_report(row) for row in rows]


async def lock(connection: Connection, identifier: UUID) -> bool:
    """Lock a report; False where there is none."""
    found = await connection.fetchval("SELECT 1 FROM reports WHERE id = $1 FOR UPDATE", identifier)
    return found is not None


async def settle(
    connection: Connection, identifier: UUID, state: ReportState, resolution: str, account_id: int | None
) -> None:
    """Close a report, or open it again."""
    await connection.execute(
        "UPDATE reports SET state = $2, resolution = $3,"
        " resolved_by = CASE WHEN $2 = 'open' THEN NULL ELSE $4::int END,"
        " resolved_at = CASE WHEN $2 = 'open' THEN NULL ELSE now() END WHERE id = $1",
        identifier, state, resolution, account_id,
    )  # fmt: skip


async def mark_forwarded(connection: Connection, identifier: UUID) -> None:
    """Write down that the subject's server was told."""
    await connection.execute("UPDATE reports SET forwarded_at = now() WHERE id = $1", identifier)


def _report(row: Sequence[object]) -> Report:
    values = list(row)
    values[5] = tuple(values[5])  # type: ignore[arg-type]
    return Report(*values)  # type: ignore[arg-type]
