"""An application that lists pictures and keeps tags, with a library behind it and programs that call it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from archypix.gate.context import provide
from archypix.gate.policy import refuse_undeclared
from archypix.pictures import api as pictures_api
from archypix.pictures.service import Owner, PictureService
from archypix.tags import api as tags_api
from archypix.tags.service import TagService
from archypix.tags.trees import TagTrees
from tests.accounts.house import House, Visitor, open_house
from tests.pictures.shelf import Shelf, thumbnail_urls


@dataclass
class Gallery:
    """The house, what is on its shelf, and programs with all rights of Alice and of Bob."""

    house: House
    shelf: Shelf
    alice: Visitor
    bob: Visitor


@asynccontextmanager
async def open_gallery(database_url: str, redis_url: str) -> AsyncIterator[Gallery]:
    """A gallery on a fresh database."""
    async with open_house(database_url, redis_url) as house:
        trees = TagTrees()
        tags = TagService(house.database, trees)
        pictures = PictureService(house.database, trees, thumbnail_urls, domain="a.test")
        provide(house.app, tags, pictures, tags_api.Covers(thumbnail_urls))
        house.app.register_blueprint(pictures_api.blueprint, url_prefix="/api/v1")
        house.app.register_blueprint(tags_api.blueprint, url_prefix="/api/v1")
        refuse_undeclared(house.app)
        owners = []
        for name in ("alice", "bob"):
            await house.person(name)
            owners.append(Owner(await house.sql("SELECT id FROM accounts WHERE name = $1", name), name))
        shelf = Shelf(house.database, trees, tags, pictures, *owners)
        yield Gallery(house, shelf, await house.program("alice"), await house.program("bob"))
