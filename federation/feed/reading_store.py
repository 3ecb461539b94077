"""SQL of reading the feed, and of likes. Whatever is read is bounded by whom the account follows now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from archypix.core.database import Connection, Row
from federation.feed.models import FeedItem
from federation.follows.sql import ON_HOST, profile

_NOW = "(v.ends_at IS NULL OR v.ends_at > now())"
# Hosts that account $1 has muted or blocked.
_HOSTS = f"SELECT v.host FROM aversions v WHERE v.account_id = $1 AND v.host IS NOT NULL AND {_NOW}"


def _averse(actor: str) -> str:
    """Whether account $1 has muted or blocked the actor whose row in `remote_actors` is called `actor`."""
    on_host = ON_HOST.replace("r.", f"{actor}.").format("h.host")
    return (
        "(EXISTS (SELECT FROM aversions v WHERE v.account_id = $1 AND v.kind IN ('mute', 'block') AND v.host IS NULL"
        f" AND v.remote_actor_id = {actor}.id AND {_NOW}) OR EXISTS (SELECT FROM hosts h WHERE {on_host}))"
    )


# By whom posts come to account $1.
_SOURCES = (
    "SELECT f.remote_actor_id AS id FROM following f JOIN remote_actors s ON s.id = f.remote_actor_id"
    f" WHERE f.account_id = $1 AND f.state = 'accepted' AND NOT {_averse('s')}"
)
_WITH = f"WITH hosts AS MATERIALIZED ({_HOSTS}), sources AS MATERIALIZED ({_SOURCES})"
# A post that comes by several is shown once: as its author's, or else by the first of the groups.
_BETTER = (
    "SELECT FROM feed_entries o WHERE o.post_id = e.post_id AND o.source_id <> e.source_id"
    " AND (o.announce_id IS NULL OR o.source_id < e.source_id)"
    f" AND EXISTS ({_SOURCES} AND f.remote_actor_id = o.source_id)"
)
# What somebody posted is shown where they are followed; what a group brought only if its author may be seen as well.
_SHOWN = (
    f"(e.announce_id IS NULL OR NOT EXISTS ({_BETTER}) AND NOT EXISTS (SELECT FROM feed_posts q"
    f" JOIN remote_actors w ON w.id = q.author_id WHERE q.id = e.post_id AND {_averse('w')}))"
)


def _columns(name: str, prefix: str) -> str:
    columns = ("id", "uri", "handle", "type", "name", "summary", "icon_url", "url", "moved_to")
    names = {"id": "row", "name": "shown_name"}
    return ", ".join(f"{name}.{column} AS {prefix}{names.get(column, column)}" for column in columns)


_ITEM = (
    "p.id, p.uri, p.url, p.title, p.content, p.warning, p.sensitive, p.images, p.published_at, p.edited_at, e.at,"
    " e.announce_id, EXISTS (SELECT FROM feed_likes l WHERE l.account_id = $1 AND l.post_id = p.id) AS liked,"
    f" {_columns('a', 'author_')}, {_columns('v', 'via_')}"
)
_FROM = (
    " JOIN feed_posts p ON p.id = e.post_id JOIN remote_actors a ON a.id = p.author_id"
    " JOIN remote_actors v ON v.id = e.source_id"
)


async def page(
    connection: Connection, account_id: int, after: tuple[datetime, UUID] | None, limit: int
) -> list[FeedItem]:
    """A page of the account's feed, the latest first.

    Whatever is among the latest N comes by one of those N sources whose own latest is the latest: so each source is
    asked for one row, and only N of them for more.
    """
    behind = "" if after is None else " AND (e.at, e.post_id) < ($3, $4)"
    latest = (
        f"SELECT e.source_id, e.post_id, e.at, e.announce_id FROM feed_entries e WHERE e.source_id = x.id{behind}"
        f" AND {_SHOWN} ORDER BY e.at DESC, e.post_id DESC"
    )
    rows = await connection.fetch(
        f"{_WITH}, heads AS MATERIALIZED (SELECT x.id FROM sources x CROSS JOIN LATERAL ({latest} LIMIT 1) n"
        " ORDER BY n.at DESC, n.post_id DESC LIMIT $2)"
        f" SELECT {_ITEM} FROM (SELECT n.* FROM heads x CROSS JOIN LATERAL ({latest} LIMIT $2) n"
        " ORDER BY n.at DESC, n.post_id DESC LIMIT $2) e"
        f" {_FROM} ORDER BY e.at DESC, e.post_id DESC",
        account_id, limit, *(after or ()),
    )  # fmt: skip
    return [_item(row) for row in rows]


async def one(connection: Connection, account_id: int, post_id: UUID) -> FeedItem | None:
    """A post in the account's feed; None where it is not there, or not any more."""
    row = await connection.fetchrow(
        f"{_WITH} SELECT {_ITEM} FROM feed_entries e JOIN sources x ON x.id = e.source_id {_FROM}"
        f" WHERE e.post_id = $2 AND NOT {_averse('a')}"
        " ORDER BY e.announce_id IS NOT NULL, e.source_id LIMIT 1",
        account_id, post_id,
    )  # fmt: skip
    return None if row is None else _item(row)


def _item(row: Row) -> FeedItem:
    return FeedItem(
        id=row["id"],
        uri=row["uri"],
        url=row["url"],
        author=profile(row, "author_"),
        via=None if row["announce_id"] is None else profile(row, "via_"),
        title=row["title"],
        content=row["content"],
        warning=row["warning"],
        sensitive=row["sensitive"],
        images=row["images"],
        published_at=row["published_at"],
        edited_at=row["edited_at"] if row["edited_at"] > row["published_at"] else None,
        at=row["at"],
        liked=row["liked"],
    )


async def like(connection: Connection, account_id: int, post_id: UUID) -> bool:
    """Note that the account likes a post; False where it does already."""
    done: str = await connection.execute(
        "INSERT INTO feed_likes (account_id, post_id, like_id) VALUES ($1, $2, '') ON CONFLICT DO NOTHING",
        account_id, post_id,
    )  # fmt: skip
    return done.endswith(" 1")


async def liked(connection: Connection, account_id: int, post_id: UUID, like_id: str) -> None:
    """Note the Like that was sent."""
    await connection.execute(
        "UPDATE feed_likes SET like_id = $3 WHERE account_id = $1 AND post_id = $2", account_id, post_id, like_id
    )


async def unlike(connection: Connection, account_id: int, post_id: UUID) -> tuple[str, str, int, str] | None:
    """Take a like back; (Like, post, row of its author, author). None where there was none."""
    row = await connection.fetchrow(
        "WITH gone AS (DELETE FROM feed_likes WHERE account_id = $1 AND post_id = $2 RETURNING like_id)"
        " SELECT g.like_id, p.uri, p.author_id, r.uri AS author FROM gone g, feed_posts p"
        " JOIN remote_actors r ON r.id = p.author_id WHERE p.id = $2",
        account_id, post_id,
    )  # fmt: skip
    return None if row is None else (row["like_id"], row["uri"], row["author_id"], row["author"])


async def forget_account(connection: Connection, account_id: int) -> None:
    """Remove all likes of an account."""
    await connection.execute("DELETE FROM feed_likes WHERE account_id = $1", account_id)
