"""Two backends of one domain in this process, and somebody who moves between them without any network."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import orjson

from archypix.moving.arrivals import Arrivals
from archypix.moving.departures import Departures
from archypix.moving.giving import Giving
from archypix.moving.loop import ArrivalLoop
from archypix.moving.models import Arrival, Offer
from federation.actors.keys import KeySafe
from federation.actors.service import ActorService
from federation.moving.relations import Relations
from federation.outbox.service import Outbox
from federation.remote.service import RemoteActors
from tests.embedded import TEMPLATE
from tests.federation.sharing.houses import BESIDE, empty_cache
from tests.uploads.site import MASTER, Site, open_site

DOMAIN = "d.test"
KEY = "z6MkTarget"


@dataclass
class Backend:
    """One of the two, with the services of moves."""

    site: Site
    origin: str

    def __post_init__(self) -> None:
        database, storage = self.site.database, self.site.storage
        self.relations = Relations(
            self.site.service(ActorService), self.site.service(RemoteActors), self.site.service(Outbox)
        )
        self.keys = KeySafe(MASTER)
        self.departures = Departures(database, relations=self.relations)
        self.arrivals = Arrivals(database, relations=self.relations)
        self.giving = Giving(database, storage, relations=self.relations, keys=self.keys, origin=self.site.url)

    def loop(self, source: Source) -> ArrivalLoop:
        """The loop of this backend; whoever comes does so from `source`."""

        def source_for(arrival: Arrival) -> Source:
            source.move = arrival.move
            return source

        return ArrivalLoop(
            self.site.database,
            self.site.storage,
            relations=self.relations,
            keys=self.keys,
            source_for=source_for,
        )


@dataclass
class Source:
    """The other backend, asked without a network, but in JSON. `broken` names what fails, `spoilt` what is changed."""

    backend: Backend
    move: UUID = field(default_factory=uuid4)
    broken: BaseException | None = None
    fails_at: str = ""
    after: int = 0
    asked: int = 0

    def _ask(self, what: str) -> None:
        if what == self.fails_at:
            self.asked += 1
            if self.asked > self.after and self.broken is not None:
                raise self.broken

    async def manifest(self) -> dict[str, Any]:
        self._ask("manifest")
        return _wire(await self.backend.giving.manifest(self.move))

    async def blobs(self, after: str | None) -> dict[str, Any]:
        self._ask("blobs")
        return _wire(await self.backend.giving.blobs(self.move, after))

    async def rows(self, part: str, after: str | None, seal_for: str) -> dict[str, Any]:
        self._ask("rows")
        return _wire(await self.backend.giving.rows(self.move, part, after, seal_for))

    async def sums(self) -> dict[str, Any]:
        self._ask("sums")
        return _wire(await self.backend.giving.sums(self.move))

    async def fetch(self, offer: Offer, url: str, size: int) -> AsyncIterator[bytes]:
        self._ask("fetch")
        async with self.backend.site.client.get(url) as response:
            assert response.status == 200, url
            async for chunk in response.content.iter_chunked(1 << 16):
                yield chunk


def _wire(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(orjson.dumps(said))
    return found


@dataclass
class Street:
    """Two backends of one domain."""

    old: Backend
    new: Backend

    async def move(self, name: str) -> UUID:
        """Somebody moves from the old to the new one, step by step as the Resolver has it done."""
        move = uuid4()
        await self.old.departures.announce(move, name, self.new.origin, KEY)
        await self.new.arrivals.begin(move, name, self.old.origin)
        loop = self.new.loop(Source(self.old))
        await loop.step()
        assert (await self.new.arrivals.status(move)).state == "copied"
        await self.old.departures.hold(move)
        await self.new.arrivals.take(move)
        for _ in range(5):
            await loop.step()
            taken = await self.new.arrivals.status(move)
            if taken.state != "taking":
                break
            await self.new.site.sql("UPDATE arrivals SET next_attempt_at = now() WHERE move = $1", move)
        assert taken.state == "taken", taken
        await self.new.arrivals.activate(move)
        await self.old.departures.depart(move)
        await loop.tidy()
        await self.old.loop(Source(self.new)).tidy()
        return move


@asynccontextmanager
async def open_street(admin: asyncpg.Connection, services: dict[str, str], folder: Path) -> AsyncIterator[Street]:
    """Two servers of `d.test`, each on its own database and storage."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    parts = urlsplit(services["postgres"])
    names = [f"moving_{os.getpid()}_{uuid4().hex[:8]}" for _ in range(2)]
    try:
        async with AsyncExitStack() as stack:
            backends = []
            for place, name in enumerate(names):
                await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER archypix STRATEGY file_copy")
                url = urlunsplit(parts._replace(netloc="archypix@", path=f"/{name}"))
                cache = empty_cache(services, worker + BESIDE * (place + 1))
                site = await stack.enter_async_context(
                    open_site(
                        url, cache, folder / name, domain=DOMAIN, federation_allow_loopback=True,
                        federation_time_scale=0.05,
                    )
                )  # fmt: skip
                backends.append(Backend(site, f"https://b{place + 1}.{DOMAIN}"))
            yield Street(*backends)
    finally:
        for name in names:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
