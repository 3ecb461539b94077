"""A Resolver's people and administration, on a database of its own, with backends that stand nearby."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from quart import Quart, Response

from archypix.core.database import Database
from archypix.core.runtime.services import Endpoints
from archypix.core.settings import load_settings
from archypix.gate.context import KEY
from federation.signatures import keys
from resolver.administration.tokens import AdministratorTokens
from resolver.assembly import Application, application
from resolver.audit import COMMAND_LINE
from resolver.registration.service import RegistrationService
from tests.resolver.registration.peers import Peer

BASE = "https://d.test"
MASTER = bytes(32)
PASSWORD = "correct horse battery"


@dataclass
class Visitor:
    """Somebody at one address, perhaps with a token."""

    app: Quart
    address: str = "198.51.100.7"
    token: str | None = None

    async def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        sent = dict(headers or {})
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        body: dict[str, Any] = {} if json is None else {"json": json}
        if form is not None:
            body["form"] = form
        response = await self.app.test_client(use_cookies=False).open(
            path, method=method, headers=sent, scope_base={"client": (self.address, 40000)}, **body
        )
        assert isinstance(response, Response)
        return response

    async def send(self, method: str, path: str, json: Any = None, *, status: int = 200) -> Any:
        """The JSON of a call of the API that answers with `status`."""
        response = await self.call(method, f"/api/v1{path}", json)
        text = await response.get_data(as_text=True)
        assert response.status_code == status, (response.status_code, text)
        return await response.get_json(force=True) if text else None

    async def register(self, name: str, *, status: int = 201, **more: Any) -> Any:
        return await self.send("POST", "/registration", {"name": name, "password": PASSWORD, **more}, status=status)


@dataclass
class House:
    """The application, its backends, and what tests arrange behind its back."""

    whole: Application
    database: Database
    registration: RegistrationService
    peers: list[Peer]
    admin: Visitor

    @property
    def app(self) -> Quart:
        return self.whole.quart

    def visitor(self, number: int = 7) -> Visitor:
        """Somebody at an address of their own."""
        return Visitor(self.app, f"198.51.{number // 250}.{number % 250 + 1}")

    async def sql(self, statement: str, *values: Any) -> Any:
        """Do something to the database that the API cannot; the first value it returns."""
        async with self.database.connection() as connection:
            return await connection.fetchval(statement, *values)

    async def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(statement, *values)]

    async def tell(self, peer: Peer, **figures: Any) -> None:
        """What the backend's last heartbeat said."""
        for column, value in figures.items():
            await self.sql(f"UPDATE backends SET {column} = $2 WHERE origin = $1", peer.origin, value)

    async def people(self, peer: Peer, *names: str) -> None:
        """People who were there before."""
        await self.sql(
            "INSERT INTO names (name, backend_id) SELECT n, b.id FROM unnest($2::text[]) n, backends b"
            " WHERE b.origin = $1",
            peer.origin, list(names),
        )  # fmt: skip

    async def spread(self) -> Counter[str]:
        """How many names each backend has in the directory, by origin."""
        return Counter(
            dict(
                await self.rows(
                    "SELECT b.origin, count(*) FROM names n JOIN backends b ON b.id = n.backend_id GROUP BY 1"
                )
            )
        )

    async def nothing_is_under_way(self) -> bool:
        left = await self.sql("SELECT count(*) FROM placements WHERE settled_at IS NULL")
        return left == 0 and not any(peer.pending for peer in self.peers)


@asynccontextmanager
async def open_house(
    database_url: str, redis_url: str, folder: Path, *, backends: int = 3, registration: str = "open"
) -> AsyncIterator[House]:
    """A domain whose backends are admitted, heard of, well, and empty."""
    async with AsyncExitStack() as stack:
        peers = [await Peer(f"https://b{number}.d.test").start() for number in range(1, backends + 1)]
        for peer in peers:
            stack.push_async_callback(peer.stop)
        settings = load_settings(
            {},
            data=folder,
            domain="d.test",
            registration=registration,
            backend_addresses=",".join(f"{peer.origin}={peer.url}" for peer in peers),
        )
        database = await Database.open(database_url, size=8)
        stack.push_async_callback(database.close)
        # Limits are in the cache, which other tests use too.
        with redis.Redis.from_url(redis_url) as cache:
            cache.flushdb()
        built = await stack.enter_async_context(
            application(settings, Endpoints(database_url, redis_url), database, MASTER, 8000)
        )
        ground = built.ground
        key = keys.public_key(ground.identity.key.id, f"{BASE}/actor", keys.from_multibase(ground.identity.public))
        for peer in peers:
            peer.key = key
        async with database.connection() as connection:
            for peer in peers:
                await connection.execute(
                    "INSERT INTO backends (origin, state, pinned, presented, fingerprint, admitted_at, heard_at,"
                    " healthy, accepting)"
                    " VALUES ($1, 'admitted', 'k', 'k', 'f', now(), now() + interval '1 day', true, true)",
                    peer.origin,
                )
        await ground.backends.load()
        _, secret = await AdministratorTokens(database).make(COMMAND_LINE, "root")
        yield House(
            built, database, built.quart.extensions[KEY][RegistrationService], peers, Visitor(built.quart, token=secret)
        )
