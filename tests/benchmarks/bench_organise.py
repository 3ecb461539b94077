"""Organising a library of a million pictures: surgery on tags, rules, search, timeline; each against a bare statement.

    python -m tests.benchmarks.bench_organise --server URL [--pictures 1000000] [--part rename …]

A real server answers from a generated library (`generate.py`); what is changed is changed back. Bare statements run in
this process on a connection of their own, and are rolled back where they write.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.benchmarks.bench_lists import Bench, open_bench
from tests.benchmarks.generate import ensure

SMALL = 10_000
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Subtree:
    """A tag, and how many pictures carry it or a descendant."""

    id: int
    path: str
    total: int


async def subtree(bench: Bench, pictures: int) -> Subtree:
    """The tag of the second level that nearest to a tenth of all pictures carry."""
    row = await bench.connection.fetchrow(
        "SELECT t.id, '/' || p.name || '/' || t.name AS path, t.total FROM tags t JOIN tags p ON p.id = t.parent_id"
        " WHERE t.owner_id = $1 AND t.depth = 2 AND p.name <> 'Bench' ORDER BY abs(t.total - $2) LIMIT 1",
        bench.owner, pictures // 10,
    )  # fmt: skip
    return Subtree(*row)


async def bare(bench: Bench, statement: str, *values: object) -> float:
    """Milliseconds of a statement that is rolled back."""
    transaction = bench.connection.transaction()
    await transaction.start()
    began = time.perf_counter()
    await bench.connection.fetch(statement, *values, timeout=600)
    elapsed = (time.perf_counter() - began) * 1000
    await transaction.rollback()
    return elapsed


def timed(action: Callable[[], object]) -> float:
    """Milliseconds of a call."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


async def rename(bench: Bench, pictures: int) -> float:
    """Rename a subtree to and fro; the median in milliseconds."""
    tag = await subtree(bench, pictures)
    samples, reference = [], []
    for _ in range(ROUNDS):
        there, back = {"path": tag.path, "new_path": tag.path + " x"}, {"path": tag.path + " x", "new_path": tag.path}
        samples += [timed(lambda body=body: bench.program.send("POST", "/tags/rename", body)) for body in (there, back)]
        reference.append(await bare(bench, "UPDATE tags SET name = name || ' x' WHERE id = $1", tag.id))
    median, alone = statistics.median(samples), statistics.median(reference)
    print(
        f"  rename of a subtree that {tag.total:,} pictures carry: {median:.1f} ms (under 50 wanted),"
        f" {median / alone:.1f} of UPDATE tags SET name ({alone:.1f} ms)"
    )
    return median


async def move(bench: Bench, pictures: int) -> None:
    """Move a subtree below another tag and back."""
    tag = await subtree(bench, pictures)
    away = "/Projects" + tag.path[tag.path.rindex("/") :]
    there = timed(lambda: bench.program.send("POST", "/tags/rename", {"path": tag.path, "new_path": away}))
    back = timed(lambda: bench.program.send("POST", "/tags/rename", {"path": away, "new_path": tag.path}))
    alone = await bare(
        bench,
        "UPDATE pictures SET rating = 3 WHERE id IN (SELECT picture_id FROM picture_tags WHERE tag_id = $1)", tag.id,
    )  # fmt: skip
    print(
        f"  move of a subtree that {tag.total:,} pictures carry: {there / 1000:.1f} s, back {back / 1000:.1f} s"
        f" (under 10 wanted), {there / alone:.1f} of UPDATE pictures SET rating of the same ({alone / 1000:.1f} s)"
    )


PARTS: dict[str, Callable[[Bench, int], Awaitable[object]]] = {"rename": rename, "move": move}


async def measure(server: str, pictures: int, parts: list[str]) -> None:
    """Print all figures for a library of this size."""
    renaming: list[float] = []
    if "rename" in parts:
        async with open_bench(await ensure(server, SMALL)) as bench:
            print(f"{SMALL:,} pictures")
            renaming.append(await rename(bench, SMALL))
    async with open_bench(await ensure(server, pictures)) as bench:
        print(f"{pictures:,} pictures")
        for part in parts:
            figure = await PARTS[part](bench, pictures)
            if part == "rename" and isinstance(figure, float):
                print(f"  rename at {pictures:,}: {figure / renaming[0]:.2f} of that at {SMALL:,} (at most 1.5 wanted)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="address of a superuser's database")
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--part", action="append", choices=PARTS)
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.server, arguments.pictures, arguments.part or list(PARTS)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
