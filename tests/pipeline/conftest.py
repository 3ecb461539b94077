"""Fixtures of the tests of the pipeline."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.pipeline.desk import Desk, open_desk


@pytest_asyncio.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """A fresh library without services."""
    async with open_desk(database_url) as desk:
        yield desk
