"""Fixtures of the tests of links."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.uploads.site import Person, Site, open_site


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A running server on a fresh database. Guests come through a proxy that says where from."""
    async with open_site(
        database_url, redis_url, tmp_path / "data", trusted_proxies="127.0.0.1", default_quota=None
    ) as site:
        yield site


@pytest_asyncio.fixture
async def alice(site: Site) -> Person:
    """Somebody without a quota."""
    return await site.person("alice")


@pytest_asyncio.fixture
async def bob(site: Site) -> Person:
    """Somebody else."""
    return await site.person("bob")
