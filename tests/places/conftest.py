"""Fixtures of the tests of maps."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from archypix.gate.context import provide
from archypix.places import api
from archypix.places.service import PlaceService
from tests.pictures.house import Gallery, open_gallery
from tests.pictures.shelf import thumbnail_urls


@pytest_asyncio.fixture
async def gallery(database_url: str, redis_url: str) -> AsyncIterator[Gallery]:
    """A fresh library with an application before it that knows maps."""
    async with open_gallery(database_url, redis_url) as gallery:
        shelf = gallery.shelf
        provide(gallery.house.app, PlaceService(shelf.database, shelf.trees, thumbnail_urls))
        gallery.house.app.register_blueprint(api.blueprint, url_prefix="/api/v1")
        yield gallery
