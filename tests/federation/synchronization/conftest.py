"""A server with its neighbours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.federation.inbox.town import Town, open_town


@pytest.fixture
async def town(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(database_url, redis_url, tmp_path / "data") as opened:
        yield opened
