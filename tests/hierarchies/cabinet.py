"""A library with hierarchies, browsed as folders and files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from archypix.core.ids import new_id
from archypix.hierarchies import config, store
from archypix.hierarchies.models import File, Folder, Hierarchy, Missing
from archypix.hierarchies.resolver import Resolver
from archypix.tags.paths import parse_path
from archypix.tags.resolving import resolve_paths
from tests.pictures.shelf import Shelf, open_shelf


@dataclass
class Cabinet:
    """Alice's and Bob's libraries, and what shows Alice's as folders."""

    shelf: Shelf
    resolver: Resolver = field(default_factory=Resolver)

    async def library(self) -> Hierarchy:
        """The hierarchy that every account has."""
        async with self.shelf.database.connection() as connection:
            found = await self.resolver.hierarchy(connection, self.shelf.alice.id, "library")
        assert found is not None
        return found

    async def hierarchy(self, *nodes: dict[str, Any], slug: str = "views", **more: Any) -> Hierarchy:
        """A hierarchy of these nodes, whose tags are made where they are missing."""
        form = config.read({"nodes": list(nodes), **more})
        async with self.shelf.database.transaction() as connection:
            paths = sorted({path for _, path in config.named(form)})
            ids = await resolve_paths(
                connection, self.shelf.alice.id, [parse_path(path) for path in paths], create=True
            )
            made = config.build(form, dict(zip(paths, ids, strict=True)).__getitem__)
            await store.insert(connection, self.shelf.alice.id, slug, slug, made, new_id())
            found = await store.by_slug(connection, self.shelf.alice.id, slug)
        assert found is not None
        return found

    async def find(self, hierarchy: Hierarchy, *path: str) -> Folder | File | Missing:
        async with self.shelf.database.connection() as connection:
            return await self.resolver.find(connection, hierarchy, path)

    async def folder(self, hierarchy: Hierarchy, *path: str) -> Folder:
        found = await self.find(hierarchy, *path)
        assert isinstance(found, Folder), found
        return found

    async def opened(self, hierarchy: Hierarchy, *path: str) -> UUID | None:
        """The picture that a client opens at this path, if any."""
        found = await self.find(hierarchy, *path)
        return found.picture_id if isinstance(found, File) else None

    async def folders(self, hierarchy: Hierarchy, *path: str) -> list[str]:
        folder = await self.folder(hierarchy, *path)
        async with self.shelf.database.connection() as connection:
            return [each.name for each in await self.resolver.folders(connection, hierarchy, folder)]

    async def files(self, hierarchy: Hierarchy, *path: str) -> dict[str, UUID]:
        """The pictures of a folder by their names."""
        folder = await self.folder(hierarchy, *path)
        async with self.shelf.database.connection() as connection:
            files = await self.resolver.files(connection, hierarchy, folder)
        assert len({each.name for each in files}) == len(files)
        return {each.name: each.picture_id for each in files}

    async def everything(self, hierarchy: Hierarchy) -> dict[str, UUID]:
        """All files below the root by their paths; each is also opened by its path."""
        found: dict[str, UUID] = {}
        waiting = [await self.folder(hierarchy)]
        while waiting:
            folder = waiting.pop()
            async with self.shelf.database.connection() as connection:
                for each in await self.resolver.files(connection, hierarchy, folder):
                    found["/".join((*folder.path, each.name))] = each.picture_id
                waiting += await self.resolver.folders(connection, hierarchy, folder)
        for path, picture in found.items():
            assert await self.opened(hierarchy, *path.split("/")) == picture
        return found

    async def tag(self, picture: UUID, *add: str, remove: tuple[str, ...] = ()) -> None:
        async with self.shelf.database.transaction() as connection:
            alice = self.shelf.alice.id
            if add:
                await self.shelf.tags.assign(connection, alice, [picture], add, "manual")
        if remove:
            ids = await self.ids(*remove)
            await self.shelf.sql(
                "DELETE FROM assignments WHERE picture_id = $1 AND tag_id = ANY ($2)", picture, list(ids)
            )

    async def ids(self, *paths: str) -> list[int]:
        async with self.shelf.database.connection() as connection:
            found = await resolve_paths(
                connection, self.shelf.alice.id, [parse_path(path) for path in paths], create=False
            )
        return [each for each in found if each is not None]


@asynccontextmanager
async def open_cabinet(database_url: str) -> AsyncIterator[Cabinet]:
    """A cabinet on a fresh database."""
    async with open_shelf(database_url) as shelf:
        yield Cabinet(shelf)
