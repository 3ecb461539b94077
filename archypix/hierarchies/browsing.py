"""Folders and pictures of hierarchies, for people who browse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from archypix.core.ids import new_id
from archypix.hierarchies import config, store
from archypix.hierarchies.layout import Layout
from archypix.hierarchies.models import Config, Folder, Hierarchy
from archypix.hierarchies.resolver import Listed, Resolver
from archypix.hierarchies.service import require
from archypix.hierarchies.showing import MOST_FOLDERS, Teller, present, problems, segments
from archypix.pictures.cursor import Position, decode_cursor, encode_cursor, fingerprint
from archypix.pictures.service import Owner, PictureService
from archypix.tags.paths import parse_path
from archypix.tags.resolving import resolve_paths

NO_FOLDER = "There is no such folder."
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of which folder."""

    path: str = "/"
    limit: int = SHOWN
    cursor: str | None = None


class _Page(NamedTuple):
    folder: dict[str, Any]
    listed: list[Listed]
    next: str | None


class BrowsingService:
    """Shows hierarchies; `resolver` and `pictures` are those that everybody else asks too."""

    def __init__(self, database: Database, resolver: Resolver, pictures: PictureService) -> None:
        self._database = database
        self._resolver = resolver
        self._pictures = pictures

    async def tree(self, account_id: int, hierarchy_id: UUID, path: str, depth: int) -> dict[str, Any]:
        """A folder with `depth` levels of folders below it, as `schemas.Tree` has it; `NotFound`."""
        async with self._database.connection() as connection:
            hierarchy = await require(connection, account_id, hierarchy_id)
            layout = await self._resolver.layout(connection, hierarchy)
            folder = _folder(layout, path)
            return await _told(connection, layout, folder, depth)

    async def browse(self, owner: Owner, hierarchy_id: UUID, asked: Asked) -> dict[str, Any]:
        """A folder, those in it, and a page of its pictures; `NotFound`, `Invalid` for a cursor of another folder."""
        async with self._database.connection() as connection:
            hierarchy = await require(connection, owner.id, hierarchy_id)
            layout = await self._resolver.layout(connection, hierarchy)
            page = await _page(connection, layout, asked, self._resolver)
        return await self._shown(owner, page)

    async def preview(self, owner: Owner, wanted: Any, path: str) -> dict[str, Any]:
        """What `browse` would answer for a configuration, which is not kept; nothing is made or written down.

        `Invalid` with the places of all faults.
        """
        form = config.read(wanted)
        resolver = Resolver(writes=False)
        async with self._database.connection() as connection:
            draft = Hierarchy(new_id(), owner.id, "", "", await _bound(connection, owner.id, form), 0)
            layout = await resolver.layout(connection, draft)
            page = await _page(connection, layout, Asked(path), resolver)
        told = list(problems(draft.config, present(layout.tree, draft.config)))
        return await self._shown(owner, page) | {"problems": told}

    async def _shown(self, owner: Owner, page: _Page) -> dict[str, Any]:
        names = {each.picture_id: each.names for each in page.listed}
        items = await self._pictures.items(owner, list(names))
        return {
            "folder": page.folder,
            "items": [item | {"names": names[UUID(item["id"])]} for item in items],
            "next": page.next,
        }


async def _page(connection: Connection, layout: Layout, asked: Asked, resolver: Resolver) -> _Page:
    folder = _folder(layout, asked.path)
    hierarchy = layout.hierarchy
    mark = fingerprint({"account": hierarchy.account_id, "hierarchy": str(hierarchy.id), "folder": folder.key})
    after = None
    if asked.cursor is not None:
        position = decode_cursor(asked.cursor, mark, "w")
        assert isinstance(position.key, datetime)
        after = (position.key, position.id)
    listed = await resolver.page(connection, hierarchy, folder, limit=asked.limit + 1, after=after)
    told = await _told(connection, layout, folder, 1)
    page, more = listed[: asked.limit], len(listed) > asked.limit
    last = encode_cursor(Position(page[-1].sorted_at, page[-1].picture_id), mark) if more else None
    return _Page(told["folder"], page, last)


def _folder(layout: Layout, path: str) -> Folder:
    folder = layout.root
    for segment in segments(path):
        inner = layout.child(folder, segment)
        if inner is None:
            raise NotFound(NO_FOLDER)
        folder = inner
    return folder


async def _told(connection: Connection, layout: Layout, folder: Folder, depth: int) -> dict[str, Any]:
    tags: set[int] = set()
    waiting = [(folder, depth)]
    while waiting and len(tags) <= MOST_FOLDERS:
        each, left = waiting.pop(0)
        tags |= {each.tag_id} if each.tag_id is not None else set()
        waiting += [(inner, left - 1) for inner in layout.folders(each)] if left else []
    numbers = await store.tag_numbers(connection, layout.hierarchy.account_id, sorted(tags))
    teller = Teller(layout, {tag: total for tag, (_, total) in numbers.items()})
    return {"folder": teller.told(folder, depth), "complete": teller.complete}


async def _bound(connection: Connection, account_id: int, form: config.Form) -> Config:
    """The configuration of a form; tags that there are not are as those that are gone."""
    texts = list(dict.fromkeys(text for _, text in config.named(form)))
    found = await resolve_paths(connection, account_id, [parse_path(text) for text in texts], create=False)
    numbered = enumerate(zip(texts, found, strict=True), 1)
    ids = {text: tag if tag is not None else -number for number, (text, tag) in numbered}
    built = config.build(form, ids.__getitem__)
    return Config(built.naming, built.deletion, built.nodes, {tag: text for text, tag in ids.items() if tag < 0})
