"""The house that tests of registration visit."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio

from archypix.core.database import Database, migrate
from resolver.identity.service import Identity
from tests.resolver.registration.house import BASE, MASTER, House, open_house

_numbers = iter(range(1_000_000_000))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _domain_template(_admin: asyncpg.Connection, postgres_url: str) -> AsyncIterator[str]:
    """A database with the tables of a Resolver, and the keys of its domain, which take long to make."""
    name = f"domain_template_{os.getpid()}_{next(_numbers)}"
    await _admin.execute(f"CREATE DATABASE {name} OWNER archypix")
    url = _address(postgres_url, name)
    await migrate(url, "resolver")
    database = await Database.open(url, size=2)
    await Identity.open(database, MASTER, domain="d.test", base=BASE)
    await database.close()
    yield name
    await _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture(loop_scope="session")
async def domain_url(_admin: asyncpg.Connection, postgres_url: str, _domain_template: str) -> AsyncIterator[str]:
    """Address of an empty database of a Resolver, of this test's own; dropped afterwards."""
    name = f"domain_{os.getpid()}_{next(_numbers)}"
    await _admin.execute(f"CREATE DATABASE {name} TEMPLATE {_domain_template} OWNER archypix STRATEGY file_copy")
    yield _address(postgres_url, name)
    await _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _address(postgres_url: str, name: str) -> str:
    return urlunsplit(urlsplit(postgres_url)._replace(netloc="archypix@", path=f"/{name}"))


@pytest.fixture
async def house(domain_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A domain of three backends that is open to everybody."""
    async with open_house(domain_url, redis_url, tmp_path) as house:
        yield house
