"""SQL of the domain's own keys."""

from __future__ import annotations

from archypix.core.database import Connection
from federation.actors.models import NewKey


async def keys(connection: Connection) -> dict[str, tuple[str, bytes]]:
    """Public half and sealed private half of each key, by kind; empty before the first start."""
    rows = await connection.fetch("SELECT kind, public, sealed FROM identity_keys")
    return {row["kind"]: (row["public"], bytes(row["sealed"])) for row in rows}


async def keep(connection: Connection, key: NewKey, sealed: bytes) -> None:
    """Keep a key, unless another Resolver on this database was faster."""
    await connection.execute(
        "INSERT INTO identity_keys (kind, public, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        key.kind, key.public, sealed,
    )  # fmt: skip
