"""An office on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.federation.outbox.office import Office, open_office


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """Alice, and hosts `b.test` to `h.test` in one sink."""
    async with open_office(database_url) as office:
        yield office
