"""A server that says anything: each path is a piece of bytes, or a coroutine that writes what and when it likes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias

ACTIVITY = "application/activity+json"


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def kind(self) -> str | None:
        """Which kind of signature it has."""
        if "signature" not in self.headers:
            return None
        return "rfc9421" if "signature-input" in self.headers else "cavage"


Script: TypeAlias = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]
Reply: TypeAlias = bytes | Script | Callable[[Seen], bytes]


def answer(status: int = 200, body: bytes = b"", content_type: str | None = ACTIVITY, **headers: str) -> bytes:
    """An ordinary answer; keywords are headers, `_` for `-`."""
    lines = {"Content-Length": str(len(body)), "Connection": "close"}
    if content_type is not None:
        lines["Content-Type"] = content_type
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value != "")
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{head}\r\n".encode() + body


def document(data: Any, content_type: str = ACTIVITY, **headers: str) -> bytes:
    """A document."""
    return answer(200, json.dumps(data).encode(), content_type, **headers)


def redirect(to: str, status: int = 302) -> bytes:
    """A redirect."""
    return answer(status, Location=to)


@dataclass
class Wild:
    """The server: `paths` say what it answers, `seen` what it was asked."""

    port: int
    paths: dict[str, Reply] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    # Once its connections end, by themselves or by the other side.
    left: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def seen_at(self, path: str) -> list[Seen]:
        """The requests for one path."""
        return [one for one in self.seen if one.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        self.connections += 1
        self.left.clear()
        try:
            seen = await _request(reader)
            self.seen.append(seen)
            reply = self.paths.get(seen.path, answer(404))
            if not isinstance(reply, bytes):
                reply = reply(seen) if not asyncio.iscoroutinefunction(reply) else await reply(seen, writer) or b""
            writer.write(reply)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.left.set()


async def _request(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(method, target, headers, body)


@asynccontextmanager
async def wild_server() -> AsyncIterator[Wild]:
    """One on a free port of loopback, for the time of a block."""
    wild = Wild(0)
    server = await asyncio.start_server(wild.serve, "127.0.0.1", 0, limit=1 << 20)
    wild.port = server.sockets[0].getsockname()[1]
    try:
        yield wild
    finally:
        server.close()
