"""Fixtures of the tests of drives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.drives.den import Den, open_den
from tests.uploads.site import Site, open_site


@pytest_asyncio.fixture
async def den(database_url: str, tmp_path: Path) -> AsyncIterator[Den]:
    """The services of drives on a fresh database."""
    async with open_den(database_url, tmp_path) as den:
        yield den


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A running server on a fresh database."""
    async with open_site(database_url, redis_url, tmp_path / "data") as site:
        yield site
