"""Libraries of 100,000 or 1,000,000 generated pictures with five tags each, kept between runs as a database by name.

Rows are made by SQL with triggers off; arrays and counters are computed for all rows at once, and then proven equal to
what the triggers would have given: the arrays of a sample are derived again, and all counters are counted again.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from archypix.core.database import migrate, migrations
from archypix.pictures.recount import library_mismatches
from archypix.tags.recount import array_mismatches, place_mismatches, tag_mismatches, tree_mismatches
from archypix.timeline.recount import timeline_mismatches

OWNER = "alice"
# The tags the benchmarks read: how many of a thousand pictures carry each, anywhere in time or only the oldest.
WIDE, WIDE_OLD = "/Bench/Wide", "/Bench/Wide old"
MIDDLING, MIDDLING_OLD = "/Bench/Middling", "/Bench/Middling old"
NARROW, NARROW_OLD = "/Bench/Narrow", "/Bench/Narrow old"
TAGS = 2500


def tree() -> list[str]:
    """2,500 paths, parents before children."""
    paths = ["/Calendar", "/Places", "/People", "/Cameras", "/Projects", "/Bench"]
    for year in range(2005, 2025):
        paths += [f"/Calendar/{year}", *(f"/Calendar/{year}/{year}-{month:02}" for month in range(1, 13))]
    for country in range(25):
        paths.append(f"/Places/Country {country}")
        for region in range(5):
            at = f"/Places/Country {country}/Region {region}"
            paths += [at, *(f"{at}/Town {town}" for town in range(8))]
    for group in range(6):
        at = f"/People/Group {group}"
        paths += [at, *(f"{at}/Person {group * 60 + person}" for person in range(60))]
    for make in range(12):
        at = f"/Cameras/Make {make}"
        paths += [at, *(f"{at}/Model {make * 10 + model}" for model in range(10))]
    paths += [WIDE, WIDE_OLD, MIDDLING, MIDDLING_OLD, NARROW, NARROW_OLD]
    paths += [f"/Projects/Project {number}" for number in range(TAGS - len(paths))]
    assert len(paths) == TAGS
    return paths


STAGE = """
CREATE UNLOGGED TABLE stage AS
WITH numbers AS (
    SELECT i, u(i, 1) AS a, u(i, 2) AS b, u(i, 3) AS c, u(i, 4) AS d, u(i, 5) AS e, u(i, 6) AS f,
        timestamp '2005-01-01' + power(i / {n}::float8, 0.6) * (timestamp '2024-12-31' - timestamp '2005-01-01')
            AS sorted_at
    FROM generate_series(1, {n}::bigint) AS i
), named AS (
    SELECT i, sorted_at, row_number() OVER (ORDER BY CASE WHEN f < 0.7 THEN i / {n}::float8 ELSE u(i, 7) END) AS rank,
        ARRAY[
            to_char(sorted_at, '"/Calendar/"YYYY"/"YYYY"-"MM'),
            CASE WHEN a < 0.7 THEN town(u(extract(epoch FROM sorted_at)::bigint / 604800, 8))
                ELSE town(power(b, 3)) END,
            model((extract(year FROM sorted_at)::float8 - 2005) / 20 * 0.7 + c * 0.3),
            CASE WHEN d < 0.5 THEN person(power(e, 2)) ELSE '/Projects/Project ' || floor(power(e, 2) * {projects}) END,
            CASE WHEN u(i, 15) < 0.5 THEN '/Bench/Wide' END,
            CASE WHEN i <= {n} / 2 THEN '/Bench/Wide old' END,
            CASE WHEN u(i, 9) < 0.01 THEN '/Bench/Middling' END,
            CASE WHEN i <= {n} / 100 THEN '/Bench/Middling old' END,
            CASE WHEN i % ({n} / 100) = 7 THEN '/Bench/Narrow' END,
            CASE WHEN i <= 100 THEN '/Bench/Narrow old' END
        ] AS paths
    FROM numbers
)
SELECT n.i, n.rank, n.sorted_at,
    ARRAY(SELECT l.id FROM unnest(n.paths) AS p JOIN line l ON l.path = p ORDER BY 1) AS tag_ids,
    ARRAY(SELECT DISTINCT unnest(l.ids) FROM unnest(n.paths) AS p JOIN line l ON l.path = p ORDER BY 1) AS tag_closure
FROM named n
"""

# The lower three give a path for a number in [0, 1).
FUNCTIONS = """
CREATE FUNCTION u(i bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
    $$ SELECT (hashint8extended(i, salt) & 1073741823) / 1073741824.0::float8 $$;
CREATE FUNCTION town(x float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '/Places/Country ' || n / 40 || '/Region ' || n / 8 % 5 || '/Town ' || n % 8
    FROM (SELECT floor(x * 1000)::integer AS n) x $$;
CREATE FUNCTION model(x float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '/Cameras/Make ' || n / 10 || '/Model ' || n FROM (SELECT floor(x * 120)::integer AS n) x $$;
CREATE FUNCTION person(x float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '/People/Group ' || n / 60 || '/Person ' || n FROM (SELECT floor(x * 360)::integer AS n) x $$;
"""

BLOBS = """
INSERT INTO blobs (id, sha256, size, state)
SELECT md5('blob' || i)::uuid, sha256(i::text::bytea), 2000000 + (u(i, 10) * 8000000)::bigint, 'live'
FROM stage ORDER BY rank
"""

PICTURES = """
INSERT INTO pictures (
    id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, has_thumbnails, width, height, orientation,
    captured_at, utc_offset, date_source, file_date, sorted_at, latitude, longitude, camera_make, camera_model, lens,
    iso, aperture, focal_length, exposure, rating, title, content_hash, blurhash, tag_ids, tag_closure, source,
    ingested_at, edited_at
)
SELECT (lpad(to_hex(1735689600000 + rank * 250), 12, '0') || '7' || substr(md5(i::text), 1, 3)
        || '8' || substr(md5(i::text), 4, 15))::uuid,
    $1, md5('blob' || i)::uuid, sha256(i::text::bytea), 2000000 + (u(i, 10) * 8000000)::bigint,
    to_char(sorted_at, '"IMG_"YYYYMMDD"_"HH24MISS"_"') || lpad((i % 10000)::text, 4, '0') || '.jpg', 'image/jpeg',
    'image', 'ready', true, 4032, 3024, 1, sorted_at, 120, 'exif', sorted_at, sorted_at,
    u(i, 11) * 120 - 60, u(i, 12) * 300 - 150,
    'Make ' || floor(u(i, 13) * 12), 'Model ' || floor(u(i, 14) * 120), '24-70 mm f/2.8', 100 * (1 + i % 32), 2.8, 35,
    0.004, nullif(i % 12, 0) % 6, CASE WHEN i % 10 = 0 THEN 'Picture ' || i END, sha256(i::text::bytea),
    translate(substr(md5(i::text), 1, 28), '0123456789', 'LKO2?U%2Tw'), tag_ids, tag_closure, 'import',
    timestamptz '2025-01-01 00:00Z' + rank * interval '250 ms',
    timestamptz '2025-01-01 00:00Z' + rank * interval '250 ms'
FROM stage ORDER BY rank
"""

ASSIGNMENTS = """
INSERT INTO assignments (picture_id, tag_id, source, created_at)
SELECT p.id, unnest(p.tag_ids), 'manual', p.ingested_at FROM pictures p
"""

COUNTERS = """
INSERT INTO picture_tags (sorted_at, picture_id, tag_id, own)
SELECT sorted_at, id, tag_id, tag_id < 0 OR tag_id = ANY (tag_ids)
FROM pictures CROSS JOIN LATERAL unnest(carried(owner_id, tag_closure)) AS tag_id
ORDER BY 3, 1, 2;
UPDATE tags SET count = x.own, total = x.all_below FROM (
    SELECT tag_id, count(*) FILTER (WHERE own) AS own, count(*) AS all_below FROM picture_tags GROUP BY 1
) x WHERE x.tag_id = id;
UPDATE libraries SET picture_count = x.n, original_bytes = x.bytes FROM (
    SELECT owner_id, count(*) AS n, sum(size) AS bytes FROM pictures GROUP BY 1
) x WHERE owner_id = account_id;
SELECT timeline_recount();
INSERT INTO picture_documents
SELECT p.id, p.sorted_at, p.owner_id, picture_document(p) FROM pictures p ORDER BY p.sorted_at;
INSERT INTO fact_values (owner_id, field, value)
SELECT DISTINCT owner_id, 'camera', camera_model FROM pictures
UNION SELECT DISTINCT owner_id, 'lens', lens FROM pictures
UNION SELECT DISTINCT owner_id, 'type', media_type FROM pictures;
"""

# Their indexes are made when their rows are there.
TABLES = ("blobs", "pictures", "assignments", "picture_tags", "picture_documents")


async def ensure(server: str, pictures: int) -> str:
    """The address of a database with `pictures` generated pictures on `server`, made unless this very one is there.

    `server` is the address of a superuser's database on it.
    """
    name = f"archypix_bench_{pictures}"
    mark = _mark()
    url = _with_database(server, name)
    connection = await asyncpg.connect(server)
    try:
        found = await connection.fetchval(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = $1", name
        )
        if found == mark:
            return url
        await connection.execute(f"DROP DATABASE IF EXISTS {name}")
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    await migrate(url)
    connection = await asyncpg.connect(url)
    try:
        await _fill(connection, pictures)
        await _prove(connection)
        await connection.execute(f"COMMENT ON DATABASE {name} IS '{mark}'")
    finally:
        await connection.close()
    return url


def _mark() -> str:
    """What the database was made from: this file and the schema."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for step in migrations():
        digest.update(step.digest)
    return digest.hexdigest()


def _with_database(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


async def _fill(connection: asyncpg.Connection, pictures: int) -> None:
    started = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {what}", file=sys.stderr, flush=True)

    await connection.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET synchronous_commit = off")
    owner = await connection.fetchval(
        "INSERT INTO accounts (name, display_name) VALUES ($1, 'Alice') RETURNING id", OWNER
    )
    await _insert_tags(connection, owner)
    await connection.execute("SET session_replication_role = replica")
    indexes = await connection.fetch(
        "SELECT c.relname AS name, pg_get_indexdef(c.oid) AS sql"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ANY ($1::regclass[])"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)",
        list(TABLES),
    )
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['name']}")
    await connection.execute(FUNCTIONS)
    projects = await connection.fetchval("SELECT count(*) FROM line WHERE path LIKE '/Projects/%'")
    await connection.execute(STAGE.replace("{n}", str(pictures)).replace("{projects}", str(projects)), timeout=3600)
    say("staged")
    await connection.execute(BLOBS, timeout=3600)
    await connection.execute(PICTURES, owner, timeout=3600)
    say("pictures")
    await connection.execute(ASSIGNMENTS, timeout=3600)
    say("assignments")
    await connection.execute(COUNTERS, timeout=3600)
    say("read model, counters")
    for index in indexes:
        await connection.execute(index["sql"], timeout=3600)
    await connection.execute("DROP TABLE stage, line; DROP FUNCTION u, town, model, person")
    await connection.execute("SET session_replication_role = origin")
    await connection.execute("VACUUM ANALYZE", timeout=3600)
    say("indexes, statistics")


async def _insert_tags(connection: asyncpg.Connection, owner: int) -> None:
    """The tree, and the table `line`: each path with its tag and the ids of it and its ancestors."""
    ids: dict[str, int] = {}
    lines = []
    for path in tree():
        parent, _, name = path.rpartition("/")
        ids[path] = await connection.fetchval(
            "INSERT INTO tags (owner_id, parent_id, name, name_key) VALUES ($1, $2, $3, lower($3)) RETURNING id",
            owner,
            ids.get(parent),
            name,
        )
        parts = path.split("/")
        lines.append((path, ids[path], [ids["/".join(parts[:end])] for end in range(2, len(parts) + 1)]))
    await connection.execute("CREATE UNLOGGED TABLE line (path text PRIMARY KEY, id integer, ids integer[])")
    await connection.copy_records_to_table("line", records=lines)
    await connection.execute("ANALYZE line")


async def _prove(connection: asyncpg.Connection) -> None:
    """Raise AssertionError unless arrays and counters are what the triggers give."""
    rows = await connection.fetch("SELECT id FROM pictures TABLESAMPLE BERNOULLI (1) LIMIT 1000")
    sample = [row["id"] for row in rows]
    before = await connection.fetch("SELECT id, tag_ids, tag_closure FROM pictures WHERE id = ANY ($1)", sample)
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE pictures SET tag_ids = '{}', tag_closure = '{}' WHERE id = ANY ($1)", sample)
        await connection.execute("SELECT derive_picture_tags($1)", sample)
    after = await connection.fetch("SELECT id, tag_ids, tag_closure FROM pictures WHERE id = ANY ($1)", sample)
    assert sorted(map(tuple, before)) == sorted(map(tuple, after))
    for check in (
        array_mismatches,
        place_mismatches,
        tag_mismatches,
        tree_mismatches,
        library_mismatches,
        timeline_mismatches,
    ):
        found = await check(connection)
        assert not found, (check.__name__, found[:3])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="address of a superuser's database")
    parser.add_argument("--pictures", type=int, default=100_000)
    arguments = parser.parse_args()
    print(asyncio.run(ensure(arguments.server, arguments.pictures)))


if __name__ == "__main__":
    main()
