"""What a server stands on: database, cache and storage as the settings name them, and what is derived from those."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from redis.asyncio import Redis

from archypix.accounts.limiter import Limiter
from archypix.accounts.passwords import Passwords
from archypix.core.database import Database
from archypix.core.runtime.services import Endpoints
from archypix.core.secrets import derive
from archypix.core.settings import Settings
from archypix.jobs.waker import Waker
from archypix.storage.factory import storage_for
from archypix.storage.interface import Storage
from archypix.storage.signing import Signer


@dataclass(frozen=True, slots=True)
class Ground:
    """Settings, the port that is listened on, and what was opened by them."""

    settings: Settings
    endpoints: Endpoints
    database: Database
    master: bytes
    port: int
    signer: Signer
    storage: Storage
    cache: Redis
    limiter: Limiter
    passwords: Passwords
    waker: Waker

    @property
    def domain(self) -> str:
        """The domain of this server's people."""
        return self.settings.identity_domain(self.port)

    @property
    def origin(self) -> str:
        """Where browsers and clients reach this server."""
        return self.settings.origin(self.port)

    @property
    def storage_origin(self) -> str:
        """The origin that browsers are sent to for files; empty where files are the server's own."""
        settings = self.settings
        return settings.s3_public_endpoint or settings.s3_endpoint if settings.uses_s3 else ""


async def open_ground(
    stack: AsyncExitStack, settings: Settings, endpoints: Endpoints, database: Database, master: bytes, port: int
) -> Ground:
    """Open what is not open yet; `stack` closes it."""
    signer = Signer(derive(master, "files"))
    storage = storage_for(settings, signer)
    await storage.start()
    stack.push_async_callback(storage.stop)
    cache = Redis.from_url(endpoints.redis_url, socket_timeout=2.0, socket_connect_timeout=2.0)
    stack.push_async_callback(cache.aclose)
    limiter = Limiter.open(endpoints.redis_url)
    stack.push_async_callback(limiter.close)
    passwords = Passwords()
    stack.callback(passwords.close)
    waker = Waker(endpoints.redis_url)
    stack.callback(waker.close)
    return Ground(
        settings, endpoints, database, master, port, signer, storage, cache, limiter, passwords, waker
    )  # fmt: skip


def worker_secret(settings: Settings, master: bytes) -> str:
    """The secret by which workers prove themselves: the setting, or else one that derives from the master secret."""
    return settings.worker_secret.get_secret_value() or derive(master, "workers").hex()
