"""Fixtures of the tests of duplicates."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.duplicates.house import Twins, open_twins


@pytest_asyncio.fixture
async def twins(database_url: str, redis_url: str) -> AsyncIterator[Twins]:
    """Two fresh libraries with an application before them."""
    async with open_twins(database_url, redis_url) as twins:
        yield twins
