"""A town for a test of its own, and one that all cases of a file share because none of them may change it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio
import redis

from tests.embedded import CACHES, TEMPLATE
from tests.federation.inbox.town import Town, open_town


@pytest_asyncio.fixture
async def town(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A server on a fresh database."""
    async with open_town(database_url, redis_url, tmp_path / "data") as town:
        yield town


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def calm_town(
    _admin: asyncpg.Connection,
    _services: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Town]:
    """One server for all tests of a module."""
    name = f"town_{os.getpid()}_{request.module.__name__.rpartition('.')[2]}"
    await _admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER archypix STRATEGY file_copy")
    parts = urlsplit(_services["postgres"])
    url = urlunsplit(parts._replace(netloc="archypix@", path=f"/{name}"))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    cache = f"{_services['valkey']}?db={int(worker) % CACHES}"
    with redis.Redis.from_url(cache) as client:
        client.flushdb()
    folder: Path = tmp_path_factory.mktemp("town")
    async with open_town(
        url, cache, folder / "data", federation_host_rate=100_000, federation_actor_rate=100_000
    ) as town:
        town.inbox._limits._rates = type(town.inbox._limits._rates)(100_000, 100_000, 100_000)
        yield town
    await _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
