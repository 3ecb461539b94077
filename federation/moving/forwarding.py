"""What came here for people who live at another backend by now, brought there: in order, until it has arrived."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol
from uuid import uuid4

import orjson

from archypix.core import clock
from archypix.core.clock import rfc3339
from archypix.core.database import Database
from archypix.core.errors import Unavailable
from federation.moving import forwarding_store as store
from federation.moving.forwarding_store import Passed
from federation.pace import USUAL, Pace

logger = logging.getLogger(__name__)
_chance = random.SystemRandom()

PATH = "/internal/v1/moving/forwarded"
LOOK_SECONDS = 2.0
LEASE_SECONDS = 60.0
CLAIMED_AT_ONCE = 50
REQUEST_SECONDS = 15.0
FIRST_WAIT = 5.0
LONGEST_WAIT = 3600.0
# So long the other backend may be away.
PATIENCE = timedelta(days=7)
# Refusals that may pass; others are of the message itself, and final.
PASSING = frozenset({401, 403, 404, 408, 409, 421, 423, 425, 429})
# What every message would meet passes only with time; one that alone meets it is given up after so many attempts.
MOST_REFUSALS = 6


class Asks(Protocol):
    """Sends messages that this server signs with its own key, as `federation.domain.mail.Mail` does."""

    async def ask(
        self, url: str, payload: Mapping[str, Any], *, seconds: float = 10, limit: int = 1 << 20
    ) -> tuple[int, dict[str, Any]]: ...


class Forwarder:
    """Works through `forwarded`. Any number of processes may do so on one database."""

    def __init__(self, database: Database, mail: Asks, *, pace: Pace = USUAL) -> None:
        self._database = database
        self._mail = mail
        self._pace = pace
        self._lease = timedelta(seconds=LEASE_SECONDS)

    async def run(self) -> None:
        """Bring what is due, until cancelled."""
        while True:
            try:
                worked = await self.step()
            except Unavailable as error:
                logger.warning("messages are not passed on: %s", error)
                worked = 0
            if not worked:
                await asyncio.sleep(self._pace.seconds(LOOK_SECONDS, least=0.2))

    async def step(self) -> int:
        """Bring what is due, at most 50 messages; how many there were."""
        lease = uuid4()
        async with self._database.transaction() as connection:
            items = await store.claim(connection, lease, limit=CLAIMED_AT_ONCE, lasting=self._lease)
        servers: dict[str, list[Passed]] = {}
        for item in items:
            servers.setdefault(item.origin, []).append(item)
        await asyncio.gather(*(self._bring(server, lease) for server in servers.values()))
        return len(items)

    async def sweep(self) -> None:
        """Forget with whom people had to do to whom nothing is passed on any more."""
        async with self._database.connection() as connection:
            await store.sweep(connection)

    async def _bring(self, items: Sequence[Passed], lease: Any) -> None:
        """One server's messages, one after the other; behind one that does not arrive the others wait."""
        for place, item in enumerate(items):
            error = await self._post(item)
            async with self._database.transaction() as connection:
                if error is None:
                    await store.done(connection, [item.id], lease)
                    continue
                wait = self._pace.seconds(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(item.attempts - 1, 12)))
                wait *= _chance.uniform(0.8, 1.2)
                await store.put_off(connection, [item.id], lease, timedelta(seconds=wait), error)
                left = [one.id for one in items[place + 1 :]]
                await store.put_off(connection, left, lease, timedelta(0), None)
            return

    async def _post(self, item: Passed) -> str | None:
        """Why a message is to be tried again; None where it arrived, or never will."""
        try:
            status, answer = await self._mail.ask(
                item.origin + PATH, written(item), seconds=self._pace.seconds(REQUEST_SECONDS, least=5.0)
            )
        except Unavailable as error:
            status, answer = 503, {"detail": error.detail}
        if status < 300:
            return None
        said = f"{status} {answer.get('detail') or answer.get('error') or ''}"[:300]
        passes = status >= 500 or (status in PASSING and item.attempts < MOST_REFUSALS)
        if passes and clock.now() - item.received_at < PATIENCE:
            return said
        logger.info("a message is not passed on: %s", said, extra={"person": item.uri})
        return None


def written(item: Passed) -> dict[str, Any]:
    """A message as the other backend reads it (`reading.read_forwarded`)."""
    return {
        "person": item.uri,
        "inbox": item.personal,
        "actor": item.actor_uri,
        "activity": orjson.loads(item.body),
        "synchronization": item.synchronization,
        "received": rfc3339(item.received_at),
    }
