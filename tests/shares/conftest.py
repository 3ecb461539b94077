"""A street on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.shares.street import Street, open_street


@pytest_asyncio.fixture
async def street(database_url: str) -> AsyncIterator[Street]:
    """Alice and Bob, nothing shared."""
    async with open_street(database_url) as street:
        yield street
