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
from urllib.parse import urlencode

import orjson

from archypix.pictures.listing import PageRequest
from archypix.pictures.query import PictureQuery, resolve
from archypix.pipeline.run import Runner
from tests.benchmarks.bench_lists import Bench, open_bench
from tests.benchmarks.generate import WIDE, ensure

SMALL = 10_000
ROUNDS = 20
TARGET = "/Auto bench"


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


async def rules(bench: Bench, pictures: int) -> None:
    """Edit a rule so that it hits other pictures: as few as it did, then a tenth of all."""

    def few(model: int) -> object:
        return {"and": [{"field": "camera_model", "equals": f"Model {model}"}, {"field": "iso", "max": 400}]}

    many = {"field": "iso", "min": 500, "max": 700}
    service = bench.program.send("POST", "/services", rule_service("Bench", [(few(7), TARGET)]))
    await evaluated(bench)
    address = f"/services/{service['id']}"
    cases: tuple[tuple[object, str, float], ...] = (
        (few(8), "camera_model = 'Model 8' AND iso <= 400", 2),
        (many, "iso BETWEEN 500 AND 700", 10),
    )
    for when, condition, wanted in cases:
        began = time.perf_counter()
        bench.program.send("PATCH", address, {"config": {"rules": [{"when": when, "tag": TARGET}]}})
        await evaluated(bench)
        seconds = time.perf_counter() - began
        hits = await bench.connection.fetchval(
            "SELECT count(*) FROM assignments WHERE source = 'rule' AND source_id = $1", service["id"]
        )
        alone = await bare(bench, f"UPDATE pictures SET rating = 3 WHERE owner_id = $1 AND {condition}", bench.owner)
        print(
            f"  rule edited to hit {hits:,} pictures: {seconds:.1f} s (under {wanted:g} wanted),"
            f" {seconds * 1000 / alone:.1f} of UPDATE pictures SET rating of the same ({alone / 1000:.1f} s)"
        )
    bench.program.send("DELETE", address, None)
    await evaluated(bench)
    bench.program.send("DELETE", "/tags?" + urlencode({"path": TARGET}), None)


def rule_service(name: str, given: list[tuple[object, str]]) -> dict[str, object]:
    """The body of a service with these (when, tag)."""
    return {"kind": "rule", "name": name, "config": {"rules": [{"when": when, "tag": tag} for when, tag in given]}}


async def evaluated(bench: Bench) -> None:
    """Return when the pipeline has nothing left to do."""
    while orjson.loads(bench.program.get("/services"))["pending"]:
        await asyncio.sleep(0.02)


async def one(bench: Bench, pictures: int) -> None:
    """Ten services of ten rules over one picture, from its mark to its tags, in a runner of this process."""
    made = []
    for number in range(10):
        given: list[tuple[object, str]] = [
            (
                {
                    "and": [
                        {"field": "camera_model", "equals": f"Model {rule * 10 + number}"},
                        {"field": "iso", "max": 99},
                    ]
                },
                f"/Auto one/Service {number}/Model {rule}",
            )
            for rule in range(10)
        ]
        made.append(bench.program.send("POST", "/services", rule_service(f"One {number}", given))["id"])
        await evaluated(bench)
    ids = [
        row["id"]
        for row in await bench.connection.fetch(
            "SELECT id FROM pictures WHERE owner_id = $1 AND camera_model = 'Model 7' ORDER BY sorted_at DESC LIMIT $2",
            bench.owner, ROUNDS + 5,
        )
    ]  # fmt: skip
    runner, samples, reference = Runner(bench.database), [], []
    for picture in ids:
        iso = await bench.connection.fetchval("SELECT iso FROM pictures WHERE id = $1", picture)
        # Unheard of by the server's own loop: no notification is sent.
        await bench.connection.execute(
            "INSERT INTO dirty_pictures (owner_id, picture_id) VALUES ($1, $2)", bench.owner, picture
        )
        began = time.perf_counter()
        await runner.settle(bench.owner)
        samples.append((time.perf_counter() - began) * 1000)
        reference.append(await bare(bench, "UPDATE pictures SET rating = 3, iso = $2 WHERE id = $1", picture, iso))
    median, alone = statistics.median(samples[5:]), statistics.median(reference)
    print(
        f"  ten services of ten rules over one picture: {median:.1f} ms (under 20 wanted),"
        f" {median / alone:.1f} of UPDATE pictures of its row ({alone:.1f} ms)"
    )
    for service in made:
        bench.program.send("DELETE", f"/services/{service}", None)
    await evaluated(bench)
    bench.program.send("DELETE", "/tags?path=/Auto%20one", None)


SEARCHES = (
    "tag:/Bench/Wide camera:canon year:2019",
    'tag:/Bench/Wide model:"Model 7" year:2019',
    'make:"Make 3" iso:>=800 year:2015',
    "img 2019 model",
    "img 20191224 make",
    "picture 500007 img",
    "nothing like this",
    "rating:>=4 has:gps -tag:/Bench/Wide",
)


async def search(bench: Bench, pictures: int) -> None:
    """Searches of three terms, newest first; the reference is the bare statement of a page of the whole library."""
    found = []
    resolved = resolve(PictureQuery(), await bench.trees.get(bench.connection, bench.owner))
    for text in SEARCHES:
        path = "/pictures?" + urlencode({"q": text, "limit": 200})
        items = len(orjson.loads(bench.program.get(path))["items"])
        samples, reference = [], []
        for _ in range(ROUNDS):
            samples.append(bench.timed(path))
            began = time.perf_counter()
            await bench.bare(PageRequest(bench.owner, resolved, "captured", "desc", 200, None))
            reference.append((time.perf_counter() - began) * 1000)
        median, alone = statistics.median(samples), statistics.median(reference)
        found.append(median)
        ratio = median / alone
        print(
            f"  search {text!r}: {items} items, {median:.1f} ms, {ratio:.1f} of a bare page ({alone:.1f} ms)",
            flush=True,
        )
    median = statistics.median(found)
    print(f"  searches of three terms: p50 {median:.1f} ms (under 20 wanted), worst {max(found):.1f} ms")


async def timeline(bench: Bench, pictures: int) -> None:
    """The buckets of the whole library and of a tag; the reference counts by months what is counted already."""
    alone = []
    for _ in range(ROUNDS):
        alone.append(
            await bare(
                bench,
                "SELECT date_trunc('month', sorted_at), count(*) FROM pictures"
                " WHERE owner_id = $1 AND deleted_at IS NULL GROUP BY 1",
                bench.owner,
            )
        )
        if sum(alone) > 10_000:
            break
    counting = statistics.median(alone)
    for what, path in (("the library", "/timeline"), (WIDE, "/timeline?" + urlencode({"tag": WIDE}))):
        buckets = orjson.loads(bench.program.get(path))["items"]
        median = statistics.median(bench.timed(path) for _ in range(ROUNDS))
        largest = max(buckets, key=lambda bucket: bucket["count"])
        inside = path.replace("/timeline", "/timeline/bucket") + ("&" if "?" in path else "?")
        one = statistics.median(bench.timed(inside + urlencode({"key": largest["key"]})) for _ in range(ROUNDS))
        print(
            f"  timeline of {what}: {len(buckets)} buckets in {median:.1f} ms (under 30 wanted),"
            f" {median / counting:.3f} of SELECT count(*) GROUP BY month ({counting:.0f} ms);"
            f" a bucket of {largest['count']} in {one:.1f} ms"
        )


PARTS: dict[str, Callable[[Bench, int], Awaitable[object]]] = {
    "rename": rename,
    "move": move,
    "rules": rules,
    "one": one,
    "search": search,
    "timeline": timeline,
}


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
