"""The search by bands finds what comparing all with all finds, and stays within its bounds."""

from __future__ import annotations

import asyncio
import random
from itertools import combinations
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archypix.core.database import Database
from archypix.duplicates import neighbours_store
from archypix.duplicates.deriving import DuplicateFinder
from archypix.duplicates.models import MAX_DISTANCE, MOST_IN_GROUP, MOST_NEIGHBOURS
from archypix.media.perceptual import distance
from tests.duplicates.house import Twins, flipped, signed
from tests.pictures.shelf import Shelf

BITS = (1 << 64) - 1
FILL = """
WITH new AS (SELECT gen_random_uuid() AS id, hash FROM unnest($2::bigint[]) AS hash),
stored AS (INSERT INTO blobs (id, sha256, size, state) SELECT id, sha256(id::text::bytea), 1, 'live' FROM new)
INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, date_source, sorted_at,
    source, perceptual_hash)
SELECT id, $1, id, sha256(id::text::bytea), 1, 'a.jpg', 'image/jpeg', 'image', 'ready', 'exif', '2020-01-01', 'upload',
    hash FROM new
"""


async def fill(shelf: Shelf, hashes: list[int]) -> None:
    """Pictures of Alice's with these hashes, in one statement."""
    await shelf.sql(FILL, shelf.alice.id, [signed(each) for each in hashes])


async def pairs(database: Database) -> set[tuple[UUID, UUID]]:
    async with database.connection() as connection:
        return {(row["one"], row["other"]) for row in await connection.fetch("SELECT one, other FROM similar_pairs")}


def test_some_band_of_two_hashes_agrees_up_to_the_turns_that_are_tried() -> None:
    chance = random.Random(1)
    for most in range(MAX_DISTANCE + 1):
        tried = set(neighbours_store.masks(most))
        for _ in range(200):
            bits = flipped(0, *chance.sample(range(64), most))
            assert any((bits >> 16 * band & 65535) in tried for band in range(4)), (most, bits)


@settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, MAX_DISTANCE), st.integers(0, 2**32), st.integers(1, 12))
async def test_neighbours_are_those_of_comparing_all(twins: Twins, most: int, seed: int, centres: int) -> None:
    shelf, chance = twins.shelf, random.Random(seed)
    await shelf.sql("DELETE FROM pictures")
    await shelf.sql("UPDATE libraries SET similar_distance = $1", most)
    middles = [chance.getrandbits(64) for _ in range(centres)]
    hashes = [
        flipped(chance.choice(middles), *chance.sample(range(64), chance.randint(0, 9))) for _ in range(8 * centres)
    ]
    await fill(shelf, hashes)
    await twins.settle()
    async with shelf.database.connection() as connection:
        rows = await connection.fetch("SELECT id, perceptual_hash AS hash FROM pictures ORDER BY id")
    near = {
        (one["id"], other["id"]) for one, other in combinations(rows, 2) if distance(one["hash"], other["hash"]) <= most
    }
    count = {row["id"]: sum(row["id"] in pair for pair in near) for row in rows}
    if max(count.values()) <= MOST_NEIGHBOURS:
        assert await pairs(shelf.database) == near
    assert await twins.mismatches() == []


async def test_a_burst_of_pictures_that_are_nearly_equal_stays_within_bounds(twins: Twins) -> None:
    chance = random.Random(2)
    burst = chance.getrandbits(64)
    await fill(twins.shelf, [flipped(burst, *chance.sample(range(64), chance.randint(0, 2))) for _ in range(600)])
    await twins.settle()
    found = await pairs(twins.shelf.database)
    assert 600 <= len(found) <= 600 * MOST_NEIGHBOURS
    sizes = [row["n"] for row in await rows(twins, "SELECT count(*) AS n FROM duplicate_members GROUP BY group_id")]
    assert max(sizes) <= MOST_IN_GROUP
    assert sum(sizes) > 500
    assert await twins.mismatches() == []


async def test_two_servers_at_once_find_the_same(twins: Twins) -> None:
    chance = random.Random(3)
    centre = chance.getrandbits(64)
    await fill(twins.shelf, [flipped(centre, number % 64) for number in range(30)] + [chance.getrandbits(64)] * 2)
    other = DuplicateFinder(twins.shelf.database)
    await asyncio.gather(*(finder.sweep() for finder in (twins.finder, other, twins.finder)))
    await twins.settle()
    assert await twins.shelf.sql("SELECT count(*) FROM similar_pairs") == 30 * 29 / 2 + 1
    assert await twins.mismatches() == []


async def rows(twins: Twins, statement: str) -> list[dict[str, int]]:
    async with twins.shelf.database.connection() as connection:
        return [dict(row) for row in await connection.fetch(statement)]
