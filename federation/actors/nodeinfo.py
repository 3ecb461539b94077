"""NodeInfo 2.1: what this server tells of itself."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from archypix import __version__
from archypix.core.database import Database
from archypix.instance.service import InstanceService

SCHEMA: Final = "http://nodeinfo.diaspora.software/ns/schema/2.1"
# What other Archypix servers may rely on; what somebody does not know is ignored.
CAPABILITIES: Final = ("rfc9421", "sharing", "regrant", "proposals")
KEPT_SECONDS = 600.0

_COUNTS = """
    SELECT count(*) AS total,
        count(*) FILTER (WHERE seen > now() - interval '30 days') AS month,
        count(*) FILTER (WHERE seen > now() - interval '180 days') AS half_year,
        (SELECT count(*) FROM activities WHERE public AND type = 'Create') AS posts
    FROM (
        SELECT greatest(
            (SELECT max(s.last_used_at) FROM sessions s WHERE s.account_id = a.id),
            (SELECT max(t.last_used_at) FROM tokens t WHERE t.account_id = a.id)
        ) AS seen
        FROM accounts a WHERE a.deleted_at IS NULL AND a.disabled_at IS NULL AND a.moved_to IS NULL AND NOT a.arriving
    ) people
"""


class NodeInfo:
    """Counts at most every ten minutes, however often it is asked."""

    def __init__(self, database: Database, instance: InstanceService) -> None:
        self._database = database
        self._instance = instance
        self._counted: tuple[float, dict[str, Any]] | None = None
        self._counting = asyncio.Lock()

    async def document(self) -> dict[str, Any]:
        """The document, as its schema has it."""
        instance = await self._instance.current()
        return {
            "version": "2.1",
            "software": {"name": "archypix", "version": __version__},
            "protocols": ["activitypub"],
            "services": {"inbound": [], "outbound": []},
            "openRegistrations": instance.registration == "open",
            "usage": await self._usage(),
            "metadata": {
                "nodeName": instance.name,
                "nodeDescription": instance.description,
                "apx": {"version": 1, "capabilities": list(CAPABILITIES)},
            },
        }

    async def _usage(self) -> dict[str, Any]:
        async with self._counting:
            if self._counted is None or self._counted[0] < time.monotonic():
                async with self._database.connection() as connection:
                    row = await connection.fetchrow(_COUNTS)
                users = {"total": row["total"], "activeMonth": row["month"], "activeHalfyear": row["half_year"]}
                self._counted = (time.monotonic() + KEPT_SECONDS, {"users": users, "localPosts": row["posts"]})
            return self._counted[1]
