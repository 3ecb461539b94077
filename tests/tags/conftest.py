"""Fixtures of the tests of tags."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.pictures.house import Gallery, open_gallery
from tests.pictures.shelf import Shelf, open_shelf


@pytest_asyncio.fixture
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    """A fresh library."""
    async with open_shelf(database_url) as shelf:
        yield shelf


@pytest_asyncio.fixture
async def gallery(database_url: str, redis_url: str) -> AsyncIterator[Gallery]:
    """A fresh library with an application before it."""
    async with open_gallery(database_url, redis_url) as gallery:
        yield gallery
