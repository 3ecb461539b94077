"""Fixtures of the tests of kept searches and suggestions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.uploads.site import Person, Site, open_site


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A running server on a fresh database."""
    async with open_site(database_url, redis_url, tmp_path / "data") as site:
        yield site


@pytest_asyncio.fixture
async def alice(site: Site) -> Person:
    """Somebody with a library."""
    return await site.person("alice")


@pytest_asyncio.fixture
async def bob(site: Site) -> Person:
    """Somebody else."""
    return await site.person("bob")
