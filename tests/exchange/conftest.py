"""Servers, and people there: one who has something of everything, and one who has only some pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from tests.exchange.home import Export, Home, settle_in
from tests.federation.sharing.houses import open_houses
from tests.uploads.site import Site, open_site


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A running server on a fresh database."""
    async with open_site(database_url, redis_url, tmp_path / "data") as site:
        yield site


@pytest_asyncio.fixture
async def home(site: Site) -> Home:
    """Alice and some pictures, for tests that change something."""
    home = Home(site, await site.person("alice"), await site.person("bob"))
    for seed, name in enumerate(("goats.jpg", "GOATS.jpg", "CON.jpg"), 1):
        await home.add(name, seed, "/Travel")
    await home.alice.send("PATCH", f"/pictures/{home.pictures['goats.jpg']}", {"captured_at": "2019-07-02T10:11:12"})
    return home


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def whole(
    _admin: asyncpg.Connection, _services: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Home]:
    """Alice and all that is hers, for tests that only read it."""
    async with open_houses(_admin, _services, tmp_path_factory.mktemp("houses"), 1) as (house,):
        yield await settle_in(house.site)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def export(whole: Home, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """What Alice exports, the trash included."""
    return await whole.export(tmp_path_factory.mktemp("export") / "out", "--trash")
