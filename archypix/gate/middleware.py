"""The outermost ASGI layer: request ids, access log, metrics, safe headers, and the way to raw apps beside Quart."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from archypix.core import metrics
from archypix.core.ids import new_id
from archypix.core.logs import request_id
from archypix.gate.problems import answer_for

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
# Quart, Hypercorn and our raw apps each have types of their own for the same three arguments.
AsgiApp: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]

logger = logging.getLogger("archypix.access")
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
DAV_METHODS = frozenset({"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) | DAV_METHODS
ROUTE = "archypix.route"
QUIET = ("/files/", "/internal/", "/inbox", "/access", "/.well-known/webfinger")
# The address of a public link is its key, however it is written and whatever follows.
SECRET = re.compile(r"[/.]*/l(/|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mount:
    """A raw ASGI app that takes requests whose method and path match; `route` names them in metrics."""

    methods: frozenset[str]
    path: re.Pattern[str]
    app: AsgiApp
    route: str


class Roof:
    """The ASGI application that the HTTP server runs."""

    def __init__(self, app: AsgiApp, mounts: list[Mount]) -> None:
        self._app = app
        self._mounts = mounts

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request; whatever an app raises before its answer starts becomes a problem document."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identifier = new_id().hex[-16:]
        token = request_id.set(identifier)
        exchange = _Exchange(send, identifier)
        app = self._route(scope)
        try:
            await app(scope, receive, exchange.send)
        except asyncio.CancelledError:
            exchange.status = exchange.status or 499
            raise
        except Exception as error:
            if exchange.status:
                # The answer has begun: breaking the connection is all that is left to say.
                logger.exception("broke off an answer")
                raise
            await exchange.problem(error)
        finally:
            exchange.record(scope)
            request_id.reset(token)

    def _route(self, scope: MutableMapping[str, Any]) -> AsgiApp:
        for mount in self._mounts:
            if scope["method"] in mount.methods and mount.path.match(scope["path"]):
                scope[ROUTE] = mount.route
                return mount.app
        return self._app


class _Exchange:
    """One request's answer on its way out: adds headers, notes the status, measures."""

    def __init__(self, send: Send, identifier: str) -> None:
        self._send = send
        self._identifier = identifier
        self._began = time.perf_counter()
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            present = {name.lower() for name, _ in headers}
            headers += [(name, value) for name, value in HEADERS if name not in present]
            headers.append((b"x-request-id", self._identifier.encode()))
            message = {**message, "headers": headers}
        await self._send(message)

    async def problem(self, error: Exception) -> None:
        status, headers, body = answer_for(error)
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        raw.append((b"content-length", str(len(body)).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})

    def record(self, scope: MutableMapping[str, Any]) -> None:
        """Count and log the exchange. Routes come from a fixed set, so strangers cannot invent metric labels."""
        seconds = time.perf_counter() - self._began
        route = scope.get(ROUTE, "unknown")
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        metrics.requests.labels(method, route, str(self.status)).inc()
        metrics.request_seconds.labels(method, route).observe(seconds)
        path = shown_path(scope)
        # A line for each thumbnail and each word with a worker or another server would bury those that people caused.
        level = logging.DEBUG if self.status < 400 and path.startswith(QUIET) else logging.INFO
        logger.log(
            level, "%s %s", method, path[:300], extra={"status": self.status, "milliseconds": round(seconds * 1000, 1)}
        )


def shown_path(scope: MutableMapping[str, Any]) -> str:
    """The path of a request as logs may have it: whoever reads them gets no right from it.

    Never the query string, which may hold a signature, and of public links that it was one. The raw path holds no
    control characters.
    """
    if SECRET.match(scope["path"]):
        return "/l/…"
    raw: bytes = scope["raw_path"]
    return raw.decode("ascii", "replace").partition("?")[0]
