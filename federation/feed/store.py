"""SQL of the feed: posts, by whom they come, and what was taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from archypix.core.database import Connection
from archypix.events.store import CHANNEL
from federation.feed.models import Post


async def followed(connection: Connection, source_id: int) -> bool:
    """Whether somebody here follows this actor."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM following WHERE remote_actor_id = $1 AND state = 'accepted')", source_id
        )
    )


async def put_post(connection: Connection, row_id: UUID, post: Post, author_id: int) -> UUID | None:
    """Keep a post, or what changed of it; its id. None where it was taken back, or is another's.

    What is older than what is there changes nothing.
    """
    if await is_buried(connection, post.uri, author_id):
        return None
    values = (
        post.uri, author_id, post.public, post.url, post.title, post.content, post.warning, post.sensitive,
        [image.written() for image in post.images], post.published_at, post.edited_at,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO feed_posts AS p (id, uri, author_id, public, url, title, content, warning, sensitive, images,"
        " published_at, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " ON CONFLICT (uri) DO UPDATE SET public = excluded.public, url = excluded.url, title = excluded.title,"
        " content = excluded.content, warning = excluded.warning, sensitive = excluded.sensitive,"
        " images = excluded.images, edited_at = excluded.edited_at"
        " WHERE p.author_id = excluded.author_id AND p.edited_at <= excluded.edited_at",
        row_id, *values,
    )  # fmt: skip
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM feed_posts WHERE uri = $1 AND author_id = $2 FOR UPDATE", post.uri, author_id
    )
    return found


async def find_post(connection: Connection, uri: str) -> tuple[UUID, int, str] | None:
    """(id, row of its author, id of its author) of a post, whoever may see it; None where it is not kept."""
    row = await connection.fetchrow(
        "SELECT p.id, p.author_id, r.uri FROM feed_posts p JOIN remote_actors r ON r.id = p.author_id WHERE p.uri = $1",
        uri,
    )
    return None if row is None else (row[0], row[1], row[2])


async def is_public(connection: Connection, post_id: UUID) -> bool:
    """Whether anybody may see a post."""
    return bool(await connection.fetchval("SELECT public FROM feed_posts WHERE id = $1", post_id))


async def put_entry(
    connection: Connection, source_id: int, post_id: UUID, at: datetime, announce_id: str | None = None
) -> bool:
    """Let a post come by `source_id`: its author, or a group with its Announce. Whether it did not before."""
    done: str = await connection.execute(
        "INSERT INTO feed_entries (source_id, post_id, at, announce_id) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (post_id, source_id) DO NOTHING",
        source_id, post_id, at, announce_id,
    )  # fmt: skip
    return done.endswith(" 1")


async def drop_announced(connection: Connection, post_id: UUID) -> None:
    """Let a post come by its author alone, since it is not public any more."""
    await connection.execute("DELETE FROM feed_entries WHERE post_id = $1 AND announce_id IS NOT NULL", post_id)


async def delete_post(connection: Connection, uri: str, author_id: int) -> bool:
    """Remove a post of that author; whether there was one."""
    done: str = await connection.execute("DELETE FROM feed_posts WHERE uri = $1 AND author_id = $2", uri, author_id)
    return not done.endswith(" 0")


async def take_back(
    connection: Connection, source_id: int, announce_id: str | None, post_uri: str | None
) -> list[UUID]:
    """Undo an Announce, by its id or by what it was of; the posts that it was of."""
    rows = await connection.fetch(
        "DELETE FROM feed_entries e USING feed_posts p WHERE p.id = e.post_id AND e.source_id = $1"
        " AND e.announce_id IS NOT NULL AND (e.announce_id = $2 OR p.uri = $3) RETURNING e.post_id",
        source_id, announce_id, post_uri,
    )  # fmt: skip
    return [row["post_id"] for row in rows]


async def drop_unreachable(connection: Connection, post_ids: list[UUID]) -> None:
    """Remove those of these posts that come by nobody any more."""
    ids = [
        row["id"]
        for row in await connection.fetch(
            "SELECT id FROM feed_posts WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", sorted(set(post_ids))
        )
    ]
    await connection.execute(
        "DELETE FROM feed_posts p WHERE id = ANY ($1::uuid[])"
        " AND NOT EXISTS (SELECT FROM feed_entries e WHERE e.post_id = p.id)",
        ids,
    )


async def bury(connection: Connection, uri: str, author_id: int) -> None:
    """Remember that a post or an Announce was taken back by whoever made it."""
    await connection.execute(
        "INSERT INTO feed_tombstones (uri, author_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", uri, author_id
    )


async def is_buried(connection: Connection, uri: str, author_id: int) -> bool:
    """Whether a post or an Announce was taken back."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM feed_tombstones WHERE uri = $1 AND author_id = $2)", uri, author_id
        )
    )


async def holds_of(connection: Connection, uris: list[str], author_uri: str) -> bool:
    """Whether one of these posts of that author is kept."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM feed_posts p JOIN remote_actors r ON r.id = p.author_id"
            " WHERE p.uri = ANY ($1::text[]) AND r.uri = $2)",
            uris, author_uri,
        )
    )  # fmt: skip


async def tell(connection: Connection, source_id: int, post_id: UUID, most: int) -> None:
    """Tell those who follow a source that a post came, unless they have muted it."""
    await connection.execute(
        "SELECT pg_notify($1, json_build_object('account', f.account_id, 'kind', 'feed.posted',"
        " 'data', json_build_object('id', $3::uuid))::text) FROM (SELECT f.account_id FROM following f"
        " WHERE f.remote_actor_id = $2 AND f.state = 'accepted' AND NOT EXISTS (SELECT FROM aversions v"
        " WHERE v.account_id = f.account_id AND v.remote_actor_id = $2 AND (v.ends_at IS NULL OR v.ends_at > now()))"
        " LIMIT $4) f",
        CHANNEL, source_id, post_id, most,
    )  # fmt: skip


async def forget_actor(connection: Connection, remote_actor_id: int) -> None:
    """Remove all posts of an actor, and all that came by it."""
    await connection.execute("DELETE FROM feed_posts WHERE author_id = $1", remote_actor_id)
    rows = await connection.fetch("DELETE FROM feed_entries WHERE source_id = $1 RETURNING post_id", remote_actor_id)
    await drop_unreachable(connection, [row["post_id"] for row in rows])
    await connection.execute("DELETE FROM feed_tombstones WHERE author_id = $1", remote_actor_id)


# What is dropped with time

# The sources that there are, each found by one step along the index.
_SOURCES = (
    "WITH RECURSIVE s AS ((SELECT source_id FROM feed_entries ORDER BY source_id LIMIT 1) UNION ALL"
    " SELECT (SELECT e.source_id FROM feed_entries e WHERE e.source_id > s.source_id ORDER BY e.source_id LIMIT 1)"
    " FROM s WHERE s.source_id IS NOT NULL)"
)


async def drop_old(connection: Connection, age: timedelta, limit: int) -> list[UUID]:
    """Drop entries older than that; the posts concerned, at most `limit`."""
    rows = await connection.fetch(
        "DELETE FROM feed_entries WHERE (post_id, source_id) IN (SELECT post_id, source_id FROM feed_entries"
        " WHERE at < now() - $1::interval ORDER BY at LIMIT $2) RETURNING post_id",
        age, limit,
    )  # fmt: skip
    return [row["post_id"] for row in rows]


async def drop_unfollowed(connection: Connection, limit: int) -> list[UUID]:
    """Drop entries by those whom nobody here follows any more; the posts concerned, at most `limit`."""
    rows = await connection.fetch(
        f"{_SOURCES} DELETE FROM feed_entries WHERE (post_id, source_id) IN ("
        " SELECT e.post_id, e.source_id FROM s JOIN feed_entries e ON e.source_id = s.source_id WHERE NOT EXISTS"
        " (SELECT FROM following f WHERE f.remote_actor_id = s.source_id AND f.state = 'accepted') LIMIT $1)"
        " RETURNING post_id",
        limit,
    )
    return [row["post_id"] for row in rows]


async def drop_surplus(connection: Connection, most: int, limit: int) -> list[UUID]:
    """Drop the oldest entries of sources that have more than `most`; the posts concerned, at most `limit`."""
    rows = await connection.fetch(
        f"{_SOURCES} DELETE FROM feed_entries WHERE (post_id, source_id) IN ("
        " SELECT o.post_id, o.source_id FROM s CROSS JOIN LATERAL (SELECT e.post_id, e.source_id FROM feed_entries e"
        " WHERE e.source_id = s.source_id ORDER BY e.at DESC, e.post_id DESC OFFSET $1 LIMIT $2) o LIMIT $2)"
        " RETURNING post_id",
        most, limit,
    )  # fmt: skip
    return [row["post_id"] for row in rows]


async def drop_tombstones(connection: Connection, age: timedelta, limit: int) -> None:
    """Forget what was taken back longer ago than that."""
    await connection.execute(
        "DELETE FROM feed_tombstones WHERE (uri, author_id) IN (SELECT uri, author_id FROM feed_tombstones"
        " WHERE at < now() - $1::interval ORDER BY at LIMIT $2)",
        age, limit,
    )  # fmt: skip
