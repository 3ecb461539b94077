"""A site whose actors strangers look at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.federation.actors.stranger import Stranger
from tests.uploads.site import Person, Site, open_site


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A server that is `https://a.test` to others."""
    async with open_site(database_url, redis_url, tmp_path / "data", domain="a.test") as site:
        yield site


@pytest_asyncio.fixture
async def alice(site: Site) -> Person:
    """Somebody others look at."""
    return await site.person("alice")


@pytest_asyncio.fixture
async def stranger(site: Site) -> Stranger:
    """Another server, that asks."""
    return Stranger(site)
