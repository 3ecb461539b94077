"""Where database and cache are: external ones as configured, else embedded ones, started here or by another command."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

from archypix.core.errors import StartupError
from archypix.core.runtime import postgres, valkey
from archypix.core.runtime.cluster import cluster_folder
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.identity import service_identity
from archypix.core.runtime.locks import FileLock, Holder
from archypix.core.runtime.postgres import Postgres
from archypix.core.runtime.supervisor import Child, Supervisor
from archypix.core.runtime.valkey import Valkey
from archypix.core.settings import Settings

logger = logging.getLogger(__name__)

POLL = 0.05
REFUSE_AFTER = 0.5  # seconds: a server that is just ending has let go by then
ATTACH_WITHIN = 60.0
STOP_WITHIN = 5.0
SPEAK_AFTER = 0.5  # seconds of waiting before it is said
REFRESH = 60.0
EXTERNAL = "external"  # what a server that uses no embedded service remarks on the owner's lock


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Addresses: of PostgreSQL for asyncpg, of Redis or Valkey for redis-py."""

    database_url: str
    redis_url: str


@dataclass(frozen=True, slots=True)
class Runtime:
    """What `archypix serve` stands on: its data directory, held alone; the addresses; a supervisor for workers.

    Children added to the supervisor end before the embedded services do.
    """

    data: DataDir
    endpoints: Endpoints
    supervisor: Supervisor


@asynccontextmanager
async def serving(
    settings: Settings, *, stop: asyncio.Event | None = None, stop_within: float = STOP_WITHIN
) -> AsyncIterator[Runtime]:
    """Hold the data directory for one server, with the embedded services running where no address is configured.

    Raises `StartupError` when another server holds it, it cannot be written or the services do not start. Waits, and
    says so, while another command still has the services running; when `stop` is set meanwhile, or before the services
    are ready, that is a `StartupError` too. At the end all children of the supervisor are ended within `stop_within`
    seconds, if the caller has not done so before.
    """
    data = await asyncio.to_thread(DataDir.open, settings.data)
    data.require_settled()
    server, owner = data.lock("server"), data.lock("owner")
    owner.remark = "" if _embeds(settings) else EXTERNAL
    try:
        if not await server.acquire(within=REFUSE_AFTER):
            raise StartupError(
                f"Another Archypix server {_named(server.holder())} already runs on the data directory {data.root}."
                " Stop it first, or choose another directory with --data."
            )
        await _unless(stop, _acquire_saying(owner, f"to end, which has the database in {data.root} running"))
        async with Supervisor() as supervisor:
            await _unless(stop, start_embedded(settings, data, supervisor))
            async with _links_kept(data):
                try:
                    yield Runtime(data, endpoints(settings, data), supervisor)
                finally:
                    await supervisor.stop(within=stop_within)
    finally:
        owner.release()
        server.release()


@asynccontextmanager
async def services(settings: Settings, *, restoring: bool = False) -> AsyncIterator[Endpoints]:
    """The addresses for a command that is no server; what they lead to runs until the block ends.

    Only the command that ends a restore (`restoring`) may have them while one is half done.

    Where they are embedded, the command uses those that a server or another command has running, or else starts them.
    One that started them ends them when it is through, after all others that use them. Raises `StartupError`.
    """
    if not restoring:
        DataDir(settings.data).require_settled()
    if not _embeds(settings):
        yield endpoints(settings, None)
        return
    data = await asyncio.to_thread(DataDir.open, settings.data)
    owner, users = data.lock("owner"), data.lock("users")
    try:
        await users.acquire(shared=True)
        if await _join(settings, data, owner):
            async with _links_kept(data):
                yield endpoints(settings, data)
            return
        async with Supervisor() as supervisor:
            await start_embedded(settings, data, supervisor)
            try:
                async with _links_kept(data):
                    yield endpoints(settings, data)
            finally:
                users.release()
                await _acquire_saying(users, f"to end, which uses the database in {data.root} that this one started")
    finally:
        owner.release()
        users.release()


def endpoints(settings: Settings, data: DataDir | None) -> Endpoints:
    """Configured addresses, or those of the embedded services of `data`."""
    database, cache = settings.database_url.get_secret_value(), settings.redis_url.get_secret_value()
    if data is None:
        return Endpoints(database, cache)
    return Endpoints(database or postgres.database_url(data), cache or valkey.cache_url(data))


async def start_embedded(settings: Settings, data: DataDir, supervisor: Supervisor) -> None:
    """Start, side by side, those services that have no address; for the holder of the `owner` lock."""
    if not _embeds(settings):
        return
    identity = await asyncio.to_thread(service_identity, data.root, cluster_folder(data), valkey.store_folder(data))
    children: list[Child] = []
    if settings.embedded_database:
        children.append(Postgres(data, identity, chosen=settings.postgres_bin).child())
    if settings.embedded_cache:
        children.append(Valkey(data, identity).child())
    await supervisor.start(*children)


def _embeds(settings: Settings) -> bool:
    return settings.embedded_database or settings.embedded_cache


async def _join(settings: Settings, data: DataDir, owner: FileLock) -> bool:
    """True when the services of another process answer; False when this one has become their owner."""
    deadline = time.monotonic() + ATTACH_WITHIN
    external = False
    while not owner.try_acquire():
        holder = owner.holder()
        # Said twice: the first may be an earlier holder's note that the present one is just replacing.
        external, before = holder is not None and holder.remark == EXTERNAL, external
        if external and before:
            raise StartupError(
                f"The server {_named(holder)} on the data directory {data.root} uses an external database. Give this"
                " command the same settings (ARCHYPIX_DATABASE_URL, ARCHYPIX_REDIS_URL)."
            )
        if await _answer(settings, data):
            return True
        if time.monotonic() > deadline:
            raise StartupError(
                f"The database in {data.root} does not answer, though {_named(holder)} has it running. Try later, or"
                " end that process."
            )
        await asyncio.sleep(POLL)
    return False


async def _answer(settings: Settings, data: DataDir) -> bool:
    if settings.embedded_database and not await postgres.answers(postgres.database_url(data)):
        return False
    return not settings.embedded_cache or await valkey.runs(data)


async def _acquire_saying(lock: FileLock, why: str) -> None:
    """Take `lock`, however long it takes, and say what is waited for."""
    if await lock.acquire(within=SPEAK_AFTER):
        return
    logger.warning("waiting for %s %s", lock.holder() or "another command", why)
    await lock.acquire()


async def _unless(stop: asyncio.Event | None, work: Coroutine[None, None, None]) -> None:
    """Do `work`; `StartupError` when `stop` is set before it is done."""
    if stop is None:
        return await work
    doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise StartupError("Stopped before the database and the cache were ready.")
        return doing.result()
    finally:
        stopping.cancel()
        doing.cancel()
        await asyncio.wait({doing, stopping})


def _named(holder: Holder | None) -> str:
    return "(an unknown process)" if holder is None else f"(process {holder.pid})"


@asynccontextmanager
async def _links_kept(data: DataDir) -> AsyncIterator[None]:
    """Where the sockets are reached by a short link in a folder that is cleaned now and then: make it again."""
    task = asyncio.create_task(_keep_links(data), name="keep socket links")
    try:
        yield
    finally:
        task.cancel()


async def _keep_links(data: DataDir) -> None:
    while True:
        await asyncio.sleep(REFRESH)
        try:
            await asyncio.to_thread(postgres.database_url, data)
            await asyncio.to_thread(valkey.cache_url, data)
        except StartupError as error:
            logger.warning("%s", error.detail)
