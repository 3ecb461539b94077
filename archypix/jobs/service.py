"""Jobs: handing them out under leases, taking reports, giving up on files that cannot be examined."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from archypix.core import metrics
from archypix.core.database import Connection, Database
from archypix.core.errors import Gone
from archypix.events.store import emit
from archypix.jobs import store
from archypix.jobs.leases import hold, lock_target
from archypix.jobs.models import EXAMINE, HASH, Claim, Target
from archypix.jobs.report import Report
from archypix.media.limits import Limits
from archypix.pictures import blob_store, rows_store
from archypix.pictures.dates import EDITED, order_date
from archypix.storage.interface import Storage
from archypix.storage.keys import VARIANTS, blob_key, thumbnail_key, thumbnail_keys

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
# Signed addresses outlive the lease, which heartbeats lengthen.
ADDRESS_SECONDS = 4 * 3600
MAX_THUMBNAIL = 8 << 20
# A decoder that dies twice over a file would die again. Lost leases and failing networks get hours of patience.
MAX_CRASHES = 2
MAX_ATTEMPTS = 20
MOST_CLAIMED = 8
LONGEST_POLL = 20.0
MOST_POLLS = 500
SWEPT_AT_ONCE = 100
# Pictures from before there was a perceptual hash, looked at while there is nothing else to do.
HASHED_AT_ONCE = 200

CRASHED, EXHAUSTED, UNREADABLE = "crashed", "exhausted", "unreadable"
SAID = {
    CRASHED: "Decoding this file fails: the decoder stops, or takes too long. The file is kept as it is.",
    EXHAUSTED: "This file could not be examined in many tries. It is kept as it is.",
    UNREADABLE: "This file could not be examined. It is kept as it is.",
}


class Trade(Protocol):
    """What jobs of another kind than `examine` are about."""

    async def describe(self, connection: Connection, claims: Sequence[Claim]) -> Mapping[UUID, dict[str, Any]]:
        """By job, what a worker needs beside the file."""
        ...

    async def give_up(self, connection: Connection, target: Target, why: str) -> None:
        """A job is not tried again, for it `crashed`, is `exhausted` or the file `unreadable`; its row goes."""
        ...


class Examined(Protocol):
    """Told of each report inside of its transaction, which has the library's writer lock and the picture's."""

    async def __call__(self, connection: Connection, target: Target, report: Report) -> None: ...


@dataclass(eq=False, slots=True)
class _Asking:
    """A request for jobs; `over` once a worker of the same name has started, which knows nothing of it."""

    over: bool = False


class JobService:
    """Hands out jobs and takes in what workers found.

    `trades` are other kinds of jobs by their names; `examined` hears of reports.
    """

    def __init__(
        self,
        database: Database,
        storage: Storage,
        limits: Limits,
        *,
        trades: Mapping[str, Trade] | None = None,
        examined: Examined | None = None,
    ) -> None:
        self._database = database
        self._storage = storage
        self._limits = limits
        self._trades = dict(trades or {})
        self._examined = examined
        self._arrival = asyncio.Event()
        self._closed = False
        self._asking: dict[str, set[_Asking]] = {}
        self.polls = 0

    def wake(self) -> None:
        """Jobs may be due: whoever waits for one looks again."""
        arrived, self._arrival = self._arrival, asyncio.Event()
        arrived.set()

    def close(self) -> None:
        """Nobody waits for jobs from now on, so that the server can stop."""
        self._closed = True
        self.wake()

    async def claim(self, worker: str, *, limit: int, wait: float = 0.0) -> list[dict[str, Any]]:
        """Up to `limit` (at most 8) jobs for `worker`, each under a lease of 5 minutes, as JSON.

        Without any it waits up to `wait` (at most 20) seconds for the first one. When a worker of this name starts
        meanwhile, nobody hears the answer: then there are none.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + min(wait, LONGEST_POLL)
        with self._asked_by(worker) as asking:
            claims, special = await self._claim(worker, limit, asking, lambda: deadline - clock())
        return [self._describe(claim) | special.get(claim.id, {}) for claim in claims]

    async def _claim(
        self, worker: str, limit: int, asking: _Asking, left: Callable[[], float]
    ) -> tuple[Sequence[Claim], Mapping[UUID, dict[str, Any]]]:
        while not asking.over:
            arrival = self._arrival
            async with self._database.transaction() as connection:
                claims = await store.claim(
                    connection, worker, (EXAMINE, HASH, *self._trades), min(limit, MOST_CLAIMED), LEASE, MAX_ATTEMPTS
                )
                special = await self._special(connection, claims)
            if asking.over:
                if claims:
                    await self.give_back(worker, [claim.token for claim in claims])
            elif claims or left() <= 0 or self._closed or self.polls >= MOST_POLLS:
                return claims, special
            else:
                await self._wait(arrival, left())
        return [], {}

    @contextmanager
    def _asked_by(self, worker: str) -> Iterator[_Asking]:
        asking = _Asking()
        self._asking.setdefault(worker, set()).add(asking)
        try:
            yield asking
        finally:
            self._asking[worker].discard(asking)
            if not self._asking[worker]:
                del self._asking[worker]

    async def _special(self, connection: Connection, claims: Sequence[Claim]) -> dict[UUID, dict[str, Any]]:
        found: dict[UUID, dict[str, Any]] = {}
        for kind, trade in self._trades.items():
            if own := [claim for claim in claims if claim.kind == kind]:
                found |= await trade.describe(connection, own)
        return found

    async def _wait(self, arrival: asyncio.Event, seconds: float) -> None:
        self.polls += 1
        try:
            async with asyncio.timeout(seconds):
                await arrival.wait()
        except TimeoutError:
            pass
        finally:
            self.polls -= 1

    def _describe(self, claim: Claim) -> dict[str, Any]:
        """A claim as the worker gets it; addresses that are paths are below the server it claimed from."""
        key = blob_key(claim.sha256, claim.blob_id)
        path = self._storage.local_path(key)
        return {
            "id": str(claim.id),
            "token": str(claim.token),
            "kind": claim.kind,
            "blob": str(claim.blob_id),
            "attempt": claim.attempt,
            "lease_seconds": int(LEASE.total_seconds()),
            "filename": claim.filename,
            "media_type": claim.media_type,
            "size": claim.size,
            "sha256": claim.sha256.hex(),
            "original": self._storage.presign_get(
                key, expires_in=ADDRESS_SECONDS, media_type="application/octet-stream"
            ),
            "path": str(path) if path else None,
            "thumbnails": {
                variant: self._storage.presign_put(
                    thumbnail_key(claim.blob_id, variant), expires_in=ADDRESS_SECONDS, max_size=MAX_THUMBNAIL
                )
                for variant in VARIANTS
            },
            "limits": self.limits_json(),
        }

    def limits_json(self) -> dict[str, Any]:
        """What a decoder may use for one file."""
        return asdict(self._limits)

    async def heartbeat(self, worker: str, tokens: Sequence[UUID]) -> list[str]:
        """Lengthen leases; the tokens among these that hold none any more."""
        async with self._database.transaction() as connection:
            alive = await store.renew(connection, worker, tokens, LEASE)
        return [str(token) for token in tokens if token not in alive]

    async def give_back(self, worker: str, tokens: Sequence[UUID]) -> int:
        """Jobs that a stopping worker did not begin become due at once; how many."""
        async with self._database.transaction() as connection:
            count = await store.give_back(connection, worker, tokens)
            await store.notify(connection)
        return count

    async def release(self, worker: str) -> int:
        """A worker of this name has just started, or ends: what its name has leased is lost; how many jobs."""
        for asking in self._asking.get(worker, ()):
            asking.over = True
        self.wake()
        async with self._database.transaction() as connection:
            count = await store.release(connection, worker)
            if count:
                await store.notify(connection)
        return count

    async def complete(self, job_id: UUID, token: UUID, report: Report) -> None:
        """Write what a worker found and end its job; `Gone` when the lease was lost to somebody else."""
        async with self._database.transaction() as connection:
            job, target = await hold(connection, job_id, token)
            if job.kind == HASH:
                await rows_store.put_hash(connection, target.id, report.perceptual_hash)
                await store.finish(connection, job_id)
                return
            if job.kind != EXAMINE:
                raise Gone("This job is no examination.")
            values = report.values(target.edited_fields) | {"state": "ready" if report.decoded else "failed"}
            if "captured_at" in values:
                captured, source = report.captured_at, report.date_source or "metadata"
            else:
                captured, source = target.captured_at, EDITED
            sorted_at, source = order_date(captured, source, target.file_date, target.ingested_at)
            await rows_store.update(connection, target.id, values | {"sorted_at": sorted_at, "date_source": source})
            await rows_store.put_metadata(connection, target.id, report.metadata)
            if self._examined is not None:
                await self._examined(connection, target, report)
            await store.finish(connection, job_id)
            kind = "picture.ready" if report.decoded else "picture.failed"
            await emit(connection, target.owner_id, kind, {"id": str(target.id)})
        metrics.jobs_finished.labels("done" if report.decoded else "undecodable").inc()

    async def fail(self, job_id: UUID, token: UUID, error: str, *, retryable: bool, crashed: bool) -> None:
        """A worker could not do the job; it is put off, or given up. `Gone` when the lease was lost."""
        async with self._database.transaction() as connection:
            job, target = await hold(connection, job_id, token)
            if crashed and job.crashes + 1 >= MAX_CRASHES:
                await self._give_up(connection, job_id, job.kind, target, error, CRASHED, crashed=True)
            elif not (retryable or crashed):
                await self._give_up(connection, job_id, job.kind, target, error, UNREADABLE, crashed=False)
            elif job.attempts >= MAX_ATTEMPTS:
                await self._give_up(connection, job_id, job.kind, target, error, EXHAUSTED, crashed=crashed)
            else:
                await store.put_off(connection, job_id, error, crashed=crashed)
        logger.warning("job failed: %s", error, extra={"job": str(job_id), "picture": str(target.id)})
        metrics.jobs_finished.labels("crashed" if crashed else "failed").inc()

    async def clear_up(self, blob_id: UUID) -> None:
        """After a report that came too late: thumbnails put for a file that was removed meanwhile go as well."""
        async with self._database.connection() as connection:
            live = await blob_store.is_live(connection, blob_id)
        if not live:
            await self._storage.delete(thumbnail_keys(blob_id))

    async def sweep_exhausted(self) -> int:
        """Give up jobs that were claimed too often without an answer; how many. At most 100 a call."""
        async with self._database.connection() as connection:
            found = await store.exhausted(connection, MAX_ATTEMPTS, SWEPT_AT_ONCE)
        for job_id, picture_id, kind in found:
            async with self._database.transaction() as connection:
                target = await lock_target(connection, picture_id)
                if target and await store.lock_exhausted(connection, job_id, MAX_ATTEMPTS):
                    await self._give_up(connection, job_id, kind, target, "no answer", EXHAUSTED, crashed=False)
        return len(found)

    async def count_claimable(self, limit: int) -> int:
        """How many jobs could be claimed now, counted up to `limit`."""
        async with self._database.connection() as connection:
            return await store.count_claimable(connection, limit)

    async def backfill_hashes(self) -> int:
        """While no job is due, have some pictures from before there was a perceptual hash looked at; how many."""
        async with self._database.transaction() as connection:
            if await store.count_claimable(connection, 1):
                return 0
            count = await store.backfill_hashes(connection, HASHED_AT_ONCE)
            if count:
                await store.notify(connection)
            return count

    async def measure(self) -> None:
        """Bring the gauge of waiting jobs up to date."""
        async with self._database.connection() as connection:
            metrics.jobs_waiting.set(await store.count_waiting(connection))

    async def _give_up(
        self, connection: Connection, job_id: UUID, kind: str, target: Target, error: str, why: str, *, crashed: bool
    ) -> None:
        if kind == HASH:
            await store.finish(connection, job_id)
            return
        trade = self._trades.get(kind)
        if trade is not None:
            await trade.give_up(connection, target, why)
            await store.finish(connection, job_id)
            return
        await store.give_up(connection, job_id, error, crashed=crashed)
        await rows_store.update(connection, target.id, {"state": "failed", "failure": SAID[why]})
        await emit(connection, target.owner_id, "picture.failed", {"id": str(target.id)})
