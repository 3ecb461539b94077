"""What `doctor` says of a server in its domain: by which key it is known, and what is not as it should be."""

from __future__ import annotations

from collections.abc import AsyncIterator

from archypix.core.database import Database
from archypix.core.settings import Settings
from archypix.health.consistency import Finding
from federation.actors import store as actors_store
from federation.domain import store
from federation.signatures.mutual import fingerprint

MOST = 100
STANDS = {
    "new": "it has not introduced itself: no server runs here, or the Resolver does not answer",
    "pending": "it waits to be admitted",
    "refused": "it was refused",
}


async def mark(database: Database, settings: Settings) -> str | None:
    """What the Resolver's administrator compares of this server's key; None where there is no Resolver, or no key."""
    if not settings.resolver_url:
        return None
    async with database.connection() as connection:
        actor = await actors_store.instance(connection)
    return fingerprint(actor.ed25519_public) if actor is not None else None


async def findings(database: Database, settings: Settings) -> AsyncIterator[Finding]:
    """All that is wrong between this server and its Resolver; nothing where there is none."""
    if not settings.resolver_url:
        return
    async with database.connection() as connection:
        standing = await store.standing(connection)
        refused = await store.refused(connection, limit=MOST)
    if standing.shown_key is not None and standing.resolver_key is not None:
        detail = (
            f"it shows the key {fingerprint(standing.shown_key)}, not {fingerprint(standing.resolver_key)}: it is not"
            " believed. If it was set up anew, forget the old key (POST /api/v1/admin/domain/forget)"
        )
        yield Finding("a Resolver with another key", settings.domain, detail)
    if standing.state != "admitted":
        yield Finding("a server that is no part of its domain", settings.public_url, STANDS[standing.state])
    for name in refused:
        yield Finding("an account whose name is somebody else's", name, "it stays disabled: export or delete it")
