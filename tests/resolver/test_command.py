"""`archypix resolver` as whoever runs it sees it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio
import requests

from archypix.core.database import migrate
from archypix.core.errors import StartupError
from resolver.reaching import parse_addresses
from tests.rig.server import Server, archypix


@pytest_asyncio.fixture(loop_scope="session")
async def empty_url(_admin: asyncpg.Connection, postgres_url: str) -> AsyncIterator[str]:
    """Address of a database without a table."""
    name = f"command_{os.getpid()}"
    await _admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 OWNER archypix STRATEGY file_copy")
    yield urlunsplit(urlsplit(postgres_url)._replace(netloc="archypix@", path=f"/{name}"))
    await _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def env(empty_url: str, redis_url: str) -> dict[str, str]:
    return {"ARCHYPIX_DATABASE_URL": empty_url, "ARCHYPIX_REDIS_URL": redis_url, "ARCHYPIX_DOMAIN": "d.test"}


def key(server: Server) -> str:
    """The key that the domain shows."""
    said = requests.get(f"{server.url}/actor", timeout=30).json()
    assert said["id"] == "https://d.test/actor"
    return str(said["assertionMethod"][0]["publicKeyMultibase"])


def test_it_starts_stops_and_keeps_its_key(tmp_path: Path, env: dict[str, str]) -> None:
    server = Server(tmp_path / "data", env=env, word="resolver").start(within=120)
    try:
        assert key(server).startswith("z6Mk")
        assert requests.get(f"{server.url}/readyz", timeout=30).status_code == 200
        assert any("archypix resolver token" in line for line in server.log)
        token = archypix("resolver", "token", "root", data=server.data, env=env)
        assert token.returncode == 0, token.stderr
        headers = {"Authorization": f"Bearer {token.stdout.strip()}"}
        listed = requests.get(f"{server.url}/api/v1/admin/backends", headers=headers, timeout=30)
        assert listed.json()["items"] == []
    finally:
        server.stop()
    assert server.process is not None
    assert server.process.returncode == 0
    # With another secret it would be another domain to all of its backends.
    other = archypix("resolver", "--port", "0", data=server.data, env=env | {"ARCHYPIX_SECRET": "x" * 40})
    assert other.returncode == 1
    assert "sealed with another secret" in other.stderr


async def test_the_database_of_a_server_is_not_that_of_a_resolver(database_url: str) -> None:
    with pytest.raises(StartupError) as refused:
        await migrate(database_url, "resolver")
    assert "database" in refused.value.detail


@pytest.mark.parametrize("text", ["https://b1.d.test", "https://b1.d.test=", "b1.d.test=http://10.0.0.5", "x=y,,"])
def test_where_backends_are_is_written_in_one_way(text: str) -> None:
    with pytest.raises(StartupError) as refused:
        parse_addresses(text)
    assert "ARCHYPIX_BACKEND_ADDRESSES" in refused.value.detail
    assert parse_addresses(" https://B1.d.test = http://10.0.0.5:8000 ,") == {
        "https://b1.d.test": "http://10.0.0.5:8000"
    }
