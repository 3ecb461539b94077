"""Arrays, places and counters follow from assignments, however many of them one statement changes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from archypix.core.database import Connection
from archypix.pictures.locks import lock_library
from archypix.timeline.recount import timeline_mismatches
from tests.pictures.shelf import NOON, Shelf, all_mismatches

PATHS = ("/A", "/A/B", "/A/B/C", "/A/B/D", "/E", "/E/F", "/G")
SOURCES = ("manual", "upload", "rule")
# A few pictures a statement, so that a handful of them takes several.
SLICE = "CREATE OR REPLACE FUNCTION retag_slice() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 3 $$"
INSERT = (
    "INSERT INTO assignments (picture_id, tag_id, source)"
    " SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[]) ON CONFLICT DO NOTHING"
)
DELETE = (
    "DELETE FROM assignments a USING unnest($1::uuid[], $2::integer[], $3::text[]) AS g (picture_id, tag_id, source)"
    " WHERE (a.picture_id, a.tag_id, a.source) = (g.picture_id, g.tag_id, g.source)"
)
BOTH = f"WITH gone AS ({DELETE}) {INSERT.replace('$1', '$4').replace('$2', '$5').replace('$3', '$6')}"
MOVED = "SELECT derive_picture_tags(ARRAY(SELECT DISTINCT picture_id FROM assignments WHERE tag_id = ANY ($1)))"


async def wrong(connection: Connection) -> list[object]:
    return [*await timeline_mismatches(connection), *await all_mismatches(connection)]


async def tags_of(shelf: Shelf) -> list[int]:
    """The tags of `PATHS`, in that order."""
    for path in PATHS:
        await shelf.add(tags=(path,))
    return list(await shelf.sql("SELECT array_agg(id ORDER BY id) FROM tags WHERE owner_id = $1", shelf.alice.id))


def some(dice: random.Random, pictures: Sequence[UUID], tags: Sequence[int]) -> list[list[object]]:
    """Columns of up to 20 assignments."""
    rows = [(dice.choice(pictures), dice.choice(tags), dice.choice(SOURCES)) for _ in range(dice.randint(1, 20))]
    return [list(column) for column in zip(*rows, strict=True)]


async def change(connection: Connection, dice: random.Random, pictures: Sequence[UUID], tags: Sequence[int]) -> None:
    match dice.randint(0, 7):
        case 0 | 1 | 2:
            await connection.execute(INSERT, *some(dice, pictures, tags))
        case 3 | 4:
            await connection.execute(DELETE, *some(dice, pictures, tags))
        case 5:
            await connection.execute(BOTH, *some(dice, pictures, tags), *some(dice, pictures, tags))
        case 6:
            moved, parent = dice.choice(tags), dice.choice([*tags, None])
            if not await connection.fetchval("SELECT $1 = ANY (lineage) FROM tags WHERE id = $2", moved, parent):
                await connection.execute("UPDATE tags SET parent_id = $2 WHERE id = $1", moved, parent)
                below = await connection.fetch("SELECT id FROM tags WHERE $1 = ANY (lineage)", moved)
                await connection.execute(MOVED, [row["id"] for row in below])
        case 7:
            ids = dice.sample(list(pictures), 4)
            moment = dice.choice(["now()", "NULL"])
            await connection.execute(f"UPDATE pictures SET deleted_at = {moment} WHERE id = ANY ($1)", ids)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_one_statement_assigns_and_takes_away(shelf: Shelf, seed: int) -> None:
    dice = random.Random(seed)
    tags = await tags_of(shelf)
    pictures = [await shelf.add(sorted_at=NOON + timedelta(hours=9 * number)) for number in range(12)]
    async with shelf.database.connection() as connection:
        await connection.execute(SLICE)
        for _ in range(60):
            async with connection.transaction():
                await lock_library(connection, shelf.alice.id)
                await change(connection, dice, pictures, tags)
            assert await wrong(connection) == []


async def test_arrays_that_are_wrong_are_put_right(shelf: Shelf) -> None:
    tags = await tags_of(shelf)
    picture = await shelf.add(tags=("/A/B",))
    async with shelf.database.connection() as connection:
        await connection.execute("UPDATE pictures SET tag_ids = $2, tag_closure = $2 WHERE id = $1", picture, tags[:1])
        assert await wrong(connection) != []
        await connection.execute("SELECT derive_picture_tags($1)", [picture])
        assert await wrong(connection) == []


async def test_a_date_that_changes_meanwhile(shelf: Shelf) -> None:
    tags = await tags_of(shelf)
    picture = await shelf.add(tags=("/G",))
    later = NOON + timedelta(days=40)

    async def assign() -> None:
        async with shelf.database.transaction() as connection:
            await lock_library(connection, shelf.alice.id)
            await connection.execute(INSERT, [picture, picture], tags[1:3], ["manual", "rule"])

    async with shelf.database.transaction() as connection:
        await connection.execute("UPDATE pictures SET sorted_at = $2 WHERE id = $1", picture, later)
        assigning = asyncio.create_task(assign())
        async with asyncio.timeout(90):
            while not await shelf.waiting():
                await asyncio.sleep(0.01)
    await assigning
    async with shelf.database.connection() as connection:
        assert await wrong(connection) == []
        places = await connection.fetchval("SELECT count(*) FROM picture_tags WHERE picture_id = $1", picture)
        assert places == 1 + len(PATHS[:3])


async def test_a_failed_change_leaves_the_triggers_awake(shelf: Shelf) -> None:
    tags = await tags_of(shelf)
    picture = await shelf.add(tags=("/G",))
    async with shelf.database.transaction() as connection:
        await lock_library(connection, shelf.alice.id)
        with pytest.raises(asyncpg.CheckViolationError):
            async with connection.transaction():
                await connection.execute(
                    "ALTER TABLE pictures ADD CONSTRAINT few CHECK (cardinality(tag_ids) < 2) NOT VALID"
                )
                await connection.execute(INSERT, [picture], tags[:1], ["manual"])
        await connection.execute("UPDATE pictures SET deleted_at = now() WHERE id = $1", picture)
        assert await wrong(connection) == []
