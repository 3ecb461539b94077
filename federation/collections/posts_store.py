"""SQL of posts: how they differ from the tag, what they show, and who knows them.

Comparisons look pictures up by their ids, one by one (`OFFSET 0` keeps the planner from anything else): of tables that
have just grown it believes what makes other plans take hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from federation.collections.models import Collection, Post, PostedPicture
from federation.collections.store import PICTURE, POSTED, SHOWN, VISIBLE, WAITING, as_picture

POST = (
    "o.id, o.collection_id, o.created_id, o.announced_id, o.published_at, o.edited_at, o.deleted_at, o.likes, o.boosts,"
    " o.replies"
)


async def differing(connection: Connection, collection: Collection, limit: int) -> list[Row]:
    """Posted pictures that are not as they were told: `picture_id`, `post_id`, and `shown`, None where they are hidden.

    What gets another file at this moment is as it was.
    """
    rows: list[Row] = await connection.fetch(
        "SELECT x.picture_id, x.post_id, p.shown FROM post_pictures x LEFT JOIN LATERAL ("
        f"  SELECT true AS posted, CASE WHEN {VISIBLE} THEN {SHOWN} END AS shown FROM pictures p"
        f"  WHERE p.id = x.picture_id AND p.owner_id = $2 AND $3 = ANY (p.tag_closure) AND {POSTED} OFFSET 0) p ON true"
        " WHERE x.collection_id = $1 AND (p.posted IS NULL OR p.shown <> x.shown) LIMIT $4",
        collection.id, collection.account_id, collection.tag_id, limit,
    )  # fmt: skip
    return rows


async def settle(connection: Connection, collection_id: UUID, rows: Sequence[Row]) -> None:
    """Take hidden ones of these out of their posts, and note what is to be said of the others."""
    await connection.execute(
        "DELETE FROM post_pictures WHERE collection_id = $1 AND picture_id = ANY ($2::uuid[])",
        collection_id, [row["picture_id"] for row in rows if row["shown"] is None],
    )  # fmt: skip
    changed = [row for row in rows if row["shown"] is not None]
    await connection.execute(
        "UPDATE post_pictures x SET shown = n.shown FROM unnest($2::uuid[], $3::text[]) AS n (picture_id, shown)"
        " WHERE x.collection_id = $1 AND x.picture_id = n.picture_id",
        collection_id, [row["picture_id"] for row in changed], [row["shown"] for row in changed],
    )  # fmt: skip


async def unposted(connection: Connection, collection: Collection, limit: int) -> list[PostedPicture]:
    """Public pictures that no post of the collection has, those first that came into the library first.

    The sets are compared by their ids alone, whatever the planner believes of either; rows of pictures are looked up
    for what is left, one by one, until there are enough.
    """
    rows = await connection.fetch(
        "WITH left_over AS MATERIALIZED (SELECT picture_id FROM picture_tags WHERE tag_id = $1"
        " EXCEPT SELECT picture_id FROM post_pictures WHERE collection_id = $3)"
        " SELECT p.* FROM (SELECT picture_id FROM left_over ORDER BY picture_id OFFSET 0) t CROSS JOIN LATERAL ("
        f"  SELECT {PICTURE} FROM pictures p WHERE p.id = t.picture_id AND p.owner_id = $2 AND {VISIBLE} OFFSET 0) p"
        " ORDER BY t.picture_id LIMIT $4",
        collection.tag_id, collection.account_id, collection.id, limit,
    )  # fmt: skip
    return [as_picture(row) for row in rows]


async def told_elsewhere(connection: Connection, account_id: int, picture_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these pictures the account's followers were told of already, by another of its collections."""
    rows = await connection.fetch(
        "SELECT DISTINCT x.picture_id FROM post_pictures x JOIN collections c ON c.id = x.collection_id"
        " JOIN posts o ON o.id = x.post_id WHERE x.picture_id = ANY ($2::uuid[]) AND c.account_id = $1 AND o.loud",
        account_id, list(picture_ids),
    )  # fmt: skip
    return {row[0] for row in rows}


async def empty_among(connection: Connection, post_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these posts have no picture left."""
    rows = await connection.fetch(
        "SELECT o.id FROM posts o WHERE o.id = ANY ($1::uuid[])"
        " AND NOT EXISTS (SELECT FROM post_pictures x WHERE x.post_id = o.id)",
        list(post_ids),
    )
    return {row[0] for row in rows}


async def said_lately(connection: Connection, collection_id: UUID) -> int:
    """Of how many posts followers were told within the last hour."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM posts WHERE collection_id = $1 AND loud AND published_at > now() - interval '1 hour'",
            collection_id,
        )
    )


async def insert_post(connection: Connection, post: Post, *, loud: bool) -> None:
    """A post with its pictures."""
    await connection.execute(
        "INSERT INTO posts (id, collection_id, created_id, announced_id, loud, published_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        post.id, post.collection_id, post.created_id, post.announced_id, loud, post.published_at,
    )  # fmt: skip
    await connection.executemany(
        "INSERT INTO post_pictures (collection_id, picture_id, post_id, position, shown) VALUES ($1, $2, $3, $4, $5)",
        [
            (post.collection_id, picture.id, post.id, position, picture.shown)
            for position, picture in enumerate(post.pictures)
        ],
    )


async def lock_posts(connection: Connection, post_ids: Sequence[UUID]) -> None:
    """Nobody else changes these posts, or counts on them, until this transaction ends."""
    await connection.execute(
        "SELECT FROM posts WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", list(post_ids)
    )


async def put_off(connection: Connection, post_ids: Sequence[UUID]) -> None:
    """What these posts are told without, because it cannot be seen at the moment, is told once it can."""
    await connection.execute(
        "UPDATE post_pictures x SET shown = '' FROM pictures p"
        f" WHERE x.post_id = ANY ($1::uuid[]) AND p.id = x.picture_id AND {WAITING}",
        list(post_ids),
    )


async def mark_edited(connection: Connection, post_ids: Sequence[UUID]) -> None:
    """These posts say something else from now on."""
    await connection.execute("UPDATE posts SET edited_at = now() WHERE id = ANY ($1::uuid[])", list(post_ids))


async def mark_deleted(connection: Connection, post_ids: Sequence[UUID]) -> None:
    """These posts are taken back."""
    await connection.execute(
        "UPDATE posts SET deleted_at = now() WHERE id = ANY ($1::uuid[]) AND deleted_at IS NULL", list(post_ids)
    )


async def is_waiting(connection: Connection, post_id: UUID) -> bool:
    """Whether a post has pictures that carry its tag and get another file at this moment."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM post_pictures x JOIN collections c ON c.id = x.collection_id"
            " JOIN pictures p ON p.id = x.picture_id AND p.owner_id = c.account_id"
            f" WHERE x.post_id = $1 AND c.tag_id = ANY (p.tag_closure) AND p.deleted_at IS NULL AND {WAITING})",
            post_id,
        )
    )


async def mark_known(connection: Connection, post_id: UUID) -> None:
    """Somebody has asked for this post, and may keep it."""
    await connection.execute("UPDATE posts SET known = true WHERE id = $1 AND NOT known AND NOT loud", post_id)


async def known_among(connection: Connection, post_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these posts others know: those they were told of, asked for, or made something of."""
    rows = await connection.fetch(
        "SELECT id FROM posts WHERE id = ANY ($1::uuid[]) AND (loud OR known OR likes + boosts + replies > 0)",
        list(post_ids),
    )
    return {row[0] for row in rows}


async def posts(connection: Connection, post_ids: Sequence[UUID]) -> list[Post]:
    """These posts with their pictures, taken back or not."""
    rows = await connection.fetch(
        f"SELECT {POST} FROM posts o WHERE o.id = ANY ($1::uuid[]) ORDER BY o.id DESC", list(post_ids)
    )
    return await _with_pictures(connection, rows)


async def page(connection: Connection, collection_id: UUID, before: UUID | None, limit: int) -> list[Post]:
    """Posts of a collection, the latest first, before the one of this id."""
    rows = await connection.fetch(
        f"SELECT {POST} FROM posts o WHERE o.collection_id = $1 AND o.deleted_at IS NULL"
        " AND ($2::uuid IS NULL OR o.id < $2) ORDER BY o.id DESC LIMIT $3",
        collection_id, before, limit,
    )  # fmt: skip
    return await _with_pictures(connection, rows)


async def _with_pictures(connection: Connection, rows: Sequence[Row]) -> list[Post]:
    pictures: dict[UUID, list[PostedPicture]] = {row["id"]: [] for row in rows}
    found = await connection.fetch(
        f"SELECT x.post_id, {PICTURE} FROM post_pictures x JOIN collections c ON c.id = x.collection_id"
        " JOIN pictures p ON p.id = x.picture_id AND p.owner_id = c.account_id"
        f" WHERE x.post_id = ANY ($1::uuid[]) AND c.tag_id = ANY (p.tag_closure) AND {VISIBLE}"
        " ORDER BY x.post_id, x.position",
        list(pictures),
    )
    for row in found:
        pictures[row["post_id"]].append(as_picture(row))
    return [_post(row, pictures[row["id"]]) for row in rows]


def _post(row: Row, pictures: Sequence[PostedPicture]) -> Post:
    values: dict[str, Any] = {name: row[name] for name in Post.__dataclass_fields__ if name != "pictures"}
    return Post(**values, pictures=tuple(pictures))


async def owner_of_post(connection: Connection, post_id: UUID) -> Row | None:
    """The account of a post, taken back or not, and the actor who passed it on: its row and its id (`passed_on_by`)."""
    return await connection.fetchrow(
        "SELECT c.account_id, c.actor_id, a.uri AS passed_on_by FROM posts o"
        " JOIN collections c ON c.id = o.collection_id JOIN actors a ON a.id = c.actor_id WHERE o.id = $1",
        post_id,
    )
