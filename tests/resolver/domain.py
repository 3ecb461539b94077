"""A Resolver in this process, answering over HTTP, and small servers of tests that sign like backends."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yarl
from aiohttp import web

from archypix.commands.answering import begin, listen
from archypix.core import clock
from archypix.core.database import Database
from archypix.core.loops import running
from archypix.core.runtime.services import Endpoints
from archypix.core.settings import load_settings
from federation.signatures import keys
from federation.signatures.mutual import checked, key_id_of, signed
from resolver.assembly import Application, application

BASE = "https://d.test"
SPARE = 48
# Nobody who registers people is asked here, and that alone uses the cache.
NO_CACHE = "redis://127.0.0.1:1"
View = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Said:
    """An answer of the Resolver."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The stable word of a refusal, which must be a problem document."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.body
        assert self.json["status"] == self.status
        assert self.json["detail"]
        return str(self.json["code"])


@dataclass
class FakeBackend:
    """A server of a test. `people` are names and what it says of them; `views` answer paths; `asked` is what came."""

    number: int
    people: dict[str, str] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    domain: Domain | None = None
    shows_key: bool = True
    sequence: int = 0
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        self.origin = f"https://b{self.number}.d.test"
        self.change_key()

    def change_key(self) -> None:
        """Another key, as after a loss."""
        self.private = keys.generate_ed25519()

    @property
    def multibase(self) -> str:
        return keys.multibase(self.private)

    async def start(self, port: int = 0) -> FakeBackend:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])
        return self

    async def stop(self) -> None:
        """Answer nobody any more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def come_back(self) -> None:
        """Answer at the same address again."""
        await self.start(int(self.url.rsplit(":", 1)[1]))

    def paths(self, beginning: str = "") -> list[str]:
        """Which addresses were asked for."""
        return [path for _, path, _, _ in self.asked if path.startswith(beginning)]

    # What it answers

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append((request.method, request.raw_path, headers, body))
        if request.path in self.views:
            return await self.views[request.path](request)
        if request.path == "/actor" and self.shows_key:
            return self._actor()
        if request.path == "/internal/v1/domain/people" and request.method == "POST":
            return self._people(request, body)
        return web.Response(status=404)

    def _actor(self) -> web.Response:
        method = {"id": key_id_of(self.origin), "type": "Multikey", "publicKeyMultibase": self.multibase}
        document = {"id": f"{self.origin}/actor", "type": "Application", "assertionMethod": [method]}
        return web.json_response(document, content_type="application/activity+json")

    def _people(self, request: web.Request, body: bytes) -> web.Response:
        assert self.domain is not None
        identity = self.domain.app.ground.identity
        key = keys.public_key(key_id_of(BASE), f"{BASE}/actor", keys.from_multibase(identity.public))
        checked("POST", f"{self.origin}{request.path}", list(request.headers.items()), body, key=key, now=clock.now())
        names = json.loads(body)["names"]
        return web.json_response({"people": {name: self.people[name] for name in names if name in self.people}})

    def shows(
        self, path: str, text: str, *, control: str = "public, max-age=0", status: int = 200, **headers: str
    ) -> None:
        """From now on this is at `path`."""

        async def view(request: web.Request) -> web.Response:
            return web.Response(
                text=text, status=status, headers={"Cache-Control": control, "Vary": "Accept", **headers}
            )

        self.views[path] = view

    # What it says

    def sign(self, method: str, path: str, body: bytes, **other: Any) -> dict[str, str]:
        """Headers of a message to the Resolver; `other` has what differs from an honest one."""
        self.sequence = max(self.sequence + 1, time.time_ns() // 1000)
        key_id = key_id_of(other.get("origin", self.origin))
        key = keys.private_key(key_id, other.get("key", self.private))
        url = other.get("base", BASE) + path
        return signed(method, url, body, key_id=key_id, key=key, sequence=other.get("sequence", self.sequence))

    async def say(self, path: str, payload: Any = None, *, method: str = "POST", **other: Any) -> Said:
        """Send a signed message below `/internal/v1`; the answer."""
        assert self.domain is not None
        path, body = f"/internal/v1{path}", b"" if payload is None else json.dumps(payload).encode()
        headers = self.sign(method, path, body, **other) | {"X-Forwarded-For": f"198.51.100.{self.number}"}
        return await self.domain.ask(method, path, headers=headers, body=body)

    async def introduce(self, **other: Any) -> Said:
        said = {"origin": self.origin, "version": "1.0", "software": "archypix", "key": self.multibase}
        return await self.say("/backends", said | other.pop("says", {}), **other)

    async def beat(self, **figures: Any) -> Said:
        return await self.say("/heartbeats", {"users": 1, "healthy": True, "accepting": True} | figures)

    async def claim(self, *names: str) -> Said:
        return await self.say("/names", {"names": list(names)})

    async def has(self, *names: str) -> None:
        """These people live here from now on."""
        self.people |= dict.fromkeys(names, "active")
        said = await self.claim(*names)
        assert said.status == 200, said.body
        assert set(said.json["results"].values()) == {"yours"}, said.body


@dataclass
class Domain:
    """The Resolver, and whoever may come."""

    app: Application
    database: Database
    url: str
    spare: list[FakeBackend]
    client: aiohttp.ClientSession

    async def ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes | None = None,
        host: str = "d.test",
    ) -> Said:  # fmt: skip
        """A request to the Resolver as it comes through the proxy before it."""
        sent = {"Host": host, **(headers or {})}
        where = yarl.URL(self.url + path, encoded=True)
        async with self.client.request(method, where, headers=sent, data=body, allow_redirects=False) as response:
            return Said(response.status, response.headers, await response.read())

    async def get(self, path: str, **headers: str) -> Said:
        return await self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    async def finger(self, who: str, more: str = "") -> Said:
        return await self.get(f"/.well-known/webfinger?resource={who}{more}")

    async def join(self, backend: FakeBackend) -> FakeBackend:
        """Have a server introduced, admitted and heard."""
        assert (await backend.introduce()).status == 202
        await self.admit(backend)
        said = await backend.beat()
        assert said.json["state"] == "admitted", said.body
        await self.app.ground.backends.load()
        return backend

    async def admit(self, backend: FakeBackend) -> None:
        """What an administrator decides after comparing fingerprints."""
        row = await self.row(backend)
        async with self.database.transaction() as connection:
            await self.app.ground.backends.admit(connection, row["id"], row["fingerprint"])
        await self.app.ground.backends.load()

    async def silence(self, backend: FakeBackend) -> None:
        """As if nothing had been heard of a backend for an hour."""
        await self.sql("UPDATE backends SET heard_at = now() - interval '1 hour' WHERE origin = $1", backend.origin)
        await self.app.ground.backends.load()

    async def row(self, backend: FakeBackend) -> Any:
        async with self.database.connection() as connection:
            return await connection.fetchrow("SELECT * FROM backends WHERE origin = $1", backend.origin)

    async def sql(self, statement: str, *values: Any) -> Any:
        async with self.database.connection() as connection:
            return await connection.fetchval(statement, *values)

    async def audited(self, action: str, backend: FakeBackend) -> int:
        """How many entries of the audit log say that this was done in a backend's name."""
        return int(
            await self.sql("SELECT count(*) FROM audit_log WHERE action = $1 AND subject = $2", action, backend.origin)
        )


@asynccontextmanager
async def open_domain(url: str, folder: Path, **more: Any) -> AsyncIterator[Domain]:
    """The Resolver of `d.test`, with servers that it could reach."""
    async with AsyncExitStack() as stack:
        spare = []
        for number in range(SPARE, 0, -1):
            spare.append(await FakeBackend(number).start())
            stack.push_async_callback(spare[-1].stop)
        places = ",".join(f"{one.origin}={one.url}" for one in spare)
        settings = load_settings(
            {}, data=folder, domain="d.test", backend_addresses=places, trusted_proxies="127.0.0.1", **more
        )
        database = await Database.open(url, size=10)
        stack.push_async_callback(database.close)
        listener = listen("127.0.0.1", 0)
        app = await stack.enter_async_context(
            application(settings, Endpoints(url, NO_CACHE), database, bytes(32), listener.getsockname()[1])
        )
        stop = asyncio.Event()
        http = begin(app.asgi, listener, stop)
        stack.push_async_callback(asyncio.wait, {http})
        stack.callback(stop.set)
        await stack.enter_async_context(running(app.loops))
        client = await stack.enter_async_context(
            aiohttp.ClientSession(auto_decompress=False, connector=aiohttp.TCPConnector(force_close=True))
        )
        domain = Domain(app, database, f"http://127.0.0.1:{listener.getsockname()[1]}", spare, client)
        for one in spare:
            one.domain = domain
        yield domain
