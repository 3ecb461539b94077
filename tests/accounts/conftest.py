"""The house that tests of accounts visit."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.accounts.house import House, open_house


@pytest.fixture
async def house(database_url: str, redis_url: str) -> AsyncIterator[House]:
    """An application with closed registration, on plain http."""
    async with open_house(database_url, redis_url) as house:
        yield house
