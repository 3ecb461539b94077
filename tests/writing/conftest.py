"""Fixtures of the tests of writing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from archypix.writing import models, service
from fixtures.make import make
from tests.programs import needs_program
from tests.uploads.site import Person, Site, open_site


@pytest_asyncio.fixture
async def site(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A running server on a fresh database."""
    async with open_site(database_url, redis_url, tmp_path / "data") as site:
        yield site


@pytest_asyncio.fixture
async def alice(site: Site) -> Person:
    """Somebody without a quota."""
    return await site.person("alice")


@pytest_asyncio.fixture
async def bob(site: Site) -> Person:
    """Somebody else."""
    return await site.person("bob")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Edits are written without waiting for further ones."""
    monkeypatch.setattr(service, "PATIENCE", models.PATIENCE * 0)


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file of each kind."""
    folder = tmp_path_factory.mktemp("samples")
    make(folder)
    return folder


@pytest.fixture(scope="session")
def exiftool() -> str:
    """The path of ExifTool."""
    return needs_program("exiftool")
