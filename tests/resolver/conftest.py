"""A Resolver for each file of tests, and servers that speak to it as backends do."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio

from archypix.core.database import migrate
from tests.resolver.domain import Domain, FakeBackend, open_domain

_numbers = iter(range(1_000_000_000))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def resolver_url(_admin: asyncpg.Connection, postgres_url: str) -> AsyncIterator[str]:
    """Address of the database of a file's Resolver; dropped afterwards."""
    name = f"resolver_{os.getpid()}_{next(_numbers)}"
    await _admin.execute(f"CREATE DATABASE {name} OWNER archypix STRATEGY file_copy")
    url = urlunsplit(urlsplit(postgres_url)._replace(netloc="archypix@", path=f"/{name}"))
    await migrate(url, "resolver")
    yield url
    await _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def domain(resolver_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Domain]:
    """The domain `d.test`, answered for by a Resolver that runs here."""
    folder: Path = tmp_path_factory.mktemp("resolver")
    async with open_domain(resolver_url, folder) as domain:
        yield domain


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(domain: Domain) -> FakeBackend:
    """A server that has not said anything yet."""
    return domain.spare.pop()


@pytest_asyncio.fixture(loop_scope="session")
async def backend(domain: Domain) -> FakeBackend:
    """A backend that is admitted and up."""
    return await domain.join(domain.spare.pop())


@pytest_asyncio.fixture(loop_scope="session")
async def other(domain: Domain) -> FakeBackend:
    """Another one."""
    return await domain.join(domain.spare.pop())
