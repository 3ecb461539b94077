"""One attempt: an activity's bytes to an inbox, signed at that moment, or to an actor of this server."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

import orjson

from archypix.core.database import Connection
from archypix.core.errors import NotFound, Unavailable
from federation.actors.service import ActorService
from federation.documents import origins, synchronization
from federation.documents.synchronization import Synchronization
from federation.outbound.client import Outbound
from federation.outbox import hosts_store, metrics
from federation.outbox.answers import Fate, Verdict, of_answer, of_error
from federation.outbox.models import Blocked, Content, Due, LocalDelivery, Synchronizing
from federation.outbox.seeking import Seeker
from federation.pace import USUAL, Pace

logger = logging.getLogger(__name__)

# Longer than the client takes, who may ask twice.
ATTEMPT_SECONDS = 25.0
# Activities kept in memory, since one goes to many inboxes.
KEPT_CONTENTS = 512
KEPT_BYTES = 16 << 20


class Contents:
    """Activities by the ids of their rows; those used lately stay in memory. They never change."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Content] = OrderedDict()
        self._bytes = 0

    async def load(self, connection: Connection, activity_ids: Sequence[int]) -> dict[int, Content]:
        """All of these that exist."""
        wanted = dict.fromkeys(activity_ids)
        found = {}
        for row_id in wanted:
            if (kept := self._kept.get(row_id)) is not None:
                self._kept.move_to_end(row_id)
                found[row_id] = kept
        if missing := [row_id for row_id in wanted if row_id not in found]:
            for row_id, content in (await hosts_store.contents(connection, missing)).items():
                found[row_id] = content
                self._keep(row_id, content)
        return found

    def _keep(self, row_id: int, content: Content) -> None:
        self._kept[row_id] = content
        self._bytes += len(content.body)
        while len(self._kept) > KEPT_CONTENTS or self._bytes > KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped.body)


class Courier:
    """Makes attempts. Never raises for what the other side does: each attempt has a verdict.

    `synchronizing`, where it is set, is asked for a digest at each attempt at a delivery that is about a collection;
    `seeker` whether those whose inbox is gone have another one.
    """

    def __init__(
        self,
        outbound: Outbound,
        actors: ActorService,
        *,
        blocked: Blocked,
        local: LocalDelivery,
        pace: Pace = USUAL,
    ) -> None:
        self._outbound = outbound
        self._actors = actors
        self._blocked = blocked
        self._local = local
        self._signing = asyncio.Lock()
        self._seconds = pace.seconds(ATTEMPT_SECONDS, least=4.0)
        self.synchronizing: Synchronizing | None = None
        self.seeker: Seeker | None = None

    def blocked(self, due: Due) -> bool:
        """Whether nothing may go to the host of this delivery."""
        try:
            return not due.local and self._blocked(origins.host(due.inbox))
        except ValueError:
            return False

    async def carry(self, due: Due, content: Content) -> Verdict:
        """Make one attempt, of at most 25 seconds."""
        try:
            async with asyncio.timeout(self._seconds):
                said = await self._synchronization(due, content)
                if due.local:
                    await self._local(due.inbox, content.actor_uri, orjson.loads(content.body), said)
                    return Verdict(Fate.DELIVERED)
                return await self._post(due, content, said)
        except NotFound as error:
            return Verdict(Fate.REFUSED, error.detail)
        except Unavailable as error:
            logger.warning("delivery put off: %s", error, extra={"delivery": due.id, "host": due.host})
            return Verdict(Fate.OURS, error.detail)
        except Exception as error:  # noqa: BLE001 - the verdict says what it was
            verdict = of_error(error)
            if verdict.fate is Fate.LATER:
                # Nothing that one delivery meets may end the work for all others.
                logger.warning("delivery failed: %r", error, extra={"delivery": due.id, "host": due.host})
            return verdict

    async def _synchronization(self, due: Due, content: Content) -> Synchronization | None:
        if due.collection is None or self.synchronizing is None:
            return None
        return await self.synchronizing(due.collection, due.inbox, content.actor_uri)

    async def _post(self, due: Due, content: Content, said: Synchronization | None) -> Verdict:
        # Signing keeps the event loop for half a millisecond: one at a time, with room for everything else between.
        async with self._signing:
            signer = await self._actors.signer(content.actor_id)
            await asyncio.sleep(0)
        began = time.monotonic()
        headers = {} if said is None else {synchronization.HEADER: synchronization.written(said)}
        try:
            verdict = of_answer(await self._outbound.post(due.inbox, content.body, signer=signer, headers=headers))
        finally:
            took = time.monotonic() - began
            metrics.seconds.observe(took)
        if verdict.fate is Fate.GONE and self.seeker is not None and await self.seeker.has_moved(due):
            verdict = Verdict(Fate.MOVED)
        return replace(verdict, seconds=took)
