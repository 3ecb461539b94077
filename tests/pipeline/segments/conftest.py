"""A bare connection: segmentations need no tables."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def postgres_connection(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database without our tables."""
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()
