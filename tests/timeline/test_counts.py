"""Counts by day are those of the pictures, whatever is done to them, and by how many at once."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from archypix.core.database import Connection
from archypix.pictures.locks import lock_library
from archypix.timeline.recount import timeline_mismatches
from tests.pictures.shelf import NOON, Shelf, all_mismatches
from tests.timeline.conftest import fill

TAGS = ("/A", "/A/B", "/A/B/C", "/D")


async def wrong(shelf: Shelf) -> list[object]:
    async with shelf.database.connection() as connection:
        return [*await timeline_mismatches(connection), *await all_mismatches(connection)]


async def on_day(shelf: Shelf, tag: str | None = None, day: datetime = NOON) -> int:
    shelf_id = "library_shelf($1)" if tag is None else "(SELECT id FROM tags WHERE owner_id = $1 AND name = $3)"
    text = f"SELECT coalesce(sum(total), 0) FROM timeline_counts WHERE shelf = {shelf_id} AND day = timeline_day($2)"
    return int(await shelf.sql(text, shelf.alice.id, day, *([tag] if tag else [])))


async def change(connection: Connection, shelf: Shelf, ids: list[UUID], dice: random.Random) -> None:
    """One of the things that people and the pipeline do, to some pictures in one statement."""
    chosen = sorted(dice.sample(ids, dice.randint(1, min(4, len(ids)))))
    owner = shelf.alice.id
    match dice.randint(0, 6):
        case 0 | 1:  # a date alone: without the library's lock
            moved = NOON + timedelta(hours=dice.randint(-60, 60))
            await connection.execute("UPDATE pictures SET sorted_at = $2 WHERE id = ANY ($1)", chosen, moved)
        case 2:
            await lock_library(connection, owner)
            moment = dice.choice(["now()", "NULL"])
            await connection.execute(f"UPDATE pictures SET deleted_at = {moment} WHERE id = ANY ($1)", chosen)
        case 3 | 4:
            await lock_library(connection, owner)
            await shelf.tags.assign(connection, owner, chosen, (dice.choice(TAGS),), "manual")
        case 5:
            await lock_library(connection, owner)
            await connection.execute("DELETE FROM assignments WHERE picture_id = ANY ($1)", chosen)
        case 6:
            await lock_library(connection, owner)
            await connection.execute("DELETE FROM pictures WHERE id = ANY ($1)", chosen[:1])


@pytest.mark.parametrize("seed", range(3))
async def test_random_changes(shelf: Shelf, seed: int) -> None:
    dice = random.Random(seed)
    ids = [await shelf.add(tags=dice.choice([(), (dice.choice(TAGS),)])) for _ in range(25)]
    for _ in range(60):
        async with shelf.database.transaction() as connection:
            await change(connection, shelf, ids, dice)
        assert await wrong(shelf) == []


async def test_many_at_once(shelf: Shelf) -> None:
    ids = [await shelf.add(tags=(TAGS[number % 4],)) for number in range(40)]

    async def somebody(number: int) -> None:
        dice = random.Random(number)
        for _ in range(40):
            # Each keeps to pictures of their own, so that only counters are in common.
            async with shelf.database.transaction() as connection:
                await change(connection, shelf, ids[number * 8 : number * 8 + 8], dice)

    await asyncio.gather(*map(somebody, range(5)))
    assert await wrong(shelf) == []


async def test_changes_of_dates_do_not_wait_for_each_other(shelf: Shelf) -> None:
    one, other = [await shelf.add(tags=("/A/B",)) for _ in range(2)]
    move = "UPDATE pictures SET sorted_at = $2 WHERE id = $1"
    later = NOON + timedelta(days=1)
    async with shelf.database.transaction() as first, shelf.database.transaction() as second:
        for connection in (first, second):
            await connection.execute("SET LOCAL lock_timeout = '30s'")
        await first.execute(move, one, later)
        await second.execute(move, other, later)
        await first.execute(move, one, NOON)
        await second.execute(move, other, NOON + timedelta(days=2))
    assert await wrong(shelf) == []
    assert await on_day(shelf, "B") == await on_day(shelf) == 1


async def test_a_change_of_date_does_not_wait_for_whoever_holds_the_library(shelf: Shelf) -> None:
    one, other = [await shelf.add(tags=("/A/B",)) for _ in range(2)]
    async with shelf.database.transaction() as writer, shelf.database.transaction() as editor:
        await editor.execute("SET LOCAL lock_timeout = '30s'")
        await lock_library(writer, shelf.alice.id)
        await shelf.tags.assign(writer, shelf.alice.id, [one], ("/A/B/C", "/D"), "manual")
        await editor.execute("UPDATE pictures SET sorted_at = '2001-01-01' WHERE id = $1", other)
    assert await wrong(shelf) == []


async def test_what_is_rolled_back_is_not_counted(shelf: Shelf) -> None:
    picture = await shelf.add(tags=("/A",))
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with shelf.database.transaction() as connection:
            await connection.execute("UPDATE pictures SET sorted_at = '1999-01-01' WHERE id = $1", picture)
            await connection.execute("SELECT 1 / 0")
    assert await wrong(shelf) == []
    assert await on_day(shelf) == 1


async def test_a_large_statement_leaves_one_row_for_each_day(shelf: Shelf) -> None:
    await fill(shelf, 2000, "2020-01-01", "1 hour")
    await shelf.sql("UPDATE pictures SET sorted_at = sorted_at + interval '1 month'")
    assert await wrong(shelf) == []
    rows = await shelf.sql("SELECT count(*) FROM timeline_counts WHERE shelf = library_shelf($1)", shelf.alice.id)
    days = await shelf.sql(
        "SELECT count(DISTINCT day) FROM timeline_counts WHERE shelf = library_shelf($1)", shelf.alice.id
    )
    assert rows == days


async def test_dates_at_the_ends_of_the_calendar(shelf: Shelf) -> None:
    for moment in (datetime.min, datetime.max, datetime(1, 1, 1, 12), datetime(9999, 12, 31)):
        picture = await shelf.add(tags=("/A",), sorted_at=moment)
        await shelf.sql("UPDATE pictures SET sorted_at = $2 WHERE id = $1", picture, NOON)
        await shelf.sql("UPDATE pictures SET sorted_at = $2 WHERE id = $1", picture, moment)
    assert await wrong(shelf) == []
    assert await on_day(shelf, "A", datetime(1, 1, 1)) == await on_day(shelf, "A", datetime(9999, 12, 31)) == 2


async def test_tags_that_are_moved_merged_and_deleted(shelf: Shelf) -> None:
    for tag in ("/A/B", "/A/B/C", "/D"):
        await shelf.add(tags=(tag,))
    await shelf.tags.rename(shelf.alice.id, "/A/B", "/D/E")
    assert await wrong(shelf) == []
    await shelf.tags.merge(shelf.alice.id, "/D/E/C", "/A")
    assert await wrong(shelf) == []
    gone = await shelf.sql("SELECT id FROM tags WHERE name = 'D'")
    await shelf.tags.delete(shelf.alice.id, "/D")
    assert await wrong(shelf) == []
    assert await shelf.sql("SELECT count(*) FROM timeline_counts WHERE shelf = $1", gone) == 0


async def test_rows_made_without_triggers_are_found_and_recounted(shelf: Shelf) -> None:
    await shelf.add(tags=("/A",))
    await shelf.sql("DELETE FROM timeline_counts WHERE shelf > 0")
    found = await wrong(shelf)
    assert len(found) == 1
    await shelf.sql("SELECT timeline_recount()")
    assert await wrong(shelf) == []
