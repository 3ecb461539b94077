"""A cache of actors, and servers that have some."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from archypix.core.database import Database
from federation.outbound.client import Outbound, Signer
from federation.remote.service import RemoteActors
from tests.federation.outbound.conftest import database, memory, other, outbound, signer, wild
from tests.federation.outbound.wild import Wild
from tests.federation.remote.people import Bob

__all__ = ["database", "memory", "other", "outbound", "signer", "wild"]


@pytest_asyncio.fixture
async def actors(database: Database, outbound: Outbound, signer: Signer) -> AsyncIterator[RemoteActors]:
    """The cache of `https://own.test`."""
    cache = RemoteActors(database, outbound)

    async def sign() -> Signer:
        return signer

    cache.signer = sign
    yield cache
    await cache.close()


@pytest.fixture
def bob(wild: Wild) -> Bob:
    """Somebody at `wild.test`."""
    return Bob(wild)
