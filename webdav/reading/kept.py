"""Files found lately, in memory: good as long as nothing in the library has changed, which the door tells."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar
from uuid import UUID

from archypix.hierarchies.models import File, Hierarchy

if TYPE_CHECKING:
    from archypix.core.database import Database
    from archypix.drives.models import Drive
    from archypix.hierarchies.resolver import Resolver

MOST_HIERARCHIES: Final = 200
MOST_FILES: Final = 5000
Key = TypeVar("Key")
Value = TypeVar("Value")


class Standing(NamedTuple):
    """A hierarchy, and a text that is another one after every change of what it shows."""

    hierarchy: Hierarchy
    state: str


class Kept:
    """Hierarchies and files by where they are. Players and viewers ask for one file in hundreds of parts."""

    def __init__(self, database: Database, resolver: Resolver) -> None:
        self._database = database
        self._resolver = resolver
        self._hierarchies: OrderedDict[UUID, Hierarchy] = OrderedDict()
        self._files: OrderedDict[tuple[UUID, tuple[str, ...]], tuple[str, File]] = OrderedDict()

    async def standing(self, drive: Drive) -> Standing | None:
        """The hierarchy of a drive as it was when the door was opened; None where it is no more."""
        hierarchy = self._hierarchies.get(drive.hierarchy_id)
        if hierarchy is None or hierarchy.revision != drive.revision:
            async with self._database.connection() as connection:
                hierarchy = await self._resolver.hierarchy(connection, drive.account_id, drive.slug)
            if hierarchy is None:
                return None
            _put(self._hierarchies, drive.hierarchy_id, hierarchy, MOST_HIERARCHIES)
        return Standing(hierarchy, drive.state)

    def file(self, standing: Standing, segments: tuple[str, ...]) -> File | None:
        """The file that was found at a path, where it must still be that."""
        known = self._files.get((standing.hierarchy.id, segments))
        return known[1] if known is not None and known[0] == standing.state else None

    def put(self, standing: Standing, segments: tuple[str, ...], file: File) -> None:
        """Remember what was found after `standing` was asked for."""
        _put(self._files, (standing.hierarchy.id, segments), (standing.state, file), MOST_FILES)


def _put(kept: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
