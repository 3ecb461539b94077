"""Other servers, all in one: they record what is posted to them under any name, and answer as they are told."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
from aiohttp import web

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Post:
    """One delivery as it came in."""

    host: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def inbox(self) -> str:
        return f"https://{self.host}{self.path}"

    @property
    def activity(self) -> dict[str, Any]:
        return dict(orjson.loads(self.body))


@dataclass
class Sink:
    """`posts` has everything that came, `taken` what was answered with 202. `answers` by host or inbox: statuses, used
    up one by one, the last one staying."""

    url: str
    posts: list[Post] = field(default_factory=list)
    taken: list[Post] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    # Hosts whose answers wait until the event is set.
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    # Seconds that a host takes to answer.
    slow: dict[str, float] = field(default_factory=dict)
    flying: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most_flying: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    came: asyncio.Condition = field(default_factory=asyncio.Condition)
    # What stands at addresses, for those who ask.
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    # What stands before `handle`, if anything.
    first: Handler | None = None

    async def handling(self, request: web.Request) -> web.StreamResponse:
        return await (self.first or self.handle)(request)

    async def handle(self, request: web.Request) -> web.Response:
        post = Post(request.headers["Host"], request.raw_path, dict(request.headers), await request.read())
        self.posts.append(post)
        self.flying[post.host] += 1
        self.most_flying[post.host] = max(self.most_flying[post.host], self.flying[post.host])
        try:
            if post.host in self.held:
                await self.held[post.host].wait()
            await asyncio.sleep(self.slow.get(post.host, 0.0))
        finally:
            self.flying[post.host] -= 1
        key = post.inbox if post.inbox in self.answers else post.host
        left = self.answers.get(key, [202])
        status = left.pop(0) if len(left) > 1 else left[0]
        if status == 202:
            self.taken.append(post)
        async with self.came:
            self.came.notify_all()
        return web.Response(status=status, headers=self.headers.get(key, {}), text=f"said {status}")

    async def show(self, request: web.Request) -> web.Response:
        """What stands at an address; 404 where there is nothing."""
        url = f"https://{request.headers['Host']}{request.raw_path}"
        self.asked.append(url)
        found = self.documents.get(url)
        if found is None:
            return web.Response(status=404)
        return web.Response(body=orjson.dumps(found), content_type="application/activity+json")

    async def until(self, count: int, *, host: str | None = None, within: float = 90.0) -> list[Post]:
        """What was taken (by `host`), once it is so many."""

        def found() -> list[Post]:
            return [post for post in self.taken if host in (None, post.host)]

        async with asyncio.timeout(within), self.came:
            await self.came.wait_for(lambda: len(found()) >= count)
        return found()

    async def until_asked(self, count: int, *, host: str, within: float = 90.0) -> None:
        """Return when so many posts to `host` have come and been answered."""
        async with asyncio.timeout(within), self.came:
            await self.came.wait_for(lambda: sum(post.host == host for post in self.posts) >= count)


@asynccontextmanager
async def open_sink() -> AsyncIterator[Sink]:
    """A sink on a free port of this machine."""
    sink = Sink("")
    server = web.AppRunner(_application(sink), access_log=None, shutdown_timeout=0.1)
    await server.setup()
    site = web.TCPSite(server, "127.0.0.1", 0)
    await site.start()
    sink.url = f"http://127.0.0.1:{server.addresses[0][1]}"
    try:
        yield sink
    finally:
        for event in sink.held.values():
            event.set()
        await server.cleanup()


def _application(sink: Sink) -> web.Application:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await sink.handling(request)

    application = web.Application()
    application.router.add_post("/{path:.*}", handle)
    application.router.add_get("/{path:.*}", sink.show)
    return application
