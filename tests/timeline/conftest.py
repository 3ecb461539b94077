"""Fixtures of the tests of the timeline."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from archypix.core.ids import new_id
from archypix.gate.context import provide
from archypix.timeline import api
from archypix.timeline.service import TimelineService
from tests.pictures.house import Gallery, open_gallery
from tests.pictures.shelf import Shelf, open_shelf, thumbnail_urls

FILL = """
WITH made AS (
    INSERT INTO blobs (id, sha256, size, state)
    SELECT (left('{mark}', 24) || lpad(to_hex(n), 12, '0'))::uuid, sha256(('{mark}' || n)::bytea), 1000, 'live'
    FROM generate_series(1, {count}) n
    RETURNING id, sha256, size
)
INSERT INTO pictures
    (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, date_source, sorted_at, source)
SELECT id, {owner}, id, sha256, size, 'many.jpg', 'image/jpeg', 'image', 'ready', 'exif',
    '{start}'::timestamp + '{step}'::interval * (row_number() OVER (ORDER BY id) - 1), 'upload'
FROM made
"""


async def fill(shelf: Shelf, count: int, start: str, step: str) -> None:
    """Many pictures of Alice in one statement, each so much later than the one before."""
    await shelf.sql(FILL.format(mark=new_id(), count=count, owner=shelf.alice.id, start=start, step=step))


@pytest_asyncio.fixture
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    """A fresh library."""
    async with open_shelf(database_url) as shelf:
        yield shelf


@pytest_asyncio.fixture
async def gallery(database_url: str, redis_url: str) -> AsyncIterator[Gallery]:
    """A fresh library with an application before it that knows timelines."""
    async with open_gallery(database_url, redis_url) as gallery:
        shelf = gallery.shelf
        provide(gallery.house.app, TimelineService(shelf.database, shelf.trees, thumbnail_urls))
        gallery.house.app.register_blueprint(api.blueprint, url_prefix="/api/v1")
        yield gallery
