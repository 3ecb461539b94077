"""Everything at once: pictures come and go, are judged and judged anew, while several servers look for duplicates."""

from __future__ import annotations

import asyncio
import random

from archypix.core.errors import ArchypixError
from archypix.duplicates.deriving import DuplicateFinder
from archypix.duplicates.models import Ruling
from archypix.duplicates.verdicts import VerdictService
from tests.duplicates.house import Twins, flipped

ROUNDS = 12


async def test_what_is_left_follows_from_the_pictures(twins: Twins) -> None:
    chance, shelf = random.Random(5), twins.shelf
    owner = shelf.alice.id
    centres = [chance.getrandbits(64) for _ in range(4)]
    verdicts = VerdictService(shelf.database)

    async def come() -> None:
        for _ in range(ROUNDS):
            bits = flipped(chance.choice(centres), *chance.sample(range(64), chance.randint(0, 4)))
            await twins.picture(bits, content=chance.randint(1, 8))

    async def go() -> None:
        for _ in range(ROUNDS):
            picture = await shelf.sql("SELECT id FROM pictures ORDER BY random() LIMIT 1")
            if picture is not None:
                await twins.trash.put_in(owner, picture)
                if chance.random() < 0.5:
                    await twins.trash.purge(owner, [picture])

    async def judge() -> None:
        for _ in range(ROUNDS):
            group = await shelf.sql("SELECT id FROM duplicate_groups ORDER BY random() LIMIT 1")
            members = await shelf.sql("SELECT array_agg(picture_id) FROM duplicate_members WHERE group_id = $1", group)
            try:
                if members and chance.random() < 0.7:
                    one, other, *_ = chance.sample(members, len(members))
                    said = chance.choice([{"keep": (one,), "trash": (other,)}, {"different": (one, other)}])
                    await verdicts.rule(owner, group, Ruling(**said))
                elif members:
                    await verdicts.undo(owner, group)
            except ArchypixError:
                # Somebody else was there first.
                pass
            await asyncio.sleep(0)

    async def look() -> None:
        finder = DuplicateFinder(shelf.database)
        for _ in range(ROUNDS * 3):
            await finder.sweep()

    await come()
    await asyncio.gather(come(), come(), go(), judge(), judge(), look(), look())
    await twins.settle()
    assert await twins.mismatches() == []
    # From scratch it comes to the same.
    before = await partition(twins)
    await shelf.sql("DELETE FROM duplicate_groups")
    await shelf.sql("DELETE FROM similar_pairs")
    await shelf.sql(
        "INSERT INTO duplicates_due (owner_id, picture_id, content_hashes)"
        " SELECT owner_id, id, ARRAY[content_hash] FROM pictures"
    )
    await twins.settle()
    assert await partition(twins) == before
    assert len(before) > 1
    assert await twins.mismatches() == []


async def partition(twins: Twins) -> set[tuple[str, frozenset[str], bool]]:
    """All groups: kind, pictures, and whether something is undecided."""
    async with twins.shelf.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT g.kind, g.undecided, array_agg(m.picture_id::text) AS ids FROM duplicate_groups g"
            " JOIN duplicate_members m ON m.group_id = g.id GROUP BY g.id"
        )
    return {(row["kind"], frozenset(row["ids"]), row["undecided"]) for row in rows}
