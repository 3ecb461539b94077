"""`archypix serve`: embedded services, HTTP server, loops and workers in one command, until SIGTERM."""

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
from archypix.core.loops import running
from archypix.core.runtime.processes import Command
from archypix.core.runtime.services import Runtime, serving
from archypix.core.runtime.supervisor import Child
from archypix.core.secrets import master_secret
from archypix.core.settings import Settings
from archypix.server.assembly import Application, application
from archypix.server.ground import worker_secret

logger = logging.getLogger(__name__)

SETTINGS = ("host", "port", "workers")
# The whole stop takes under 5 seconds: answers may end first, then workers and embedded services.
CHILDREN_END_WITHIN = 2.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("--host", metavar="H", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="N", help="port to listen on (default 8000; 0 takes a free one)")
    parser.add_argument("--workers", type=int, metavar="N", help="media workers (default: one for each core)")
    parser.add_argument("--no-workers", action="store_const", const=0, dest="workers", help="run no media workers here")


def run(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Serve until SIGTERM or SIGINT; 0 after a clean stop."""
    logs.configure(settings.log_level, settings.log_format)
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
    port = int(listener.getsockname()[1])
    _warn_of_test_settings(settings)
    async with serving(settings, stop=stop, stop_within=CHILDREN_END_WITHIN) as runtime:
        for name in await migrate(runtime.endpoints.database_url):
            logger.info("database: applied %s", name)
        database = await Database.open(runtime.endpoints.database_url, size=settings.database_pool)
        try:
            master = await master_secret(settings, runtime.data, database)
            async with application(settings, runtime.endpoints, database, master, port) as app:
                await _answer(settings, runtime, app, listener, master, stop)
        finally:
            await database.close(within=0.5)
        logger.info("stopped")
    return 0


async def _answer(
    settings: Settings, runtime: Runtime, app: Application, listener: socket.socket, master: bytes, stop: asyncio.Event
) -> None:
    port = int(listener.getsockname()[1])
    http = begin(app.asgi, listener, stop)
    # What is there by now stays to the end: each long list would have the collector look through all of it again.
    gc.collect()
    gc.freeze()
    async with running(app.loops):
        await runtime.supervisor.start(*_workers(settings, runtime, master, port))
        print(f"listening on http://{shown(settings.host)}:{port}", flush=True)
        if link := await app.setup_link():
            print(f"make the administrator: {link}", flush=True)
        await end(http, stop, app.stopping)
    if http.done() and not http.cancelled() and (error := http.exception()):
        raise error


def _workers(settings: Settings, runtime: Runtime, master: bytes, port: int) -> list[Child]:
    """Media workers as children; secrets reach them by environment, which only their owner can read."""
    host = "127.0.0.1" if settings.host in ("", "0.0.0.0", "::") else settings.host  # noqa: S104
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARCHYPIX_")} | {
        "ARCHYPIX_SERVER_URL": f"http://{shown(host)}:{port}",
        "ARCHYPIX_REDIS_URL": runtime.endpoints.redis_url,
        "ARCHYPIX_WORKER_SECRET": worker_secret(settings, master),
        "ARCHYPIX_LOG_LEVEL": settings.log_level,
        "ARCHYPIX_LOG_FORMAT": settings.log_format,
    }
    name = f"{socket.gethostname()}-{port}"
    return [
        Child(
            name=f"worker {number}",
            command=Command(
                [
                    sys.executable,
                    "-m",
                    "archypix.cli",
                    "worker",
                    "--name",
                    f"{name}-{number}",
                    "--data",
                    str(settings.data),
                ],
                env=environment,
                inherit_output=True,
            ),
        )
        for number in range(1, settings.workers + 1)
    ]


def _warn_of_test_settings(settings: Settings) -> None:
    if settings.federation_allow_loopback or settings.federation_host_map:
        logger.warning("TEST SETTINGS ARE ON: other servers may be reached over plain http and on loopback")
