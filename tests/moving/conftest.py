"""Two backends for the tests of moves, with new people for each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from tests.moving.houses import Street, open_street


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def street(
    _admin: asyncpg.Connection, _services: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Street]:
    """Two backends that people move between."""
    async with open_street(_admin, _services, tmp_path_factory.mktemp("street")) as found:
        yield found
