"""Statements on `federation_hosts`."""

from __future__ import annotations

from archypix.core.database import Connection
from federation.signatures.models import Kind


async def kind_of(connection: Connection, host: str) -> Kind | None:
    """The kind of signature that `host` has shown to take; None where it is unknown."""
    found = await connection.fetchval("SELECT signature_kind FROM federation_hosts WHERE host = $1", host)
    return None if found is None else Kind(found)


async def remember(connection: Connection, host: str, kind: Kind) -> None:
    """Write down what works at `host`."""
    await connection.execute(
        "INSERT INTO federation_hosts (host, signature_kind) VALUES ($1, $2)"
        " ON CONFLICT (host) DO UPDATE SET signature_kind = excluded.signature_kind, learned_at = now()",
        host,
        kind.value,
    )


async def sweep(connection: Connection, *, most: int) -> int:
    """Forget the hosts that were learned of longest ago, so that `most` are left; how many were forgotten."""
    done = await connection.execute(
        "DELETE FROM federation_hosts WHERE host IN"
        " (SELECT host FROM federation_hosts ORDER BY learned_at DESC, host OFFSET $1 LIMIT 10000)",
        most,
    )
    return int(done.split()[1])
