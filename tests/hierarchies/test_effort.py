"""How much of a library is read for a small folder of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from archypix.core.sql import Parameters
from archypix.hierarchies.listing import Statement
from tests.hierarchies.cabinet import Cabinet

MANY = 3000
PICTURES = """
WITH made AS (
    INSERT INTO blobs (id, sha256, size, state)
    SELECT gen_random_uuid(), sha256(i::text::bytea), 1000, 'live' FROM generate_series(1, $2) i RETURNING id, sha256
)
INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, date_source, sorted_at,
    source)
SELECT gen_random_uuid(), $1, id, sha256, 1000, 'p.jpg', 'image/jpeg', 'image', 'ready', 'exif', now(), 'upload'
FROM made
"""
TAGGED = """
INSERT INTO assignments (picture_id, tag_id, source)
SELECT id, ($2::integer[])[1 + row_number() OVER () % cardinality($2::integer[])], 'manual' FROM pictures
WHERE owner_id = $1 AND tag_ids = '{}'
"""


def scans(plan: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """The tables that a plan reads, with how many rows it looked at."""
    if "Relation Name" in plan:
        looked = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        yield plan["Relation Name"], looked * plan["Actual Loops"]
    for inner in plan.get("Plans", ()):
        yield from scans(inner)


@pytest.fixture
async def large(cabinet: Cabinet) -> Cabinet:
    """A cabinet of 3,000 pictures, all of them in `/All/Sub …`, and three that also carry `/Few`."""
    alice = cabinet.shelf.alice.id
    await cabinet.shelf.sql(PICTURES, alice, MANY)
    await cabinet.shelf.add(tags=tuple(f"/All/Sub {number}" for number in range(30)))
    ids = await cabinet.ids(*(f"/All/Sub {number}" for number in range(30)))
    await cabinet.shelf.sql(TAGGED, alice, ids)
    for number in range(3):
        await cabinet.shelf.add(filename=f"{number}.jpg", tags=("/All/Sub 1", "/Few"))
    for table in ("pictures", "picture_tags", "tags", "hierarchy_names", "blobs"):
        await cabinet.shelf.sql(f"ANALYZE {table}")
    return cabinet


async def effort(cabinet: Cabinet, hierarchy: Any, *path: str, page: bool = False) -> float:
    """How many rows are looked at for a folder."""
    folder = await cabinet.folder(hierarchy, *path)
    async with cabinet.shelf.database.connection() as connection:
        statement = Statement(await cabinet.resolver.layout(connection, hierarchy), folder)
        text = statement.page(10, None) if page else statement.whole(limit=1000, sums=True)
        ((plans,),) = await connection.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", *statement.values)
    return sum(looked for _, looked in scans(plans[0]["Plan"]))


async def test_small_folders_of_large_libraries_are_read_alone(large: Cabinet) -> None:
    library = await large.library()
    views = await large.hierarchy(
        {"type": "query", "name": "Q", "all": ["/All", "/Few"]},
        {"type": "query", "name": "Any", "any": ["/Few"], "none": ["/None"]},
        {"type": "query", "name": "Loose", "untagged": True},
        {"type": "mirror", "root": "/Few", "keep_dir": True},
    )
    for hierarchy, path in (
        (library, ()), (library, ("All",)), (library, ("Few",)), (views, ("Q",)), (views, ("Any",)),
        (views, ("Loose",)), (views, ("Few",)),
    ):  # fmt: skip
        await large.files(hierarchy, *path)
        assert await effort(large, hierarchy, *path) < 60, path
    assert await effort(large, library, "All", "Sub 1", page=True) < 120


async def test_one_file_is_found_without_the_others(large: Cabinet) -> None:
    library = await large.library()
    folder = await large.folder(library, "All", "Sub 1")
    async with large.shelf.database.connection() as connection:
        statement = Statement(await large.resolver.layout(connection, library), folder)
        parameters: Parameters = statement.parameters
        text = statement.some(
            [
                statement.named(["2.jpg"]),
                statement.owned(f"name_class(q.filename) = name_class({parameters.add('2.jpg')})"),
            ]
        )
        ((plans,),) = await connection.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", *statement.values)
    assert sum(looked for _, looked in scans(plans[0]["Plan"])) < 30
