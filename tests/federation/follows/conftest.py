"""A village, and what lies around it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from federation.actors.models import LocalActor
from tests.federation.follows.village import Village, World, open_world


@pytest_asyncio.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Our people, and other servers."""
    async with open_world(database_url) as world:
        yield world


@pytest_asyncio.fixture
async def village(world: World) -> Village:
    """Our side."""
    return world.village


@pytest_asyncio.fixture
async def alice(village: Village) -> LocalActor:
    """Somebody here."""
    return await village.person("alice")
