"""A library that no statistics were made of yet: plans made for empty tables have to do for full ones."""

from __future__ import annotations

import asyncpg
import pytest

from archypix.core.database import migrate

PICTURES = 20_000


@pytest.mark.parametrize("warm", [False, True])
async def test_tagging_many_pictures_does_not_wait_for_statistics(database_url: str, warm: bool) -> None:
    await migrate(database_url)
    connection = await asyncpg.connect(database_url)
    try:
        # What would compare every picture with every other takes minutes.
        await connection.execute("SET statement_timeout = '30s'")
        for table in ("accounts", "assignments", "blobs", "libraries", "picture_tags", "pictures", "tags"):
            await connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        owner = await connection.fetchval("INSERT INTO accounts (name) VALUES ('alice') RETURNING id")
        tag = await connection.fetchval(
            "INSERT INTO tags (owner_id, name, name_key) VALUES ($1, 'Sea', 'sea') RETURNING id", owner
        )
        if warm:
            await add_pictures(connection, owner, 1, 1)
            await all_the_way(connection, tag)
        await add_pictures(connection, owner, 2, PICTURES)
        await all_the_way(connection, tag)
        left = await connection.fetchrow("SELECT count, total FROM tags WHERE id = $1", tag)
        assert tuple(left) == (0, 0)
    finally:
        await connection.close()


async def add_pictures(connection: asyncpg.Connection, owner: int, first: int, last: int) -> None:
    await connection.execute(
        "INSERT INTO blobs (id, sha256, size, state)"
        " SELECT md5('blob' || i)::uuid, sha256(i::text::bytea), 1, 'live' FROM generate_series($1::int, $2::int) i",
        first, last,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, date_source,"
        " sorted_at, source) SELECT md5('picture' || i)::uuid, $3, md5('blob' || i)::uuid, sha256(i::text::bytea), 1,"
        " i || '.jpg', 'image/jpeg', 'image', 'ready', 'file', timestamp '2020-01-01' + i * interval '1 minute', 'test'"
        " FROM generate_series($1::int, $2::int) i",
        first, last, owner,
    )  # fmt: skip


async def all_the_way(connection: asyncpg.Connection, tag: int) -> None:
    """Tag all pictures, trash and restore them, and take the tag away."""
    await connection.execute(
        "INSERT INTO assignments (picture_id, tag_id, source) SELECT id, $1, 'manual' FROM pictures", tag
    )
    await connection.execute("UPDATE pictures SET deleted_at = now()")
    await connection.execute("UPDATE pictures SET deleted_at = NULL")
    await connection.execute("DELETE FROM assignments WHERE tag_id = $1", tag)
