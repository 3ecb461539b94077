"""A village, and what lies around it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from federation.actors.models import LocalActor
from federation.remote.models import RemoteActor
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


@pytest_asyncio.fixture
async def bob(world: World, alice: LocalActor) -> RemoteActor:
    """A photographer whom Alice follows."""
    bob = await world.wild.person("bob")
    await world.village.we_follow(alice, bob)
    return bob


@pytest_asyncio.fixture
async def group(world: World, alice: LocalActor) -> RemoteActor:
    """A group that Alice follows."""
    group = await world.other.person("hills", type="Group")
    await world.village.we_follow(alice, group)
    return group
