"""What is remembered of each host: the kind of signature that works there."""

from __future__ import annotations

import logging

from archypix.core.database import Database
from archypix.core.errors import Unavailable
from federation.outbound import store
from federation.outbound.cache import Cache
from federation.signatures.models import Kind

logger = logging.getLogger(__name__)

MOST_CACHED = 10_000
MOST_ROWS = 100_000
# Other servers on the same database learn too.
CACHE_SECONDS = 600.0
LONGEST_HOST = 300


class HostMemory:
    """A bounded cache over the table `federation_hosts`, which all servers on one database share.

    It is an aid, never a need: where the database does not answer, hosts are taken for unknown.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: Cache[str, Kind] = Cache(MOST_CACHED, CACHE_SECONDS)

    async def kind(self, host: str) -> Kind:
        """The kind to try first: RFC 9421 where the host has shown that it takes it, else cavage."""
        if kept := self._cache.get(host):
            return kept
        try:
            async with self._database.connection() as connection:
                found = await store.kind_of(connection, host)
        except Unavailable as error:
            logger.warning("signatures of %s: %s", host, error)
            return Kind.CAVAGE
        self._cache.put(host, found or Kind.CAVAGE)
        return found or Kind.CAVAGE

    async def learn(self, host: str, kind: Kind) -> None:
        """A valid message from `host` was signed in this way, or it has asked for it.

        Only RFC 9421 tells something: whoever signs the old way may read both.
        """
        if kind is Kind.RFC9421:
            await self.remember(host, kind)

    async def remember(self, host: str, kind: Kind) -> None:
        """A request that was signed in this way was taken by `host` after the other way was refused."""
        if len(host) > LONGEST_HOST or await self.kind(host) is kind:
            return
        self._cache.put(host, kind)
        try:
            async with self._database.connection() as connection:
                await store.remember(connection, host, kind)
        except Unavailable as error:
            logger.warning("signatures of %s: %s", host, error)

    async def sweep(self) -> int:
        """Keep the table within its bound; how many hosts were forgotten."""
        async with self._database.connection() as connection:
            return await store.sweep(connection, most=MOST_ROWS)
