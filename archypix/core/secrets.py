"""The master secret of an installation, and the keys that derive from it."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from archypix.core.database import Database
from archypix.core.runtime.datadir import DataDir
from archypix.core.settings import Settings

MASTER = "master"


async def master_secret(settings: Settings, data: DataDir, database: Database) -> bytes:
    """The secret that all servers on one database have in common.

    It is the setting where there is one; with the embedded database a file of the data directory; with a configured
    database, which other servers may use too, a row in it.
    """
    if (given := given_secret(settings)) is not None:
        return given
    if settings.embedded_database:
        return data.secret(MASTER)
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO shared_secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            MASTER,
            secrets.token_bytes(32),
        )
        return bytes(await connection.fetchval("SELECT value FROM shared_secrets WHERE name = $1", MASTER))


def given_secret(settings: Settings) -> bytes | None:
    """The master secret that the settings give; None where they leave it to the first start."""
    text = settings.secret.get_secret_value()
    return hashlib.sha256(text.encode()).digest() if text else None


def derive(master: bytes, purpose: str) -> bytes:
    """The 32-byte key for one purpose; knowing it tells nothing of the others."""
    return hmac.digest(master, purpose.encode(), hashlib.sha256)
