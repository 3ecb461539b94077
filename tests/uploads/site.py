"""A whole server in this process, listening on a free port, with people who call it and workers as real processes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from hypercorn.asyncio import serve
from hypercorn.config import Config
from yarl import URL

from archypix.accounts.administration import AdministrationService
from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.passwords import Passwords
from archypix.accounts.tokens import TokenService
from archypix.core.database import Database
from archypix.core.loops import running
from archypix.core.runtime.services import Endpoints
from archypix.core.secrets import derive
from archypix.core.settings import load_settings
from archypix.health.consistency import Consistency
from archypix.jobs.service import JobService
from archypix.pictures.blobs import BlobSweeper
from archypix.pictures.trash import TrashService
from archypix.server.assembly import Application, application
from archypix.server.ground import worker_secret
from archypix.storage.factory import open_storage
from archypix.storage.interface import Storage
from archypix.tags.service import TagService
from archypix.tags.trees import TagTrees
from archypix.uploads.ingest import IngestService
from archypix.uploads.service import UploadService
from tests.rig import commands

MASTER = bytes(range(32))


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Person:
    """Somebody with an account, and a program of theirs that has a token."""

    site: Site
    name: str
    id: int
    token: str

    async def call(self, method: str, path: str, **keywords: Any) -> Answer:
        """A request to the API, or with `/files/…` to wherever an address leads; redirects are not followed."""
        url = (
            path
            if path.startswith("http")
            else self.site.url + ("" if path.startswith("/files/") else "/api/v1") + path
        )
        headers = dict(keywords.pop("headers", {}))
        if "/files/" not in url:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        async with self.site.client.request(
            method, url, headers=headers, allow_redirects=False, **keywords
        ) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET that succeeds."""
        answer = await self.call("GET", path, params=query)
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json

    async def send(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """The JSON of a call that answers with `status`."""
        answer = await self.call(method, path, json=body)
        assert answer.status == status, (answer.status, answer.body)
        return answer.json if answer.body else None

    async def upload(self, content: bytes, name: str = "a.jpg", **fields: str) -> Answer:
        """One file as a multipart form."""
        form = aiohttp.FormData(quote_fields=False)
        for field_name, value in fields.items():
            form.add_field(field_name, value)
        form.add_field("file", content, filename=name)
        return await self.call("POST", "/pictures", data=form)

    async def usage(self) -> dict[str, int]:
        """What the account stores."""
        usage: dict[str, int] = await self.get("/account/usage")
        return usage

    async def download(self, picture_id: str, **query: Any) -> bytes:
        """A picture's file, through its signed address."""
        answer = await self.call("GET", f"/pictures/{picture_id}/file", params=query)
        assert answer.status == 302, answer.body
        file = await self.call("GET", answer.headers["Location"])
        assert file.status == 200, file.body
        return file.body

    async def until(self, picture_id: str, *states: str, within: float = 60.0) -> Any:
        """The picture, once it is in one of these states."""
        async with asyncio.timeout(within):
            while True:
                picture = await self.get(f"/pictures/{picture_id}")
                if picture["state"] in states:
                    return picture
                await asyncio.sleep(0.05)


@dataclass
class Site:
    """The server, and what tests look at behind its back."""

    app: Application
    url: str
    endpoints: Endpoints
    database: Database
    storage: Storage
    folder: Path
    secret: str
    client: aiohttp.ClientSession
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        trees = TagTrees()
        tags = TagService(self.database, trees)
        self.ingest = IngestService(self.database, self.storage, tags, max_file_size=1 << 30)
        self.uploads = UploadService(self.database, self.storage, tags, self.ingest)
        self.trash = TrashService(self.database, trees, default_days=30)
        self.blobs = BlobSweeper(self.database, self.storage)

    def service(self, kind: type[Any]) -> Any:
        """A service of the running application."""
        return self.app.quart.extensions["archypix"][kind]

    @property
    def jobs(self) -> JobService:
        service: JobService = self.service(JobService)
        return service

    async def person(self, name: str, *, quota: int | None = None) -> Person:
        """A new account with a token that may do everything."""
        passwords = Passwords(memory_kib=8, passes=1)
        await AdministrationService(self.database, passwords).create(COMMAND_LINE, name, password=None, is_admin=False)
        passwords.close()
        _, token = await TokenService(self.database).create_for(COMMAND_LINE, name, name="test", scopes=None, days=None)
        identifier = await self.sql("SELECT id FROM accounts WHERE name = $1", name)
        await self.sql("UPDATE libraries SET quota_bytes = $2 WHERE account_id = $1", identifier, quota)
        person = Person(self, name, identifier, token)
        self.people[name] = person
        return person

    async def sql(self, statement: str, *values: Any) -> Any:
        """The first value that a statement returns."""
        async with self.database.connection() as connection:
            return await connection.fetchval(statement, *values)

    async def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """The rows that a statement returns."""
        async with self.database.connection() as connection:
            return [dict(row) for row in await connection.fetch(statement, *values)]

    async def findings(self, *, deep: bool = True) -> list[str]:
        """What `doctor` finds; nothing, if all is well."""
        checks = Consistency(self.database, self.storage).findings(deep=deep)
        return [f"{finding.kind}: {finding.subject}: {finding.detail}" async for finding in checks]

    def objects(self) -> set[str]:
        """Every file that lies in storage, staging included."""
        root = self.folder / "files"
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.name != ".lock"}

    def originals(self) -> set[str]:
        """Keys of the originals in storage."""
        return {name for name in self.objects() if name.startswith("blobs/")}

    async def settle(self) -> None:
        """Do what the loops would do about blobs and uploads."""
        await self.blobs.sweep_stale()
        await self.blobs.sweep_condemned()
        await self.uploads.sweep_expired()

    @asynccontextmanager
    async def worker(self, label: str | None = None) -> AsyncIterator[WorkerProcess]:
        """A media worker for the time of a block; it must stop cleanly."""
        worker = WorkerProcess(self, label or f"test-{uuid4().hex[:8]}")
        await worker.start()
        try:
            yield worker
        finally:
            status = await worker.stop()
        assert status == 0, worker.said()


class WorkerProcess:
    """`archypix worker` as a process of its own: a fork of one that has the program loaded, or `anew`, as everybody
    starts it. A machine has one of a name, and other tests run on it too: `label` is what it is called on its site."""

    def __init__(self, site: Site, label: str, server_url: str | None = None, *, anew: bool = False) -> None:
        self.site = site
        self.label = label
        self.name = f"{label}-{URL(site.url).port}"
        self.server_url = server_url or site.url
        self.process: subprocess.Popen[bytes] | commands.Process | None = None
        self._anew = anew

    async def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ARCHYPIX_")} | {
            "ARCHYPIX_SERVER_URL": self.server_url,
            "ARCHYPIX_REDIS_URL": self.site.endpoints.redis_url,
            "ARCHYPIX_WORKER_SECRET": self.site.secret,
        }
        self.log = (self.site.folder / f"{self.name}.log").open("ab")
        words = ["worker", "--name", self.name, "--data", str(self.site.folder / "worker")]
        self.process = await asyncio.to_thread(self._begin, words, environment)

    def _begin(self, words: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes] | commands.Process:
        if not self._anew:
            return commands.start(words, env=environment, log=self.log)
        whole = [sys.executable, "-m", "archypix.cli", *words]
        return subprocess.Popen(whole, env=environment, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    async def kill(self) -> None:
        """As the kernel's memory killer would."""
        assert self.process is not None
        self.process.kill()
        await self.ended()

    async def stop(self, within: float = 30.0) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.terminate()
        async with asyncio.timeout(within):
            return await self.ended()

    async def ended(self) -> int:
        """The exit status, once there is one."""
        assert self.process is not None
        while (status := self.process.poll()) is None:
            await asyncio.sleep(0.01)
        return status

    def said(self) -> str:
        """Its log so far."""
        return (self.site.folder / f"{self.name}.log").read_text()


@asynccontextmanager
async def open_site(database_url: str, redis_url: str, folder: Path, **settings: Any) -> AsyncIterator[Site]:
    """A server on a fresh database, with all its loops; without the web application, whose files take long to read."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    listener.setblocking(False)
    port = int(listener.getsockname()[1])
    folder.mkdir(parents=True, exist_ok=True)
    configured = load_settings({}, data=folder, **{"web_dist": folder / "unbuilt"} | settings)
    endpoints = Endpoints(database_url, redis_url)
    async with AsyncExitStack() as stack:
        database = await Database.open(database_url, size=6)
        stack.push_async_callback(database.close)
        app = await stack.enter_async_context(application(configured, endpoints, database, MASTER, port))
        storage = open_storage(configured, derive(MASTER, "files"))
        await storage.start()
        stack.push_async_callback(storage.stop)
        config = Config()
        config.bind = [f"fd://{listener.detach()}"]
        config.graceful_timeout = config.shutdown_timeout = 1.0
        config.accesslog = config.errorlog = None
        stop = asyncio.Event()
        http = asyncio.create_task(serve(app.asgi, config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
        await stack.enter_async_context(running(app.loops))
        client = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(120), auto_decompress=False)
        )
        try:
            yield Site(
                app, f"http://127.0.0.1:{port}", endpoints, database, storage, folder,
                worker_secret(configured, MASTER), client,
            )  # fmt: skip
        finally:
            app.stopping()
            stop.set()
            await asyncio.wait({http}, timeout=3)
            http.cancel()


def photo(seed: int = 0, size: int = 20_000) -> bytes:
    """Bytes that begin like a JPEG and differ by `seed`; no decoder can make anything of them."""
    block = hashlib.sha512(str(seed).encode()).digest()
    return b"\xff\xd8\xff\xe0" + (block * (size // len(block) + 1))[: size - 4]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def as_uuid(text: str) -> UUID:
    return UUID(text)
