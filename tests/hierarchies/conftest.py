"""Fixtures of the tests of hierarchies."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.hierarchies.cabinet import Cabinet, open_cabinet


@pytest_asyncio.fixture
async def cabinet(database_url: str) -> AsyncIterator[Cabinet]:
    """A fresh library with its hierarchies."""
    async with open_cabinet(database_url) as cabinet:
        yield cabinet
