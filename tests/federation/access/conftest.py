"""Two servers for a test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio

from federation.access import archives, asking
from tests.embedded import TEMPLATE
from tests.federation.access.houses import Street, open_street


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stands still for a moment is not taken for offline."""
    monkeypatch.setattr(asking, "LONGEST", 60.0)
    monkeypatch.setattr(archives, "LONGEST", 60.0)


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
