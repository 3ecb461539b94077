"""Servers that make accounts as the protocol between a Resolver and its backends says, and little else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from archypix.core import clock
from federation.signatures.models import PublicKey
from federation.signatures.mutual import checked

ACCOUNTS = "/internal/v1/domain/accounts"
Behaviour = Callable[[str, dict[str, Any]], Awaitable[web.Response | None]]


def problem(status: int, code: str, detail: str, **more: Any) -> web.Response:
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **more}
    return web.json_response(body, status=status, content_type="application/problem+json")


@dataclass
class Peer:
    """One of them. `before_making` may answer in its stead, wait, or break."""

    origin: str
    key: PublicKey | None = None
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)
    active: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refuses_activation: bool = False
    forgets: int = 0
    before_making: Behaviour | None = None
    at_once: int = 0
    most_at_once: int = 0
    url: str = ""
    _runner: web.AppRunner | None = None

    async def start(self) -> Peer:
        app = web.Application()
        app.router.add_post(ACCOUNTS, self._make)
        app.router.add_post(ACCOUNTS + "/{name}/activate", self._activate)
        app.router.add_delete(ACCOUNTS + "/{name}", self._delete)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _heard(self, request: web.Request) -> bytes:
        body = await request.read()
        self.asked.append((request.method, request.path))
        assert self.key is not None
        checked(
            request.method, f"{self.origin}{request.path}", list(request.headers.items()), body, key=self.key,
            now=clock.now(),
        )  # fmt: skip
        return body

    async def _make(self, request: web.Request) -> web.Response:
        await self._heard(request)
        said = await request.json()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.before_making is not None and (answer := await self.before_making(said["name"], said)) is not None:
                return answer
            await asyncio.sleep(0.002)
        finally:
            self.at_once -= 1
        name = said["name"]
        if name in self.active or name in self.pending:
            return problem(409, "name_taken", "Taken here.")
        self.pending[name] = said
        return web.json_response({"state": "pending"}, status=201)

    async def _activate(self, request: web.Request) -> web.Response:
        await self._heard(request)
        name = request.match_info["name"]
        if self.forgets:
            self.forgets -= 1
            self.pending.pop(name)
        if self.refuses_activation:
            return problem(503, "unavailable", "Not now.")
        if name in self.pending:
            self.active[name] = self.pending.pop(name)
        return web.Response(status=204) if name in self.active else problem(404, "not_found", "Nobody.")

    async def _delete(self, request: web.Request) -> web.Response:
        await self._heard(request)
        gone = self.pending.pop(request.match_info["name"], None)
        return web.Response(status=204) if gone is not None else problem(409, "conflict", "Not pending.")
