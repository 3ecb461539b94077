"""The house that tests of accounts visit."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from archypix.accounts import last_used
from tests.accounts.house import House, open_house


@pytest.fixture
async def house(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """An application with closed registration, on plain http; it writes times of last use when it ends."""
    monkeypatch.setattr(last_used, "GATHER_SECONDS", 600.0)
    async with open_house(database_url, redis_url) as house:
        yield house
