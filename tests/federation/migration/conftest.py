"""Three servers for stories of moves, with new people for each story."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from tests.federation.sharing.houses import House, open_houses


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def houses(
    _admin: asyncpg.Connection, _services: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[list[House]]:
    """Three servers that know each other."""
    async with open_houses(_admin, _services, tmp_path_factory.mktemp("houses"), 3) as found:
        yield found
