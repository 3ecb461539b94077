"""The media worker: claims jobs, fetches originals, has them examined or written, delivers, reports; while any are due.

Three things go on at once: one file is being decoded in the child, the next one is fetched, the last one delivered.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import stat
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from archypix.media.limits import Limits
from archypix.media.models import Examination
from workers.decoder import Decoder, DecoderFailed, DecoderNotStarted
from workers.http import Connections, Refused, Unreachable
from workers.writing import WrittenFile, deliver, measure

logger = logging.getLogger(__name__)
T = TypeVar("T")

API = "/internal/v1"
PREFETCH = 2
MOST_UNDELIVERED = 3
# After the last job a worker waits at the server for a moment: in an import the next one is on its way.
LINGER_SECONDS = 3.0
# Then RQ gets its turn, so that it can keep its own house.
TURN_SECONDS = 300.0
HEARTBEAT_SECONDS = 60.0
# A report is worth keeping for as long as its lease may hold.
DELIVERY_SECONDS = 270.0
LONGEST_PAUSE = 5.0
# Together these are less than the two seconds that a worker may take to stop.
STOP_SECONDS = 0.6
CANCEL_SECONDS = 0.2
RETURN_SECONDS = 1.0
WRITE, HASH = "write", "hash"


TAKEN = ("id", "kind", "token", "blob", "filename", "size", "original", "path", "thumbnails")


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job, as the server describes it.

    `original` is the address of the file; `path` is where a worker on the server's own machine finds it. `values` are
    what is to be written into a file, where that is the job.
    """

    id: str
    kind: str
    token: str
    blob: str
    filename: str
    size: int
    original: str
    path: str | None
    thumbnails: dict[str, str]
    limits: Limits
    values: dict[str, Any]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Job:
        """Raises KeyError or TypeError for what is no job."""
        limits = Limits(**data["limits"])
        return cls(**{name: data[name] for name in TAKEN}, limits=limits, values=data.get("values", {}))


@dataclass(frozen=True, slots=True)
class Work:
    """A job with its folder and its original, only to be read; `problem` says why that is not there."""

    job: Job
    folder: Path
    original: Path
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: an examination, a written file, or why there is neither."""

    work: Work
    examination: Examination | None = None
    written: WrittenFile | None = None
    error: str = ""
    crashed: bool = False


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A report on its way; `task` ends with the jobs that came with its answer, at most as many as it `claims`."""

    task: asyncio.Task[list[Job]]
    claims: int


class MediaWorker:
    """Works for one server under one name. `folder` is its own and is emptied at the start."""

    def __init__(self, name: str, server_url: str, secret: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._decoder: Decoder | None = None
        self._limits: Limits | None = None
        # Each kind of transfer has its own connections, used by one thread at a time; so has the farewell, when threads
        # of the others may still be about to find out that theirs were cut.
        self._lanes = {
            lane: _Lane(Connections(server_url, secret)) for lane in ("fetch", "deliver", "control", "farewell")
        }
        self._held: dict[str, Job] = {}
        self._dirty = True
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.busy = False

    def request_stop(self) -> None:
        """Finish within two seconds, or give the jobs back; may be called from a signal handler."""
        self._stop.set()
        if self._loop is not None and not self._loop.is_closed():
            # Wakes the loop, should it be waiting.
            self._loop.call_soon_threadsafe(self._stop.set)

    async def drain(self) -> int:
        """Work until nothing is due for some seconds, or somebody asks to stop; how many jobs were done."""
        self._loop = asyncio.get_running_loop()
        if self._stop.is_set():
            return 0
        self.busy = True
        work = asyncio.create_task(self._work())
        beat = asyncio.create_task(self._beat())
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and self._held:
                await asyncio.wait({work}, timeout=STOP_SECONDS)
            if not work.done():
                work.cancel()
                for lane in self._lanes.values():
                    lane.connections.interrupt()
                await asyncio.wait({work}, timeout=CANCEL_SECONDS)
            return work.result() if work.done() and not work.cancelled() else 0
        except Unreachable as error:
            logger.warning("the server cannot be reached: %s", error)
            return 0
        except Refused as error:
            logger.error("the server refuses this worker: %s", error)
            return 0
        except DecoderNotStarted as error:
            logger.error("%s", error)
            return 0
        finally:
            stop.cancel()
            beat.cancel()
            if self._stop.is_set():
                await self._give_back()
            self.busy = False

    @property
    def unsettled(self) -> bool:
        """Whether a start is still to be made: before the first, and when an answer that may grant leases was lost."""
        return self._dirty

    @property
    def stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop.is_set()

    async def _work(self) -> int:
        turn = time.monotonic() + TURN_SECONDS
        done = 0
        fetched: deque[asyncio.Task[Work]] = deque()
        delivered: deque[_Delivery] = deque()
        try:
            await self._begin()
            self._fetch_all(fetched, await self._claim(PREFETCH))
            while True:
                while delivered and (delivered[0].task.done() or not fetched or len(delivered) >= MOST_UNDELIVERED):
                    self._fetch_all(fetched, await delivered.popleft().task)
                going_on = time.monotonic() < turn
                if self._stop.is_set():
                    await asyncio.gather(*(delivery.task for delivery in delivered))
                    break
                if fetched:
                    outcome = await self._examine(await fetched.popleft())
                    # As many as bring back what should lie ready: a claim that found too few is made good by the next.
                    ready = len(fetched) + sum(delivery.claims for delivery in delivered)
                    claims = max(PREFETCH - ready, 0) if going_on else 0
                    delivered.append(_Delivery(asyncio.create_task(self._deliver(outcome, claims)), claims))
                    done += 1
                elif not delivered:
                    if not done or not going_on:
                        break
                    jobs = await self._claim(PREFETCH, wait=LINGER_SECONDS)
                    if not jobs:
                        break
                    self._fetch_all(fetched, jobs)
            return done
        finally:
            for task in (*fetched, *(delivery.task for delivery in delivered)):
                task.cancel()

    async def _begin(self) -> None:
        """After a start, and whenever an answer was lost: let go of leases that this name may still have."""
        if self._dirty:
            await asyncio.to_thread(_empty, self._folder)
            answer = await self._call("control", "/workers/start", {})
            # Started now, the decoder is ready when the first file is.
            await self._decoder_for(Limits(**answer["limits"]))
            self._dirty = False

    async def _claim(self, limit: int, *, wait: float = 0.0) -> list[Job]:
        return self._take(await self._call("control", "/jobs/claim", {"limit": limit, "wait": wait}, wait))

    def _take(self, answer: dict[str, Any]) -> list[Job]:
        jobs = [Job.from_json(data) for data in answer["jobs"]]
        self._held |= {job.token: job for job in jobs}
        return jobs

    def _fetch_all(self, fetched: deque[asyncio.Task[Work]], jobs: list[Job]) -> None:
        fetched.extend(asyncio.create_task(self._fetch(job)) for job in jobs)

    async def _fetch(self, job: Job) -> Work:
        folder = self._folder / job.token
        try:
            here = await asyncio.to_thread(_prepare, folder, job)
            work = Work(job, folder, here or folder / "original")
            if here is not None:
                return work
            lane = self._lanes["fetch"]
            await lane.run(lane.connections.download, job.original, work.original, job.size)
        except (Unreachable, Refused, OSError) as error:
            return Work(job, folder, folder / "original", f"the original cannot be fetched: {error}")
        return work

    async def _examine(self, work: Work) -> Outcome:
        if work.problem is not None:
            return Outcome(work, error=work.problem)
        began = time.monotonic()
        try:
            outcome = await self._decode(await self._decoder_for(work.job.limits), work)
        except DecoderNotStarted as error:
            return Outcome(work, error=str(error))
        except DecoderFailed as error:
            logger.warning("the decoder failed: %s", error, extra={"job": work.job.id})
            return Outcome(work, error=str(error), crashed=True)
        except OSError as error:
            return Outcome(work, error=f"the worker's disk: {error.strerror}")
        milliseconds = round((time.monotonic() - began) * 1000, 1)
        logger.debug("worked", extra={"job": work.job.id, "kind": work.job.kind, "milliseconds": milliseconds})
        return outcome

    async def _decode(self, decoder: Decoder, work: Work) -> Outcome:
        job = work.job
        if job.kind != WRITE:
            return Outcome(work, await decoder.examine(work.original, job.filename, work.folder))
        into = work.folder / "written"
        result = await decoder.write(work.original, job.filename, job.values, into)
        return Outcome(work, written=await asyncio.to_thread(measure, into, result))

    async def _decoder_for(self, limits: Limits) -> Decoder:
        if self._decoder is not None and self._limits != limits:
            await self._decoder.__aexit__(None, None, None)
            self._decoder = None
        if self._decoder is None:
            self._decoder, self._limits = Decoder(limits), limits
            await self._decoder.__aenter__()
        return self._decoder

    async def _deliver(self, outcome: Outcome, claim: int) -> list[Job]:
        """Put thumbnails and report, trying again while the server is away; the jobs that came with the answer."""
        job = outcome.work.job
        deadline = time.monotonic() + DELIVERY_SECONDS
        pause = 0.2
        jobs: list[Job] = []
        while True:
            try:
                jobs = await self._report(outcome, 0 if self._stop.is_set() else claim)
                break
            except (Refused, Unreachable) as error:
                if isinstance(error, Refused) and not error.temporary:
                    # 410: the job was somebody else's by now, or its picture is gone.
                    if error.status != 410:
                        logger.error("a report was refused: %s", error, extra={"job": job.id})
                    break
                if time.monotonic() > deadline:
                    logger.error("a report could not be delivered: %s", error, extra={"job": job.id})
                    break
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        self._held.pop(job.token, None)
        await asyncio.to_thread(shutil.rmtree, outcome.work.folder, True)
        return jobs

    async def _report(self, outcome: Outcome, claim: int) -> list[Job]:
        job, examination = outcome.work.job, outcome.examination
        if outcome.written is not None:
            return await self._report_written(job, outcome.written, claim)
        if examination is None:
            body = {"error": outcome.error[:1000], "retryable": not outcome.crashed, "crashed": outcome.crashed}
            return await self._answer(job, "fail", body, claim)
        lane = self._lanes["deliver"]
        # What is looked at for its hash alone has thumbnails already.
        for name, path in ({} if job.kind == HASH else examination.thumbnails).items():
            try:
                await lane.run(lane.connections.upload, job.thumbnails[name], path)
            except Refused as error:
                if error.temporary:
                    raise
                return await self._answer(job, "fail", {"error": f"a thumbnail: {error}", "retryable": True}, claim)
        report = examination.to_json() | {"thumbnails": list(examination.thumbnails)}
        try:
            return await self._answer(job, "complete", {"report": report}, claim)
        except Refused as error:
            if error.status not in (413, 422):
                raise
            logger.error("the server cannot use a report: %s", error, extra={"job": job.id})
            return await self._answer(job, "fail", {"error": "the report was refused", "retryable": False}, claim)

    async def _report_written(self, job: Job, written: WrittenFile, claim: int) -> list[Job]:
        lane = self._lanes["deliver"]
        proof = {"token": job.token, "blob": job.blob}

        async def call(path: str, body: dict[str, Any]) -> dict[str, Any]:
            claiming = {} if path.endswith("/parts") else {"claim": claim}
            return await self._call("deliver", path, body | proof | claiming)

        async def put(url: str, file: Path, start: int, size: int) -> None:
            await lane.run(lane.connections.upload, url, file, start, size)

        try:
            return self._take(await deliver(written, job.id, call, put))
        except Refused as error:
            if error.status not in (400, 403, 404, 409, 413, 422):
                raise
            logger.error("the server cannot take a written file: %s", error, extra={"job": job.id})
            return await self._answer(job, "fail", {"error": f"a written file: {error}", "retryable": True}, claim)

    async def _answer(self, job: Job, verb: str, body: dict[str, Any], claim: int) -> list[Job]:
        body |= {"token": job.token, "blob": job.blob, "claim": claim}
        return self._take(await self._call("deliver", f"/jobs/{job.id}/{verb}", body))

    async def _call(self, name: str, path: str, body: dict[str, Any], wait: float = 0.0) -> dict[str, Any]:
        lane = self._lanes[name]
        try:
            return await lane.run(lane.connections.call, API + path, body | {"worker": self._name}, wait)
        except Refused as error:
            # When the server lost its database at the commit, it cannot know what was written.
            self._dirty |= error.temporary
            raise
        except (Unreachable, asyncio.CancelledError):
            # The request may have been granted, and only its answer lost or not waited for.
            self._dirty = True
            raise

    async def _beat(self) -> None:
        """Keep the leases of what takes long."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if not self._held:
                continue
            try:
                await self._call("control", "/jobs/heartbeat", {"tokens": list(self._held)})
            except (Unreachable, Refused) as error:
                logger.warning("a heartbeat was lost: %s", error)

    async def _give_back(self) -> None:
        """Tell the server what will not be done, so that others need not wait for the leases to run out."""
        try:
            async with asyncio.timeout(RETURN_SECONDS):
                if self._dirty:
                    # This lets go of everything, known here or not.
                    await self._call("farewell", "/workers/start", {})
                elif self._held:
                    await self._call("farewell", "/jobs/return", {"tokens": list(self._held)})
        except (TimeoutError, Unreachable, Refused) as error:
            logger.warning("jobs could not be given back: %r", error)


class _Lane:
    """Connections, used by one thread at a time."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self._turn = asyncio.Lock()

    async def run(self, call: Callable[..., T], *arguments: Any) -> T:
        async with self._turn:
            return await asyncio.to_thread(call, *arguments)


def _prepare(folder: Path, job: Job) -> Path | None:
    """Make the job's folder; the original where it lies on this very machine, readable and whole."""
    folder.mkdir()
    if job.path is None:
        return None
    try:
        status = os.lstat(job.path)
    except OSError:
        return None
    usable = stat.S_ISREG(status.st_mode) and status.st_size == job.size and os.access(job.path, os.R_OK)
    return Path(job.path) if usable else None


def _empty(folder: Path) -> None:
    """Remove what an earlier life left in the folder, but its lock."""
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
