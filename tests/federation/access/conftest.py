"""Two servers for a test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest_asyncio

from tests.embedded import TEMPLATE
from tests.federation.access.houses import Street, open_street


@pytest_asyncio.fixture
async def second_database_url(_admin: asyncpg.Connection, _services: dict[str, str]) -> AsyncIterator[str]:
    """A fresh database beside that of `database_url`."""
    name = f"second_{os.getpid()}"
    await _admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER archypix STRATEGY file_copy")
    parts = urlsplit(_services["postgres"])
    yield urlunsplit(parts._replace(netloc="archypix@", path=f"/{name}"))
    await _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture
async def street(database_url: str, second_database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    """alice's server and bob's."""
    async with open_street([database_url, second_database_url], redis_url, tmp_path) as street:
        yield street
