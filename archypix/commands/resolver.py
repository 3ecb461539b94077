"""`archypix resolver`: the Resolver of a domain of several backends, until SIGTERM; and tokens for administrators."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import socket
import sys

import uvloop

from archypix.commands.answering import begin, end, listen, shown
from archypix.core import logs
from archypix.core.database import Database, migrate
from archypix.core.errors import Invalid, NotFound
from archypix.core.loops import running
from archypix.core.runtime.services import services, serving
from archypix.core.secrets import master_secret
from archypix.core.settings import Settings
from resolver.administration.commanding import first_words, make_token
from resolver.assembly import application
from resolver.audit import COMMAND_LINE, record
from resolver.backends import store
from resolver.backends.service import Backends

logger = logging.getLogger(__name__)

SETTINGS = ("host", "port")
MIGRATIONS = "resolver"
CHILDREN_END_WITHIN = 2.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("--host", metavar="H", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="N", help="port to listen on (default 8000; 0 takes a free one)")
    parser.add_argument("--admit", metavar="ORIGIN", help="admit this backend (or `all` that wait) and end")
    parser.add_argument("words", nargs="*", metavar="token NAME", help="make a token for an administrator and end")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; 0 after a clean stop. With `token` or `--admit`: do that alone."""
    logs.configure(settings.log_level, settings.log_format)
    if arguments.words:
        return _token(arguments.words, settings)
    if arguments.admit:
        return asyncio.run(_admit(arguments.admit, settings))
    listener = listen(settings.host, settings.port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        status = runner.run(_serve(settings, listener))
    # A stalled client may still hold a thread or a socket; all that matters has been closed.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


async def _serve(settings: Settings, listener: socket.socket) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if settings.federation_allow_loopback or settings.federation_host_map:
        logger.warning("TEST SETTINGS ARE ON: backends may be reached over plain http and on loopback")
    async with serving(settings, stop=stop, stop_within=CHILDREN_END_WITHIN) as runtime:
        for name in await migrate(runtime.endpoints.database_url, MIGRATIONS):
            logger.info("database: applied %s", name)
        database = await Database.open(runtime.endpoints.database_url, size=settings.database_pool)
        try:
            master = await master_secret(settings, runtime.data, database)
            port = int(listener.getsockname()[1])
            async with application(settings, runtime.endpoints, database, master, port) as app:
                http = begin(app.asgi, listener, stop)
                gc.collect()
                gc.freeze()
                async with running(app.loops):
                    print(f"listening on http://{shown(settings.host)}:{port}", flush=True)
                    if words := await first_words(database):
                        print(words, flush=True)
                    await end(http, stop, app.stopping)
                if http.done() and not http.cancelled() and (error := http.exception()):
                    raise error
        finally:
            await database.close(within=0.5)
        logger.info("stopped")
    return 0


def _token(words: list[str], settings: Settings) -> int:
    if len(words) != 2 or words[0] != "token":
        raise Invalid("Say `archypix resolver token NAME`, or nothing to serve.")
    print(asyncio.run(make_token(settings, words[1])))
    return 0


async def _admit(origin: str, settings: Settings) -> int:
    """Admit one backend, or all that wait, and say under which keys."""
    async with services(settings) as endpoints:
        await migrate(endpoints.database_url, MIGRATIONS)
        database = await Database.open(endpoints.database_url, size=2)
        try:
            backends = Backends(database, heartbeat_seconds=settings.heartbeat_seconds)
            async with database.transaction() as connection:
                waiting = [
                    backend
                    for backend in await store.everyone(connection)
                    if (origin == "all" and backend.state == "pending") or backend.origin == origin
                ]
                if not waiting:
                    raise NotFound(f"No backend {origin} has introduced itself.")
                for backend in waiting:
                    await backends.admit(connection, backend.id, backend.fingerprint)
                    details = {"fingerprint": backend.fingerprint}
                    await record(connection, COMMAND_LINE, "backend.admitted", backend.origin, details)
                    print(f"{backend.origin} {backend.fingerprint}")
        finally:
            await database.close()
    return 0
