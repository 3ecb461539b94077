"""The event stream: `GET /events` as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from quart import Blueprint, Response, request

from archypix.core.errors import ArchypixError
from archypix.events.service import EventService
from archypix.gate import policy
from archypix.gate.application import caller
from archypix.gate.context import use
from archypix.gate.requests import Doorkeeper

blueprint = Blueprint("events", __name__)
HEARTBEAT_SECONDS = 20.0


@blueprint.get("/events")
@policy.scope("events:read")
async def events() -> Response:
    """What happens in the caller's library, as `text/event-stream`.

    Starts with `hello`; `resync` means that something may have been missed and lists are to be read again. The stream
    ends when the session or token that opened it no longer holds.
    """
    body = _stream(use(EventService), use(Doorkeeper), dict(request.scope), caller().account_id)
    response = Response(
        body,
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
    response.timeout = None
    return response


async def _stream(
    service: EventService, doorkeeper: Doorkeeper, scope: Mapping[str, Any], account_id: int
) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    async with service.subscribe(account_id) as stream:
        yield b"retry: 2000\nevent: hello\ndata: {}\n\n"
        checked = clock()
        while True:
            try:
                event = await stream.next(within=HEARTBEAT_SECONDS)
                if event is None:
                    return
                yield b"event: " + event.kind.encode() + b"\ndata: " + event.data + b"\n\n"
            except TimeoutError:
                yield b": still here\n\n"
            if clock() - checked >= HEARTBEAT_SECONDS:
                checked = clock()
                if not await _still_holds(doorkeeper, scope):
                    return


async def _still_holds(doorkeeper: Doorkeeper, scope: Mapping[str, Any]) -> bool:
    """Whether the session or token that opened the stream is still good."""
    try:
        return await doorkeeper.identify(scope) is not None
    except ArchypixError:
        return False
