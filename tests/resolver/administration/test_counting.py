"""How many people live on each backend, counted as names come, move and go, in batches and at once."""

from __future__ import annotations

import asyncio
import random

from tests.resolver.registration.house import House


async def counted(house: House) -> dict[int, int]:
    return dict(await house.rows("SELECT backend_id, people FROM backend_people WHERE people <> 0"))


async def really(house: House) -> dict[int, int]:
    rows = await house.rows("SELECT backend_id, count(*) FROM names WHERE deleted_at IS NULL GROUP BY 1")
    return dict(rows)


async def test_batches_count_what_came_of_them(house: House) -> None:
    first, second, _ = house.peers
    await house.people(first, *(f"a{n}" for n in range(50)))
    await house.sql(
        "INSERT INTO names (name, backend_id) SELECT n, b.id FROM unnest($1::text[]) n, backends b"
        " WHERE b.origin = $2 ON CONFLICT DO NOTHING",
        [f"a{n}" for n in range(60)], second.origin,
    )  # fmt: skip
    assert sorted((await counted(house)).values()) == [10, 50]
    await house.sql("UPDATE names SET deleted_at = now() WHERE name < 'a3'")
    assert await counted(house) == await really(house)
    await house.sql("UPDATE names SET deleted_at = now() WHERE name < 'a3'")
    await house.sql("UPDATE names SET backend_id = (SELECT id FROM backends WHERE origin = $1)", second.origin)
    assert await counted(house) == await really(house)
    await house.sql("DELETE FROM names WHERE name > 'a4'")
    assert await counted(house) == await really(house)


async def test_opposite_changes_at_once_all_count(house: House) -> None:
    chance = random.Random(5)
    ids = [row[0] for row in await house.rows("SELECT id FROM backends ORDER BY id")]
    await house.people(house.peers[0], *(f"a{n}" for n in range(40)))

    async def move(n: int) -> None:
        await house.sql("UPDATE names SET backend_id = $2 WHERE name = $1", f"a{n % 40}", chance.choice(ids))

    await asyncio.gather(*(move(n) for n in range(160)))
    assert await counted(house) == await really(house)
