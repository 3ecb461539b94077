"""A client of ours, and servers that misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from archypix.core.database import Database
from federation.outbound.client import Outbound, Signer
from federation.outbound.memory import HostMemory
from federation.signatures.keys import generate_rsa, private_key
from tests.federation.outbound.wild import Wild, wild_server

KEY_ID = "https://own.test/actor#main-key"
_key = generate_rsa()


@pytest.fixture
def signer() -> Signer:
    """The key of our instance actor."""
    return Signer(private_key(KEY_ID, _key))


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A pool on this test's database."""
    database = await Database.open(database_url, size=4)
    yield database
    await database.close()


@pytest_asyncio.fixture
async def wild() -> AsyncIterator[Wild]:
    """The server that is `wild.test`."""
    async with wild_server() as server:
        yield server


@pytest_asyncio.fixture
async def other() -> AsyncIterator[Wild]:
    """The server that is `other.test`."""
    async with wild_server() as server:
        yield server


@pytest.fixture
def memory(database: Database) -> HostMemory:
    """What is remembered of hosts."""
    return HostMemory(database)


@pytest_asyncio.fixture
async def outbound(memory: HostMemory, wild: Wild, other: Wild) -> AsyncIterator[Outbound]:
    """The client of a server that is `https://own.test`."""
    client = Outbound(
        memory=memory,
        own=lambda url: url.startswith("https://own.test/"),
        host_map={"wild.test": wild.url, "other.test": other.url, "own.test": wild.url},
        user_agent="Archypix (tests)",
    )
    await client.start()
    yield client
    await client.stop()
