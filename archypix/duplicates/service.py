"""Pages of groups, single groups, and how alike similar pictures are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Fault, Invalid, NotFound
from archypix.duplicates import neighbours_store, store
from archypix.duplicates.grouping import largest
from archypix.duplicates.models import MAX_DISTANCE, Group, Kind, State
from archypix.duplicates.verdicts import NO_GROUP
from archypix.pictures.cursor import Position, decode_cursor, encode_cursor, fingerprint
from archypix.pictures.locks import lock_library
from archypix.pictures.present import ThumbnailUrls, listed_picture
from archypix.pictures.query import Trees
from archypix.pictures.service import Listing, Owner
from archypix.pictures.store import revision

MOST_LISTED = 50
# Groups looked at for one page, this many times those asked for: some turn out to be of another state, because their
# pictures are in the trash.
ROUNDS = 20


class DuplicateService:
    """Reads groups. `trees`, `thumbnail_urls` and `domain` are as lists of pictures have them."""

    def __init__(self, database: Database, trees: Trees, thumbnail_urls: ThumbnailUrls, *, domain: str) -> None:
        self._database = database
        self._trees = trees
        self._thumbnail_urls = thumbnail_urls
        self._domain = domain

    async def page(self, owner: Owner, kind: Kind, state: State, limit: int, cursor: str | None) -> Listing:
        """Up to `limit` (1…50) of the owner's groups, the newest first; there may be fewer though others follow.

        `Invalid` for a cursor of another list.
        """
        if not 1 <= limit <= MOST_LISTED:
            raise Invalid("The limit is out of range.", faults=(Fault("limit", f"1 to {MOST_LISTED}."),))
        mark = fingerprint({"account": owner.id, "duplicates": kind, "state": state})
        after = decode_cursor(cursor, mark, "i").id if cursor is not None else None
        async with self._database.connection() as connection:
            found, after = await _gather(connection, owner.id, kind, state, after, limit)
            items = await self._items(connection, owner, found)
        return Listing(items, encode_cursor(Position(0, after), mark) if after is not None else None)

    async def group(self, owner: Owner, group_id: UUID) -> dict[str, Any]:
        """The owner's group as JSON values; `NotFound` when there is none."""
        async with self._database.connection() as connection:
            group = await store.find(connection, owner.id, group_id)
            if group is None:
                raise NotFound(NO_GROUP)
            (item,) = await self._items(connection, owner, [group])
        return item

    async def distance(self, owner_id: int) -> int:
        """In how many of 64 bits the hashes of similar pictures may differ."""
        async with self._database.connection() as connection:
            return await neighbours_store.distance_of(connection, owner_id)

    async def set_distance(self, owner_id: int, distance: int) -> None:
        """Set it, 0…10; where it changes, all pictures of the library are compared again, in the background."""
        if not 0 <= distance <= MAX_DISTANCE:
            raise Invalid("The distance is out of range.", faults=(Fault("similar_distance", f"0 to {MAX_DISTANCE}."),))
        async with self._database.transaction() as connection:
            await neighbours_store.lock(connection, owner_id)
            await lock_library(connection, owner_id)
            if await neighbours_store.distance_of(connection, owner_id) != distance:
                await neighbours_store.set_distance(connection, owner_id, distance)
                await neighbours_store.mark_all(connection, owner_id)

    async def _items(self, connection: Connection, owner: Owner, groups: Sequence[Group]) -> list[dict[str, Any]]:
        shown = {group.id: pictures_of(group) for group in groups}
        rows = await store.listed(connection, owner.id, [each for ids in shown.values() for each in ids])
        tree = await self._trees.get(connection, owner.id)
        if tree.revision != await revision(connection, owner.id):
            tree = await self._trees.read(connection, owner.id)
        handle = f"@{owner.name}:{self._domain}"
        items = []
        for group in groups:
            # Pictures that went for good since the groups were read are left out.
            pictures = [each for each in shown[group.id] if each in rows]
            stands = group.shown_id if group.shown_id in pictures else next(iter(pictures), group.shown_id)
            items.append(
                {
                    "id": str(group.id),
                    "kind": group.kind,
                    "state": state_of(group),
                    "verdict": group.verdict,
                    "shown": str(stands),
                    "total": group.total,
                    "pictures": [listed_picture(rows[each], tree, handle, self._thumbnail_urls) for each in pictures],
                }
            )
        return items


async def _gather(
    connection: Connection, owner_id: int, kind: Kind, state: State, after: UUID | None, limit: int
) -> tuple[list[Group], UUID | None]:
    """Up to `limit` groups of this state behind `after`, and behind which the next ones are; None at the end."""
    found: list[Group] = []
    for _ in range(ROUNDS):
        groups = await store.page(connection, owner_id, kind, state, after, limit + 1)
        for group in groups:
            if len(found) == limit:
                return found, after
            after = group.id
            if state_of(group) == state:
                found.append(group)
        if len(groups) <= limit:
            return found, None
    return found, after


def state_of(group: Group) -> State:
    """`open` while two pictures that are not in the trash form a pair that nobody judged."""
    return "open" if _open(group) else "settled"


def pictures_of(group: Group) -> list[UUID]:
    """The pictures to show: while the group is open, those that unjudged pairs join; all of it when it is settled."""
    joined = _open(group)
    return [member.id for member in group.members if not joined or member.id in joined]


def _open(group: Group) -> set[UUID]:
    live = {member.id for member in group.members if not member.in_trash}
    return largest([(one, other) for one, other in group.links if one in live and other in live])
