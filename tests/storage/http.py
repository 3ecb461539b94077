"""The files app as clients meet it: under Hypercorn on a free port, or called as an ASGI app."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from archypix.storage.files_app import FilesApp


@asynccontextmanager
async def serving(app: FilesApp) -> AsyncIterator[str]:
    """Serve the app for the time of a block; its origin."""
    listener = socket.create_server(("127.0.0.1", 0))
    host, port = listener.getsockname()
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.accesslog = None
    config.errorlog = None
    config.graceful_timeout = 0.2
    stop = asyncio.Event()
    task = asyncio.create_task(serve(_http_only(app), config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
    try:
        yield f"http://{host}:{port}"
    finally:
        app.stop()
        stop.set()
        await task


def _http_only(app: FilesApp) -> Any:
    async def entry(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await app(scope, receive, send)
            return
        while (message := await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": f"{message['type']}.complete"})

    return entry


@dataclass
class Answer:
    """What an ASGI app answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    whole: bool = False


async def call(
    app: FilesApp, method: str, url: str, *, headers: dict[str, str] | None = None, body: bytes = b""
) -> Answer:
    """One request to the app, without a network."""
    path, _, query = url.partition("?")
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])
    answer = Answer()

    async def receive() -> dict[str, Any]:
        message = next(messages, None)
        if message is None:
            await asyncio.Event().wait()
        assert message is not None
        return message

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")
            answer.whole = not message.get("more_body", False)

    await app(scope_of(method, path, query, headers or {}), receive, send)
    return answer


def scope_of(method: str, path: str, query: str, headers: dict[str, str]) -> dict[str, Any]:
    """The scope of a request."""
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
