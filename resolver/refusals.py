"""What was refused to those who speak in the name of backends: counted all, written down as much as is useful."""

from __future__ import annotations

import logging

from archypix.accounts.limiter import Budget, LocalBudgets
from archypix.core.database import Database
from resolver import metrics
from resolver.audit import Actor, record

logger = logging.getLogger(__name__)

# Entries of the audit log a minute, of all refusals and of those in the name of one backend, lest strangers fill it.
MOST_A_MINUTE = 120
MOST_OF_ONE = 20
MINUTE = 60.0


class Refusals:
    """Notes messages that prove nothing, come twice, or claim too much."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._budgets = LocalBudgets(2000)

    async def note(self, why: str, origin: str, address: str, detail: str = "") -> None:
        """Keep that a message in the name of the server at `origin` was refused, and whence it came.

        `why` is one of few words. Beyond some entries a minute, refusals are only counted.
        """
        metrics.refused.labels(why).inc()
        wait = self._budgets.take([Budget("all", MOST_A_MINUTE, MINUTE), Budget(f"o:{origin}", MOST_OF_ONE, MINUTE)])
        if wait:
            return
        logger.warning("refused a message in the name of %s: %s", ascii(origin[:200]), why)
        async with self._database.connection() as connection:
            details = {"detail": detail[:300]} if detail else {}
            await record(connection, Actor(f"backend {origin}", address), f"message.{why}", origin, details)
