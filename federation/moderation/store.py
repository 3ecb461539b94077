"""SQL of rules on servers."""

from __future__ import annotations

from archypix.core.database import Connection
from federation.moderation.models import HostRule, Policy

CHANNEL = "archypix_moderation"
_RULE = "host, policy, note, created_at, changed_at"


async def rules(connection: Connection, *, most: int) -> dict[str, Policy]:
    """Every rule, at most `most` of them: policy by host."""
    rows = await connection.fetch("SELECT host, policy FROM moderated_hosts ORDER BY created_at LIMIT $1", most)
    return {row["host"]: row["policy"] for row in rows}


async def lock(connection: Connection) -> int:
    """Make changes of rules wait for one another, and tell all servers when they are committed; how many there are."""
    await connection.execute("UPDATE moderation_revision SET revision = revision + 1")
    await connection.execute(f"SELECT pg_notify('{CHANNEL}', '')")
    return int(await connection.fetchval("SELECT count(*) FROM moderated_hosts"))


async def rule(connection: Connection, host: str) -> HostRule | None:
    """The rule on exactly this host."""
    row = await connection.fetchrow(f"SELECT {_RULE} FROM moderated_hosts WHERE host = $1", host)
    return HostRule(*row) if row else None


async def put_rule(connection: Connection, host: str, policy: Policy, note: str) -> HostRule:
    """Set the rule on a host; the one it had is replaced."""
    row = await connection.fetchrow(
        "INSERT INTO moderated_hosts (host, policy, note) VALUES ($1, $2, $3) ON CONFLICT (host) DO UPDATE"
        f" SET policy = excluded.policy, note = excluded.note, changed_at = now() RETURNING {_RULE}",
        host, policy, note,
    )  # fmt: skip
    return HostRule(*row)


async def delete_rule(connection: Connection, host: str) -> bool:
    """Whether there was a rule on this host; there is none now."""
    return await connection.fetchval("DELETE FROM moderated_hosts WHERE host = $1 RETURNING 1", host) is not None


async def page(connection: Connection, *, after: str, limit: int, policy: Policy | None) -> list[HostRule]:
    """At most `limit` rules on hosts behind `after`, by name."""
    rows = await connection.fetch(
        f"SELECT {_RULE} FROM moderated_hosts WHERE host > $1 AND ($3::text IS NULL OR policy = $3)"
        " ORDER BY host LIMIT $2",
        after, limit, policy,
    )  # fmt: skip
    return [HostRule(*row) for row in rows]
