"""Nobody else in the code speaks HTTP to others: a guard that can be walked around guards nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("archypix", "federation", "resolver", "webdav", "workers")

# Whatever can open a connection to a host that somebody else names.
CLIENTS = (
    "aiohttp", "requests", "httpx", "urllib.request", "urllib3", "http.client", "pycurl", "treq", "websockets",
    "ftplib", "smtplib", "telnetlib", "socket.create_connection", "asyncio.open_connection", "aiobotocore",
    "botocore", "boto3",
    "xmlrpc.client", "urlopen", "aiohttp_client_cache", "curl_cffi",
)  # fmt: skip
# What is there for another reason, and reaches only what an administrator has set, or has started itself.
EXCEPTIONS = {
    "federation/outbound/": {"aiohttp"},
    "archypix/storage/": {"aiobotocore", "botocore", "aiohttp"},
    "resolver/reaching.py": {"aiohttp"},
    "workers/http.py": {"http.client"},
    "archypix/commands/demo.py": {"aiohttp"},
    "archypix/commands/demonstration/": {"aiohttp"},
}


def imported(source: str) -> Iterator[str]:
    """Every module and every name of a module that a source imports, and every dotted name that it calls."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call):
            yield ast.unparse(node.func)
            if ast.unparse(node.func) in ("__import__", "importlib.import_module", "import_module"):
                yield from (str(part.value) for part in node.args if isinstance(part, ast.Constant))


def clients_in(source: str) -> set[str]:
    """Which of the clients a source uses."""
    return {
        client for name in imported(source) for client in CLIENTS if name == client or name.startswith(f"{client}.")
    }


def allowed(path: str) -> set[str]:
    """The clients that a file may use."""
    return {client for place, clients in EXCEPTIONS.items() if path.startswith(place) for client in clients}


def test_only_the_outbound_client_opens_connections_to_others() -> None:
    found = {}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            path = file.relative_to(ROOT).as_posix()
            if used := clients_in(file.read_text("utf-8")) - allowed(path):
                found[path] = used
    assert found == {}


def test_this_test_sees_clients() -> None:
    for source in (
        "import aiohttp", "from aiohttp import ClientSession", "import requests as r",
        "from urllib.request import urlopen",        "def f():\n    import httpx",
        "import asyncio\nasyncio.open_connection('a', 80)", "from urllib import request",
        "import importlib\nimportlib.import_module('requests')", "import http.client",
    ):  # fmt: skip
        assert clients_in(source), source
    assert clients_in("import aiohttps; from federation.outbound.client import Outbound") == set()
