"""Dead properties: what clients say of files and folders, kept by path and given back as it came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.errors import Invalid, QuotaExceeded
from archypix.drives import paths
from archypix.drives import properties_store as store
from archypix.drives.models import path_key

MOST_OF_ONE = 100
LONGEST_VALUE = 64 << 10
LONGEST_NAME = 500
MOST_BYTES = 64 << 20
NO_ROOM = "There is no room for more properties here."

# Values (XML, as text) by name (`{namespace}name`).
Named: TypeAlias = Mapping[str, str]


class Properties:
    """Properties of paths. What is called here happens in the connection's transaction, or in one of its own."""

    async def get(self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str]) -> Named:
        """The properties of one path."""
        key = path_key(segments)
        return _by_path(await store.of_paths(connection, hierarchy_id, [key])).get(key, {})

    async def of_paths(
        self, connection: Connection, hierarchy_id: UUID, many: Iterable[Sequence[str]]
    ) -> Mapping[str, Named]:
        """The properties of many paths, by `path_key`; those without any are left out."""
        return _by_path(await store.of_paths(connection, hierarchy_id, [path_key(segments) for segments in many]))

    async def of_folder(
        self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str]
    ) -> Mapping[str, Named]:
        """The properties of a folder and of all that lies directly in it, by `path_key`."""
        key = path_key(segments)
        return _by_path(await store.of_folder(connection, hierarchy_id, key, *paths.below(key)))

    async def change(
        self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str], values: Mapping[str, str | None]
    ) -> None:
        """Set properties of a path, and remove those whose value is None: all of them or, where it raises, none.

        `Invalid` for names and values that are too long or hold what is no text, `QuotaExceeded` over 100 properties
        of one path or 64 MiB in a hierarchy.
        """
        for name, value in values.items():
            _check(name, value)
        key = paths.kept_key(segments)
        wanted = {name: value for name, value in values.items() if value is not None}
        async with connection.transaction():
            before = await store.lock(connection, hierarchy_id)
            difference = -await store.remove(connection, hierarchy_id, key, list(values))
            difference += await store.insert(connection, hierarchy_id, key, list(wanted), list(wanted.values()))
            if wanted and await store.count(connection, hierarchy_id, key) > MOST_OF_ONE:
                raise QuotaExceeded(f"{MOST_OF_ONE} properties of one thing are the most.", code="too_many_properties")
            await _settle(connection, hierarchy_id, before, difference)

    async def remove_below(self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str]) -> None:
        """What was at this path is gone, with all below it."""
        key = path_key(segments)
        async with connection.transaction():
            before = await store.lock(connection, hierarchy_id)
            gone = await store.remove_tree(connection, hierarchy_id, key, *paths.below(key))
            await _settle(connection, hierarchy_id, before, -gone)

    async def copy(
        self,
        connection: Connection,
        hierarchy_id: UUID,
        source: Sequence[str],
        target: Sequence[str],
        *,
        deep: bool = True,
    ) -> None:
        """What is at `target` gets the properties of what is at `source`, in place of its own; `deep`: all below too.

        `QuotaExceeded`.
        """
        await self._transfer(connection, hierarchy_id, source, target, deep=deep, keep=True)

    async def move(
        self, connection: Connection, hierarchy_id: UUID, source: Sequence[str], target: Sequence[str]
    ) -> None:
        """What was at `source` is at `target` now, with all below it, in place of what was there."""
        await self._transfer(connection, hierarchy_id, source, target, deep=True, keep=False)

    async def _transfer(
        self,
        connection: Connection,
        hierarchy_id: UUID,
        source: Sequence[str],
        target: Sequence[str],
        *,
        deep: bool,
        keep: bool,
    ) -> None:
        key, other = path_key(source), path_key(target)
        if key == other:
            return
        paths.require_apart(key, other)
        first, end = paths.below(key) if deep else ("", "")
        async with connection.transaction():
            before = await store.lock(connection, hierarchy_id)
            difference = -await store.remove_tree(connection, hierarchy_id, other, *paths.below(other))
            difference += await store.copy_tree(connection, hierarchy_id, key, first, end, other)
            if not keep:
                difference -= await store.remove_tree(connection, hierarchy_id, key, first, end)
            await _settle(connection, hierarchy_id, before, difference)


async def _settle(connection: Connection, hierarchy_id: UUID, before: int, difference: int) -> None:
    """Count the bytes; `QuotaExceeded` where there are more than before and too many."""
    after = await store.add_bytes(connection, hierarchy_id, difference)
    if after > MOST_BYTES and after > before:
        raise QuotaExceeded(NO_ROOM, code="too_many_properties")


def _by_path(rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path, name, value in rows:
        found[path][name] = value
    return dict(found)


def _check(name: str, value: str | None) -> None:
    if not 0 < len(name.encode("utf-8", "replace")) <= LONGEST_NAME:
        raise Invalid("The name of a property is too long.")
    if value is not None and len(value.encode("utf-8", "replace")) > LONGEST_VALUE:
        raise Invalid("The value of a property is too long: 64 KiB are the most.", code="value_too_long")
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in name + (value or "")):
        raise Invalid("A property holds what is no text.")
