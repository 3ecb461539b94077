"""A village for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.federation.moving.village import Village, open_village


@pytest_asyncio.fixture
async def village(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Village]:
    """A backend on a fresh database."""
    async with open_village(database_url, redis_url, tmp_path / "data") as made:
        yield made
