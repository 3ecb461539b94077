"""What all commands that answer over HTTP have in common: the listening socket, and how Hypercorn behaves on it."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from archypix.commands import patience
from archypix.core.errors import StartupError
from archypix.gate.middleware import AsgiApp

# What is under way when a server ends may still be answered for so long.
ANSWERS_END_WITHIN = 1.5


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; `StartupError` says plainly when the address is taken or not ours."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        raise StartupError(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
    listener.setblocking(False)
    return listener


def shown(host: str) -> str:
    """A host as it stands in addresses."""
    return f"[{host}]" if ":" in host else host


def begin(app: AsgiApp, listener: socket.socket, stop: asyncio.Event) -> asyncio.Task[None]:
    """Answer on `listener` until `stop` is set, and a moment longer."""
    patience.install()
    return asyncio.create_task(hypercorn_serve(app, _hypercorn(listener), shutdown_trigger=stop.wait))


async def end(http: asyncio.Task[None], stop: asyncio.Event, stopping: Callable[[], None]) -> None:
    """Wait until `stop` is set, or answering has ended by itself; then let answers under way end."""
    ended = asyncio.create_task(stop.wait())
    await asyncio.wait({http, ended}, return_when=asyncio.FIRST_COMPLETED)
    logging.getLogger("archypix").info("stopping")
    stopping()
    stop.set()
    await asyncio.wait({http}, timeout=ANSWERS_END_WITHIN)
    http.cancel()
    await asyncio.wait({http}, timeout=0.5)


def _hypercorn(listener: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{os.dup(listener.fileno())}"]
    config.graceful_timeout = ANSWERS_END_WITHIN
    config.shutdown_timeout = ANSWERS_END_WITHIN
    config.keep_alive_timeout = 75
    config.include_server_header = False
    config.h11_max_incomplete_size = 32 << 10
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    return config
