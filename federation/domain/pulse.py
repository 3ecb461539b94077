"""What a heartbeat says of this server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from archypix import __version__
from archypix.core.database import Database
from archypix.core.settings import Settings
from federation.actors.nodeinfo import NodeInfo
from federation.domain import store

LONGEST_PROBLEM = 200


class Pulse:
    """How this server is. `checks` are asked each time: who raises has a problem."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        nodeinfo: NodeInfo,
        checks: Mapping[str, Callable[[], Awaitable[Any]]],
    ) -> None:
        self._database = database
        self._settings = settings
        self._nodeinfo = nodeinfo
        self._checks = checks

    async def take(self) -> dict[str, Any]:
        """Counts, health and capacity, as the Resolver reads them."""
        problems = await self._problems()
        async with self._database.connection() as connection:
            counts = await store.counts(connection)
        usage = (await self._nodeinfo.document())["usage"]
        return {
            "users": counts.users,
            "pictures": counts.pictures,
            "bytes": counts.bytes,
            "active_month": usage["users"]["activeMonth"],
            "active_half_year": usage["users"]["activeHalfyear"],
            "posts": usage["localPosts"],
            "version": __version__,
            "healthy": not problems,
            "problems": problems,
            "accepting": self._settings.accepts_people,
            "capacity": self._capacity(),
        }

    async def _problems(self) -> list[str]:
        found = []
        for name, check in self._checks.items():
            try:
                await check()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what is to be told
                found.append(f"{name}: {type(error).__name__}"[:LONGEST_PROBLEM])
        return found

    def _capacity(self) -> dict[str, int]:
        limits = {"users": self._settings.capacity_users, "bytes": self._settings.capacity_bytes}
        return {name: limit for name, limit in limits.items() if limit}
