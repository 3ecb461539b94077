"""Fixtures of the tests of writing back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.hierarchies.writing.study import Study, open_study


@pytest_asyncio.fixture
async def study(database_url: str, tmp_path: Path) -> AsyncIterator[Study]:
    """A fresh library that devices write to."""
    async with open_study(database_url, tmp_path / "files") as study:
        yield study
