"""A gallery on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.federation.collections.gallery import Gallery, open_gallery


@pytest_asyncio.fixture
async def gallery(database_url: str) -> AsyncIterator[Gallery]:
    """Alice's library, nothing in it."""
    async with open_gallery(database_url) as gallery:
        yield gallery
