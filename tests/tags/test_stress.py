"""Many writers at once: whatever order things happen in, counters and arrays end as counted from scratch."""

from __future__ import annotations

import asyncio
import random
from uuid import UUID

from archypix.pictures.locks import lock_library
from archypix.pictures.query import PictureQuery
from archypix.pictures.selection import Selection
from archypix.pictures.service import ListRequest, Owner
from tests.pictures.shelf import NOON, Shelf, open_shelf

WRITERS = 8
STEPS = 100
PATHS = ["/a", "/a/b", "/a/b/c", "/a/d", "/e", "/e/f/g", "/h"]


async def write(shelf: Shelf, owner: Owner, pictures: list[UUID], chance: random.Random) -> None:
    """One random thing that a person, an upload or a worker does."""
    some = chance.sample(pictures, min(len(pictures), 5))
    paths = chance.sample(PATHS, 2)
    match chance.randrange(9):
        case 0:
            pictures.append(await shelf.add(owner, tags=tuple(paths)))
        case 1:
            await shelf.tags.change_selection(owner.id, Selection(include=tuple(some)), add=paths)
        case 2:
            await shelf.tags.change_selection(owner.id, Selection(PictureQuery(tags=(paths[0],))), remove=paths)
        case 3 | 4:
            moment = chance.choice(["now()", "NULL"])
            await locked(shelf, owner, f"UPDATE pictures SET deleted_at = {moment} WHERE id = ANY ($1)", some)
        case 5:
            # A worker's report: it changes nothing that is counted, so it may do without the lock.
            days = f"interval '{chance.randrange(5000)} d'"
            await shelf.sql(f"UPDATE pictures SET sorted_at = sorted_at + {days} WHERE id = $1", some[0])
        case 6:
            await locked(shelf, owner, "UPDATE pictures SET size = size + 7 WHERE id = ANY ($1)", some)
        case 7:
            await locked(shelf, owner, "DELETE FROM pictures WHERE id = ANY ($1)", some[:1])
        case _:
            async with shelf.database.transaction() as connection:
                await lock_library(connection, owner.id)
                tags = await shelf.tags.resolve(connection, owner.id, paths)
                await shelf.tags.assign_tags(connection, owner.id, some, tags, "rule", chance.randrange(3))
                await shelf.tags.unassign_tags(connection, owner.id, some, tags[:1], "rule", 1)


async def locked(shelf: Shelf, owner: Owner, statement: str, pictures: list[UUID]) -> None:
    async with shelf.database.transaction() as connection:
        await lock_library(connection, owner.id)
        await connection.execute(statement, pictures)


async def test_writers_at_once_leave_everything_exact(database_url: str) -> None:
    async with open_shelf(database_url, size=WRITERS + 2) as shelf:
        libraries = {owner: [await shelf.add(owner) for _ in range(10)] for owner in (shelf.alice, shelf.bob)}

        async def writer(seed: int) -> None:
            chance = random.Random(seed)
            for _ in range(STEPS):
                owner = chance.choice(list(libraries))
                await write(shelf, owner, libraries[owner], chance)

        async with asyncio.timeout(240), asyncio.TaskGroup() as group:
            for seed in range(WRITERS):
                group.create_task(writer(seed))
        assert await shelf.mismatches() == []
        for owner in libraries:
            await lists_agree(shelf, owner)


async def lists_agree(shelf: Shelf, owner: Owner) -> None:
    """Every tag lists as many pictures as it counts."""
    for path, (count, total) in (await shelf.paths(owner)).items():
        for exact, expected in ((True, count), (False, total)):
            query = PictureQuery(tags=(path,), exact=exact)
            listing = await shelf.pictures.page(owner, ListRequest(query, limit=500))
            assert len(listing.items) == expected, path


async def test_a_plan_made_for_one_picture_is_right_for_many(shelf: Shelf) -> None:
    """Trigger functions keep their plans for a session: a large batch after single pictures must not take for ever."""
    async with shelf.database.connection() as connection:
        pictures = [await shelf.add(tags=("/a/b",), sorted_at=NOON) for _ in range(8)]
        for picture in pictures:
            async with connection.transaction():
                await shelf.tags.assign(connection, shelf.alice.id, [picture], ["/c"], "manual")
                await connection.execute(
                    "UPDATE pictures SET sorted_at = sorted_at + interval '1 d' WHERE id = $1", picture
                )
        await connection.execute(
            "INSERT INTO blobs SELECT gen_random_uuid(), sha256(i::text::bytea), 1, 'live'"
            " FROM generate_series(1, 4000) i"
        )
        async with asyncio.timeout(90):
            await connection.execute(
                "INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state,"
                " date_source, sorted_at, source)"
                " SELECT gen_random_uuid(), $1, id, sha256, 1, 'x', 'image/jpeg', 'image',"
                " 'ready', 'file', '2020-01-01'::timestamp, 'upload' FROM blobs WHERE size = 1", shelf.alice.id,
            )  # fmt: skip
            await connection.execute(
                "INSERT INTO assignments (picture_id, tag_id, source)"
                " SELECT p.id, t.id, 'ml' FROM pictures p CROSS JOIN tags t WHERE p.size = 1"
            )
            await connection.execute("UPDATE pictures SET sorted_at = sorted_at + interval '1 d'")
            await connection.execute("UPDATE pictures SET deleted_at = now()")
    assert await shelf.mismatches() == []
