"""What the derivations cost: the writes of one picture with triggers and foreign keys, against the same without.

    python -m tests.benchmarks.bench_writes --server URL [--pictures 1000000]

Every round is rolled back. Figures are medians in milliseconds, round trips included.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import time
from collections.abc import Sequence
from typing import Any

import asyncpg

from archypix.core.ids import new_id
from tests.benchmarks.generate import OWNER, ensure

ROUNDS = 100
PICTURE = """
INSERT INTO pictures (
    id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, date_source, sorted_at, source
)
VALUES ($1, $2, $3, $4, 1000, 'a.jpg', 'image/jpeg', 'image', 'processing', 'file', '2020-05-05'::timestamp, 'upload')
"""
REPORT = """
UPDATE pictures SET state = 'ready', width = 100, height = 100, has_thumbnails = true,
    sorted_at = '2021-05-06'::timestamp, captured_at = '2021-05-06'::timestamp, revision = revision + 1 WHERE id = $1
"""
STEPS = ("lock", "picture", "three tags", "report", "trash", "restore", "no tags", "gone")


async def one_picture(connection: asyncpg.Connection, owner: int, tags: Sequence[int]) -> list[float]:
    """The life of one picture; milliseconds of each of `STEPS`."""
    picture, blob, sha256 = new_id(), new_id(), os.urandom(32)
    await connection.execute("INSERT INTO blobs VALUES ($1, $2, 1000, 'live')", blob, sha256)
    steps: list[tuple[str, tuple[Any, ...]]] = [
        ("SELECT * FROM libraries WHERE account_id = $1 FOR UPDATE", (owner,)),
        (PICTURE, (picture, owner, blob, sha256)),
        (
            "INSERT INTO assignments (picture_id, tag_id, source) SELECT $1, tag, 'upload' FROM unnest($2::int[]) tag",
            (picture, random.sample(tags, 3)),
        ),
        (REPORT, (picture,)),
        ("UPDATE pictures SET deleted_at = now() WHERE id = $1", (picture,)),
        ("UPDATE pictures SET deleted_at = NULL WHERE id = $1", (picture,)),
        ("DELETE FROM assignments WHERE picture_id = $1", (picture,)),
        ("DELETE FROM pictures WHERE id = $1", (picture,)),
    ]
    taken = []
    for statement, values in steps:
        began = time.perf_counter()
        await connection.execute(statement, *values)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def rounds(connection: asyncpg.Connection, *, derive: bool) -> list[float]:
    """Median milliseconds of each step."""
    owner = await connection.fetchval("SELECT id FROM accounts WHERE name = $1", OWNER)
    tags = [row["id"] for row in await connection.fetch("SELECT id FROM tags WHERE depth >= 3")]
    await connection.execute(f"SET session_replication_role = {'origin' if derive else 'replica'}")
    taken = []
    for _ in range(ROUNDS):
        transaction = connection.transaction()
        await transaction.start()
        taken.append(await one_picture(connection, owner, tags))
        await transaction.rollback()
    return [statistics.median(column) for column in zip(*taken, strict=True)]


async def measure(server: str, pictures: int) -> None:
    """Print the figures for a library of this size."""
    connection = await asyncpg.connect(await ensure(server, pictures), server_settings={"jit": "off"})
    try:
        without = await rounds(connection, derive=False)
        derived = await rounds(connection, derive=True)
    finally:
        await connection.execute("VACUUM pictures, picture_tags, assignments, tags, libraries", timeout=600)
        await connection.close()
    print(f"{pictures:,} pictures: milliseconds with and without derivations")
    for name, ms, bare in zip(STEPS, derived, without, strict=True):
        print(f"  {name:12}{ms:8.2f}{bare:8.2f}")
    print(f"  picture and three tags: {derived[1] + derived[2]:.2f} ms (at most 2)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="address of a superuser's database on a PostgreSQL server")
    parser.add_argument("--pictures", type=int, action="append", help="sizes of libraries (default 1000000)")
    arguments = parser.parse_args()
    for pictures in arguments.pictures or [1_000_000]:
        asyncio.run(measure(arguments.server, pictures))


if __name__ == "__main__":
    main()
