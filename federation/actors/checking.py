"""What `doctor` asks of the keys of local actors: does the master secret of this server open them?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from archypix.core.database import Database
from archypix.health.consistency import Finding
from federation.actors.keys import CannotOpen, KeySafe

UNOPENED: Final = "a key that the secret of this server does not open"
PAGE: Final = 500


async def findings(database: Database, master: bytes) -> AsyncIterator[Finding]:
    """Every sealed key that cannot be opened: nothing that its actor says would be believed anywhere."""
    safe = KeySafe(master)
    last = 0
    while True:
        async with database.connection() as connection:
            rows = await connection.fetch(
                "SELECT k.id, k.actor_id, k.kind, k.sealed, a.uri FROM actor_keys k JOIN actors a ON a.id = k.actor_id"
                " WHERE k.sealed IS NOT NULL AND k.id > $1 ORDER BY k.id LIMIT $2",
                last, PAGE,
            )  # fmt: skip
        for row in rows:
            try:
                safe.open(row["actor_id"], row["kind"], row["uri"], row["sealed"])
            except (CannotOpen, ValueError):
                yield Finding(UNOPENED, row["uri"], f"its key of the kind {row['kind']}")
        if len(rows) < PAGE:
            return
        last = rows[-1]["id"]
