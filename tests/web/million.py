"""Libraries of any size in seconds: rows made by SQL, which share some hundred thumbnails that the server serves.

Many rows are made with triggers off; what triggers derive is then computed for all at once, as the tests of small ones
prove: `recounted` finds no difference between counters and what there is to count.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import pyvips

from archypix.core.runtime.cluster import SUPERUSER
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.postgres import database_url
from archypix.media.blurhash import blurhash
from archypix.media.thumbnails import write_thumbnails
from archypix.pictures.recount import library_mismatches
from archypix.storage.keys import blob_key, thumbnail_key
from archypix.tags.recount import place_mismatches
from archypix.timeline.recount import timeline_mismatches
from tests.rig.server import Server, User
from tests.web.scenery import Shot, scene
from tests.webdav.people import people_of

# From here on rows are made with triggers and indexes off.
MANY = 20_000
SHAPES = ((480, 320), (480, 320), (480, 360), (320, 480), (360, 480), (480, 270), (400, 400), (640, 220))
HOSTILE = "<img src=x onerror=alert(1)>"

# Spread over the years, more of them in later ones. August 2019 is as full as nobody plans it, and so is one day of it;
# some scans have no date but a year.
MOMENTS = """
CREATE TEMPORARY TABLE moments AS
SELECT i, CASE
    WHEN i <= $1::bigint * $4::float8 THEN timestamp '2019-08-01' + u(i, 2) * interval '30.9 days'
    WHEN i <= $1::bigint * ($4::float8 * 1.12) THEN timestamp '2019-08-17 06:00' + u(i, 3) * interval '15 hours'
    WHEN i <= $1::bigint * ($4::float8 * 1.12 + 0.002) THEN timestamp '2001-01-01'
    ELSE $2::timestamp + power(u(i, 1), 0.6) * ($3::timestamp - $2::timestamp)
END AS at
FROM generate_series(1, $1::bigint) AS i
"""
# Names of files begin anew after 9,999, as cameras have it; seconds are whole but for some.
PICTURES = """
INSERT INTO pictures (
    id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, has_thumbnails, width, height, duration,
    orientation, captured_at, date_source, file_date, sorted_at, rating, title, blurhash, tag_ids, tag_closure, source,
    ingested_at, edited_at
)
SELECT (lpad(to_hex(1735689600000 + n), 12, '0') || '7' || substr(mixed, 1, 3) || '8' || substr(mixed, 4, 15))::uuid,
    $1::integer, b.id, sha256(mixed::bytea), 2000000 + n % 8000000,
    'IMG_' || lpad((n % 10000)::text, 4, '0') || CASE WHEN video THEN '.mp4' ELSE '.jpg' END,
    CASE WHEN video THEN 'video/mp4' ELSE 'image/jpeg' END, CASE WHEN video THEN 'video' ELSE 'image' END,
    'ready', true, b.width, b.height, CASE WHEN video THEN 3 + n % 300 END, 1,
    CASE WHEN n % 13 > 0 THEN at END, CASE WHEN n % 13 > 0 THEN 'exif' ELSE 'file' END, at, at,
    nullif(n % 12, 0) % 6, CASE WHEN n % 20 = 17 THEN $2::text END, b.blurhash, '{}', '{}', 'import', now(), now()
FROM (
    SELECT n, n % 50 = 0 AS video, md5(n || ' of ' || $1::integer) AS mixed,
        CASE WHEN n % 7 = 0 THEN at ELSE date_trunc('second', at) END AS at
    FROM (SELECT row_number() OVER (ORDER BY at) AS n, at FROM moments) ordered
) m JOIN faces b ON b.number = m.n % (SELECT count(*) FROM faces)
ORDER BY n
"""
# What triggers give a picture without tags.
DERIVED = """
INSERT INTO picture_tags (sorted_at, picture_id, tag_id, own)
SELECT sorted_at, id, -owner_id, true FROM pictures ORDER BY sorted_at, id;
UPDATE libraries SET picture_count = x.n, original_bytes = x.bytes FROM (
    SELECT owner_id, count(*) AS n, sum(size) AS bytes FROM pictures GROUP BY 1
) x WHERE owner_id = account_id;
SELECT timeline_recount();
WITH documents AS MATERIALIZED (
    SELECT e.filename, coalesce(e.title, '') AS title, picture_document(e) AS document FROM pictures e
    WHERE e.id IN (SELECT min(id::text)::uuid FROM pictures GROUP BY filename, title)
)
INSERT INTO picture_documents
SELECT p.id, p.sorted_at, p.owner_id, d.document
FROM pictures p JOIN documents d ON d.filename = p.filename AND d.title = coalesce(p.title, '');
"""
HASHES = """
CREATE OR REPLACE FUNCTION pg_temp.unit(i bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
    $$ SELECT (hashint8extended(i, salt) & 1073741823) / 1073741824.0::float8 $$
"""
ROOM = "SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET synchronous_commit = off"
TABLES = ("pictures", "picture_tags", "picture_documents")


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when pictures were taken, and how much of them in the full month."""

    start: datetime = datetime(2003, 3, 1)
    stop: datetime = datetime(2024, 11, 20)
    full: float = 0.05


async def fill(server: Server, name: str, count: int, *, span: Span | None = None, faces: int = 300) -> None:
    """Give an account `count` pictures. The library must be empty; a server that is to have many, as well."""
    span = span or Span()
    connection = await asyncpg.connect(
        database_url(DataDir(server.data), role=SUPERUSER), timeout=60, command_timeout=600
    )
    try:
        owner = await connection.fetchval("SELECT id FROM accounts WHERE name = $1", name)
        await connection.execute(ROOM)
        await _faces(connection, Path(server.data) / "files", faces)
        await connection.execute(HASHES)
        moments = MOMENTS.replace("u(i", "pg_temp.unit(i")
        await connection.execute(moments, count, span.start, span.stop, span.full)
        if count >= MANY:
            await _in_bulk(connection, owner)
        else:
            await connection.execute(PICTURES, owner, HOSTILE)
    finally:
        await connection.close()


@asynccontextmanager
async def library(data: Path, count: int, env: dict[str, str]) -> AsyncIterator[User]:
    """Somebody with so many pictures, on a server of their own."""
    server = Server(data, env=env, arguments=("--workers", "1")).start(within=180)
    try:
        person = people_of(server).make()
        began = time.monotonic()
        await fill(server, person.name, count)
        print(f"\n{count:,} pictures made in {time.monotonic() - began:.0f} s")
        yield person
    finally:
        server.stop(within=60)


async def recounted(server: Server) -> list[Any]:
    """What counters say that is not so."""
    connection = await asyncpg.connect(server.database_url, timeout=60, command_timeout=600)
    try:
        checks = (library_mismatches, place_mismatches, timeline_mismatches)
        return [one for check in checks for one in await check(connection)]
    finally:
        await connection.close()


async def _in_bulk(connection: asyncpg.Connection, owner: int) -> None:
    """Without triggers, indexes made when all rows are there."""
    await connection.execute("SET session_replication_role = replica")
    indexes = await connection.fetch(
        "SELECT c.relname AS name, pg_get_indexdef(c.oid) AS sql"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ANY ($1::regclass[])"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)",
        list(TABLES),
    )
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['name']}")
    await connection.execute(PICTURES, owner, HOSTILE)
    await connection.execute(DERIVED)
    for index in indexes:
        await connection.execute(index["sql"])
    await connection.execute("SET session_replication_role = origin")
    for table in (*TABLES, "timeline_counts", "libraries"):
        await connection.execute(f"VACUUM ANALYZE {table}")


async def _faces(connection: asyncpg.Connection, files: Path, count: int) -> None:
    """The table `faces`: blobs with thumbnails, of a few scenes under many names."""
    rows = []
    drawn = [_drawn(number, files) for number in range(min(count, 16))]
    for number in range(count):
        face, blob = drawn[number % len(drawn)], uuid.uuid4()
        for variant in ("small", "medium", "large"):
            path = files / thumbnail_key(blob, variant)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(face.thumbnails[variant], path)
        sha256 = hashlib.sha256(blob.bytes).digest()
        original = files / blob_key(sha256, blob)
        original.parent.mkdir(parents=True, exist_ok=True)
        os.link(face.original, original)
        rows.append((number, blob, sha256, face.original.stat().st_size, face.width, face.height, face.blurhash))
    await connection.execute(
        "CREATE TEMPORARY TABLE faces"
        " (number integer, id uuid, sha256 bytea, size bigint, width integer, height integer, blurhash text)"
    )
    await connection.copy_records_to_table("faces", records=rows)
    await connection.execute("INSERT INTO blobs (id, sha256, size, state) SELECT id, sha256, size, 'live' FROM faces")


@dataclass(frozen=True, slots=True)
class Face:
    """A scene as files."""

    original: Path
    sha256: bytes
    thumbnails: dict[str, Path]
    width: int
    height: int
    blurhash: str


@cache
def _drawn(number: int, files: Path) -> Face:
    folder = files.parent / "faces" / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    size = SHAPES[number % len(SHAPES)]
    data = scene(Shot(f"face {number}", datetime(2019, 8, 17)), size=size)
    original = folder / "original.jpg"
    original.write_bytes(data)
    image = pyvips.Image.new_from_buffer(data, "")
    thumbnails, smallest = write_thumbnails(image, folder)
    return Face(original, hashlib.sha256(data).digest(), thumbnails, *size, blurhash(smallest))
