"""The same storage three times: local files, S3 as moto plays it, and S3 of a real gateway."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from archypix.storage.files_app import FilesApp
from archypix.storage.interface import Storage
from archypix.storage.local import LocalStorage
from archypix.storage.s3 import S3Storage
from archypix.storage.s3_bucket import S3Config
from archypix.storage.signing import Signer
from tests.storage.http import serving

_numbers = iter(range(1_000_000))


@pytest.fixture
def signer() -> Signer:
    """A signer with a key of its own."""
    return Signer(os.urandom(32))


@pytest_asyncio.fixture(loop_scope="session")
async def local(tmp_path: Path, signer: Signer) -> AsyncIterator[LocalStorage]:
    """Local storage in a fresh folder."""
    storage = LocalStorage(tmp_path / "files", signer)
    await storage.start()
    yield storage
    await storage.stop()


@pytest_asyncio.fixture(loop_scope="session", params=["moto", "radosgw"])
async def s3(request: pytest.FixtureRequest, signer: Signer) -> AsyncIterator[S3Storage]:
    """S3 storage in a bucket that did not exist."""
    storage = S3Storage(bucket_of(request.getfixturevalue(request.param)), signer)
    await storage.start()
    yield storage
    await storage.stop()


@pytest_asyncio.fixture(loop_scope="session", params=["local", "moto", "radosgw"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path, signer: Signer) -> AsyncIterator[Storage]:
    """Each kind of storage in turn, empty."""
    made: Storage
    if request.param == "local":
        made = LocalStorage(tmp_path / "files", signer)
    else:
        made = S3Storage(bucket_of(request.getfixturevalue(request.param)), signer)
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def client(storage: Storage, signer: Signer) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client for the addresses that `storage` signs; relative ones lead to a running files app."""
    async with serving(FilesApp(storage, signer)) as origin, aiohttp.ClientSession(origin) as session:
        yield session


def bucket_of(service: dict[str, str]) -> S3Config:
    """A bucket of a service that does not exist yet."""
    name = f"test-{os.getpid()}-{next(_numbers)}"
    return S3Config(name, service["access_key"], service["secret_key"], endpoint=service["endpoint"])
