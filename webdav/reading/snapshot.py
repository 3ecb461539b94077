"""All that a listing tells of, fetched in one moment: a place, what is in it, and what is known around it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import asyncpg

from archypix.core.errors import Unavailable
from archypix.drives.models import Lock, Scrap, name_key, path_key
from archypix.hierarchies.models import File, Folder
from webdav.answers import Refused
from webdav.headers import Depth
from webdav.locks_xml import active_lock
from webdav.reading import entries
from webdav.reading.entries import Around
from webdav.reading.places import Found, find
from webdav.reading.shapes import Wish
from webdav.reading.space import space_of
from webdav.request import DavRequest

if TYPE_CHECKING:
    from archypix.core.database import Connection
    from webdav.ground import Ground

# Entries of a listing of everything below a folder; more are refused, and clients go folder by folder.
MOST_DEEP: Final = 2000
TRIES: Final = 6


@dataclass(slots=True)
class Level:
    """One folder's listing: itself at `segments`, and what is in it, where that was asked for.

    `own` is what is known around the place itself, `around` what is known around the entries in it; `dead` are
    properties that clients set, by the keys of paths.
    """

    place: Found
    segments: tuple[str, ...]
    own: Around
    around: Around
    folders: Sequence[Folder] = ()
    files: Sequence[File] = ()
    scraps: Sequence[Scrap] = ()
    dead: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def inside(self) -> int:
        """How many entries are in it."""
        return len(self.folders) + len(self.files) + len(self.scraps)


class Snapshots:
    """Takes snapshots of places of drives."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def take(self, request: DavRequest, depth: Depth, wish: Wish) -> list[Level]:
        """The listing of the place that is asked for, and with depth infinity those of all folders below.

        `Refused` (403) when these have more than 2,000 entries.
        """
        for attempt in range(TRIES):
            try:
                async with self._ground.database.connection() as connection:
                    return await self._take(connection, request, depth, wish)
            except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                # Names are written down when they are first shown: two listings may do so at once.
                await asyncio.sleep(0.02 * attempt)
        raise Unavailable("This folder is being changed too much to be listed at this moment.")

    async def _take(self, connection: Connection, request: DavRequest, depth: Depth, wish: Wish) -> list[Level]:
        async with connection.transaction(isolation="repeatable_read"):
            place = await find(self._ground, connection, request.drive, request.hierarchy, request.segments)
            levels = [await self._level(connection, request, place, request.segments, wish, inside=depth != "0")]
            waiting = [*levels] if depth == "infinity" else []
            count = levels[0].inside
            while waiting:
                _require_few(count)
                for inner, segments in _inner(waiting.pop()):
                    deeper = await self._level(connection, request, inner, segments, wish, inside=True)
                    count += deeper.inside
                    _require_few(count)
                    levels.append(deeper)
                    waiting.append(deeper)
        return levels

    async def _level(
        self,
        connection: Connection,
        request: DavRequest,
        place: Found,
        segments: tuple[str, ...],
        wish: Wish,
        *,
        inside: bool,
    ) -> Level:
        ground, hierarchy = self._ground, request.hierarchy
        bare = Around(request.drive, hierarchy)
        level = Level(place, segments, bare, bare)
        if inside and isinstance(place, Folder):
            level.folders = await ground.resolver.folders(connection, hierarchy, place)
            level.files = await ground.resolver.files(connection, hierarchy, place, sums=wish.wants_sums)
        if inside and not isinstance(place, File):
            level.scraps = _unhidden(await ground.scraps.listed(connection, request.drive, segments), level)
        await self._look_around(connection, request, level, wish)
        if wish.may_be_dead:
            level.dead = await ground.properties.of_folder(connection, hierarchy.id, segments)
        return level

    async def _look_around(self, connection: Connection, request: DavRequest, level: Level, wish: Wish) -> None:
        around = level.around
        if wish.wants(entries.ETAG):
            around = replace(around, tags=await self._tags(connection, request, level))
        if entries.USED in wish.names or entries.AVAILABLE in wish.names:
            around = replace(around, space=await space_of(self._ground, connection, request.drive.account_id))
        level.own = level.around = around
        if wish.wants(entries.LOCKS):
            locks = await self._ground.locks.children(connection, request.hierarchy.id, level.segments)
            _tell_locks(level, locks)

    async def _tags(self, connection: Connection, request: DavRequest, level: Level) -> dict[str, str]:
        folders = [*level.folders, *([level.place] if isinstance(level.place, Folder) else [])]
        if not folders:
            return {}
        return await self._ground.resolver.versions(connection, request.hierarchy, folders)


def _inner(level: Level) -> list[tuple[Found, tuple[str, ...]]]:
    """The folders in a listing, with their paths."""
    found: list[tuple[Found, tuple[str, ...]]] = [(folder, (*level.segments, folder.name)) for folder in level.folders]
    return found + [(scrap, (*level.segments, scrap.name)) for scrap in level.scraps if scrap.kind == "folder"]


def _unhidden(scraps: Sequence[Scrap], level: Level) -> list[Scrap]:
    """Those under whose name the hierarchy has nothing."""
    if not scraps:
        return []
    taken = {name_key(folder.name) for folder in level.folders} | {name_key(file.name) for file in level.files}
    return [scrap for scrap in scraps if name_key(scrap.name) not in taken]


def _require_few(count: int) -> None:
    if count > MOST_DEEP:
        detail = f"There are more than {MOST_DEEP} entries below this folder: ask folder by folder."
        raise Refused(403, detail, "propfind-finite-depth")


def _tell_locks(level: Level, locks: Sequence[Lock]) -> None:
    """Tell the listing whose locks hold the place and what is in it."""
    here, slug = path_key(level.segments), level.own.drive.slug
    deep, own = "", ""
    held: dict[str, str] = {}
    for lock in locks:
        text = active_lock(slug, lock)
        if lock.path != here and lock.path.rpartition("/")[0] == here and lock.path:
            name = lock.path.rpartition("/")[2]
            held[name] = held.get(name, "") + text
        elif lock.deep:
            deep += text
        else:
            own += text
    level.own = replace(level.own, over_all=deep + own)
    level.around = replace(level.around, over_all=deep, locks=held)
