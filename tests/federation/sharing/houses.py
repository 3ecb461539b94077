"""Whole servers in one process, each on a database of its own and a free port, that know each other by their ports."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import redis

from federation.actors.service import ActorService
from federation.addresses import Addresses
from tests.embedded import CACHES, TEMPLATE
from tests.uploads.site import Person, Site, open_site, photo

Found = TypeVar("Found")
_numbers = count(1)
_seeds = count(1)
WITHIN = 120.0
# Processes that test beside each other; the houses of each have caches that no other test uses.
BESIDE = 16


@dataclass
class House:
    """One server."""

    site: Site

    async def person(self, name: str) -> Somebody:
        """Somebody with an account here."""
        person = await self.site.person(name)
        actor = await self.site.service(ActorService).of_name(name)
        assert actor is not None
        return Somebody(self, person, actor.uri, self.site.service(Addresses).handle(name))


@dataclass
class Somebody:
    """A person of one of the servers."""

    house: House
    person: Person
    uri: str
    handle: str

    @property
    def shown(self) -> str:
        """The handle as pictures show it: `@alice:a.test`."""
        name, _, host = self.handle.removeprefix("@").partition("@")
        return f"@{name}:{host}"

    async def get(self, path: str, **query: Any) -> Any:
        return await self.person.get(path, **query)

    async def send(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        return await self.person.send(method, path, body, status=status)

    async def add(self, *tags: str, name: str = "a.jpg") -> str:
        """A new picture under these tags, looked at by no worker; its id."""
        answer = await self.person.upload(photo(next(_seeds)), name, tags=json.dumps(tags))
        assert answer.status == 201, answer.body
        picture_id: str = answer.json["id"]
        await self.house.site.sql(
            "UPDATE pictures SET state = 'ready', blurhash = 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', width = 400, height = 300,"
            " latitude = 46.5, longitude = 8.25, title = 'Goats' WHERE id = $1",
            picture_id,
        )
        return picture_id

    async def tag(self, picture_id: str, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> None:
        """Put tags on a picture, and take others off."""
        selection = {"include": [picture_id]}
        body = {"selection": selection, "add": list(add), "remove": list(remove)}
        await self.send("POST", "/pictures/batch/tags", body)

    async def share(self, tag: str, recipient: Somebody, **more: Any) -> str:
        """Offer a tag to somebody; the share's id."""
        body = {"tag": tag, "recipient": recipient.handle, "name": tag.rsplit("/", 1)[-1]} | more
        answer = await self.send("POST", "/shares", body, status=201)
        return str(answer["id"])

    async def offered(self, share_id: str) -> dict[str, Any]:
        """The share as it arrived here, once it has."""
        return await until(lambda: self._incoming(share_id), f"the offer to {self.handle}")

    async def _incoming(self, share_id: str) -> dict[str, Any] | None:
        mine = await self.house.site.sql(
            "SELECT id FROM incoming_shares WHERE account_id = $1 AND uri LIKE '%' || $2", self.person.id, share_id
        )
        return None if mine is None else dict(await self.get(f"/shares/incoming/{mine}"))

    async def accept(self, share_id: str) -> str:
        """Accept a share that was offered; its id here."""
        mine = (await self.offered(share_id))["id"]
        await self.send("POST", f"/shares/incoming/{mine}/accept")
        return str(mine)

    async def names(self) -> list[str]:
        """File names of all that the library shows."""
        return sorted(one["filename"] for one in (await self.get("/pictures", limit=200))["items"])

    async def sees(self, *names: str) -> None:
        """Wait until the library shows exactly these files."""
        expected = sorted(names)

        async def look() -> bool:
            return await self.names() == expected

        try:
            await until(look, f"{self.handle} sees {expected}")
        except TimeoutError:
            raise AssertionError(f"{self.handle} sees {await self.names()}, not {expected}") from None


async def until(look: Callable[[], Awaitable[Found]], what: str, within: float = WITHIN) -> Found:
    """The first true answer."""
    try:
        async with asyncio.timeout(within):
            while not (found := await look()):
                await asyncio.sleep(0.05)
            return found
    except TimeoutError:
        raise TimeoutError(f"not within {within} s: {what}") from None


def empty_cache(services: dict[str, str], number: int) -> str:
    """Address of the cache of that number, emptied: what tests of before did must limit nobody."""
    url = f"{services['valkey']}?db={number % CACHES}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@asynccontextmanager
async def open_houses(
    admin: asyncpg.Connection, services: dict[str, str], folder: Path, number: int, **settings: Any
) -> AsyncIterator[list[House]]:
    """So many servers, `http://localhost:PORT` each."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    parts = urlsplit(services["postgres"])
    names = [f"house_{os.getpid()}_{next(_numbers)}" for _ in range(number)]
    try:
        async with AsyncExitStack() as stack:
            houses = []
            for place, name in enumerate(names):
                await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER archypix STRATEGY file_copy")
                url = urlunsplit(parts._replace(netloc="archypix@", path=f"/{name}"))
                cache = empty_cache(services, worker + BESIDE * (place + 1))
                configured = {"federation_allow_loopback": True, "federation_host_rate": 100_000} | settings
                site = await stack.enter_async_context(open_site(url, cache, folder / name, **configured))
                houses.append(House(site))
            yield houses
    finally:
        for name in names:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
