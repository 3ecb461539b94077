"""Stock WsgiDAV on a folder, as what our drives are measured against; prints its port, and ends with its input.

    python -m tests.benchmarks.webdav_reference FOLDER USER PASSWORD [--http hypercorn|wsgiref]

`hypercorn` is the HTTP server and event loop of our own server, with a2wsgi between, so that what differs is WebDAV
alone; `wsgiref` the one that WsgiDAV can use without any other package, in threads, with nothing between.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import socket
import sys
import threading
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import uvloop
from a2wsgi import WSGIMiddleware
from hypercorn.asyncio import serve
from hypercorn.config import Config
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

from archypix.commands.serve import listen

# What it comes with.
BLOCK = 8192


def application(folder: str, user: str, password: str, block: int) -> Any:
    """WsgiDAV as it comes; `block` is how many bytes it reads and writes at a time."""
    return WsgiDAVApp(
        {
            "provider_mapping": {"/": FilesystemProvider(folder)},
            "simple_dc": {"user_mapping": {"*": {user: {"password": password}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "block_size": block,
            "logging": {"enable": False},
            "verbose": 0,
        }
    )


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def with_wsgiref(app: Any) -> None:
    """Serve until the input ends."""
    server = make_server("127.0.0.1", 0, app, server_class=_Threads, handler_class=_Quiet)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


async def with_hypercorn(app: Any) -> None:
    """Serve until the input ends."""
    listener: socket.socket = listen("127.0.0.1", 0)
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 600
    config.accesslog = None
    config.errorlog = logging.getLogger("quiet")
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
    bound = socket.socket(fileno=int(config.bind[0][5:]))
    print(bound.getsockname()[1], flush=True)
    bound.detach()
    await serve(WSGIMiddleware(app), config, mode="asgi", shutdown_trigger=ended.wait)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("user")
    parser.add_argument("password")
    parser.add_argument("--block", type=int, default=BLOCK)
    parser.add_argument("--http", choices=("hypercorn", "wsgiref"), default="hypercorn")
    arguments = parser.parse_args()
    logging.getLogger("wsgidav").setLevel(logging.CRITICAL)
    app = application(arguments.folder, arguments.user, arguments.password, arguments.block)
    if arguments.http == "wsgiref":
        with_wsgiref(app)
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(with_hypercorn(app))


if __name__ == "__main__":
    main()
