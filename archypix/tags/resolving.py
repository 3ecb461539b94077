"""From paths to tags, level by level, making what is missing. Whoever makes tags has the library's writer lock."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.core.database import Connection
from archypix.core.errors import Conflict
from archypix.tags import store
from archypix.tags.paths import TagPath, name_key

# Tags of one account. Their paths are kept in memory, and the tree is answered whole.
MOST_TAGS = 50_000

Place = tuple[int | None, str]


async def find_path(connection: Connection, owner_id: int, path: TagPath) -> int | None:
    """The tag at this path, whatever the case it is written in; None when there is none."""
    (found,) = await resolve_paths(connection, owner_id, [path], create=False)
    return found


async def resolve_paths(
    connection: Connection, owner_id: int, paths: Sequence[TagPath], *, create: bool
) -> list[int | None]:
    """The tag of each path, None where there is none; with `create` it is made, and the ancestors it lacks.

    A segment that differs by case alone from a tag that is there means that tag. `Conflict` over 50,000 tags.
    """
    reached: list[int | None] = [None] * len(paths)
    alive = [True] * len(paths)
    for level in range(max((len(path) for path in paths), default=0)):
        wanted: dict[Place, str] = {}
        for number, path in enumerate(paths):
            if alive[number] and level < len(path):
                wanted.setdefault((reached[number], name_key(path[level])), path[level])
        found = await _find(connection, owner_id, level, list(wanted))
        missing = {place: name for place, name in wanted.items() if place not in found}
        if missing and create:
            await _refuse_too_many(connection, owner_id, len(missing))
            parents, keys = [parent for parent, _ in missing], [key for _, key in missing]
            found |= await store.insert(connection, owner_id, parents, list(missing.values()), keys)
        for number, path in enumerate(paths):
            if alive[number] and level < len(path):
                reached[number] = found.get((reached[number], name_key(path[level])))
                alive[number] = reached[number] is not None
    return reached


async def _find(connection: Connection, owner_id: int, level: int, places: Sequence[Place]) -> dict[Place, int]:
    if not places:
        return {}
    if level == 0:
        return await store.roots(connection, owner_id, [key for _, key in places])
    return await store.children(connection, owner_id, [(parent, key) for parent, key in places if parent is not None])


async def _refuse_too_many(connection: Connection, owner_id: int, more: int) -> None:
    if await store.count_tags(connection, owner_id) + more > MOST_TAGS:
        raise Conflict(f"A library has at most {MOST_TAGS} tags.", code="too_many_tags")
