"""SQL of what others made of posts: likes, boosts, replies. A trigger counts them in their posts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from archypix.core.database import Connection
from federation.collections.models import ReactionKind, Reply

MOST_REPLIES = 10_000


async def is_live(connection: Connection, post_id: UUID) -> bool:
    """Whether there is such a post that was not taken back."""
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM posts WHERE id = $1 AND deleted_at IS NULL)", post_id)
    )


async def put(
    connection: Connection, reaction_id: UUID, post_id: UUID, actor_row: int, kind: ReactionKind, activity_id: str
) -> bool:
    """Somebody likes or boosts a post, once; whether that is news."""
    done: str = await connection.execute(
        "INSERT INTO reactions (id, post_id, remote_actor_id, kind, activity_id)"
        " SELECT $1, o.id, $3, $4, $5 FROM posts o WHERE o.id = $2 AND o.deleted_at IS NULL ON CONFLICT DO NOTHING",
        reaction_id, post_id, actor_row, kind, activity_id,
    )  # fmt: skip
    return done.endswith(" 1")


async def put_reply(
    connection: Connection,
    reaction_id: UUID,
    post_id: UUID,
    actor_row: int,
    activity_id: str,
    object_id: str,
    content: str,
    published_at: datetime,
) -> bool:
    """Somebody's reply to a post, or its new text; False where it is somebody else's, or there are 10,000 already."""
    done: str = await connection.execute(
        "INSERT INTO reactions (id, post_id, remote_actor_id, kind, activity_id, object_id, content, published_at)"
        " SELECT $1, o.id, $3, 'reply', $4, $5, $6, $7 FROM posts o"
        " WHERE o.id = $2 AND o.deleted_at IS NULL AND o.replies < $8"
        " ON CONFLICT (object_id) WHERE kind = 'reply' DO UPDATE SET content = excluded.content"
        " WHERE reactions.remote_actor_id = excluded.remote_actor_id AND reactions.post_id = excluded.post_id",
        reaction_id, post_id, actor_row, activity_id, object_id, content, published_at, MOST_REPLIES,
    )  # fmt: skip
    return done.endswith(" 1")


async def is_of(connection: Connection, actor_uri: str, activity_id: str) -> bool:
    """Whether this activity of the actor is a like or a boost that is kept."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM reactions r JOIN remote_actors a ON a.id = r.remote_actor_id"
            " WHERE a.uri = $1 AND r.activity_id = $2 AND r.kind <> 'reply')",
            actor_uri, activity_id,
        )
    )  # fmt: skip


async def undo(connection: Connection, actor_row: int, activity_id: str) -> bool:
    """Take back the like or boost that this activity of the actor was."""
    done: str = await connection.execute(
        "DELETE FROM reactions WHERE remote_actor_id = $1 AND activity_id = $2 AND kind <> 'reply'",
        actor_row, activity_id,
    )  # fmt: skip
    return not done.endswith(" 0")


async def undo_of(connection: Connection, actor_row: int, post_id: UUID, kind: ReactionKind) -> bool:
    """Take back what the actor made of this post."""
    done: str = await connection.execute(
        "DELETE FROM reactions WHERE remote_actor_id = $1 AND post_id = $2 AND kind = $3", actor_row, post_id, kind
    )
    return not done.endswith(" 0")


async def delete_reply(connection: Connection, actor_row: int, object_id: str) -> bool:
    """The actor deleted a reply of theirs."""
    done: str = await connection.execute(
        "DELETE FROM reactions WHERE remote_actor_id = $1 AND object_id = $2 AND kind = 'reply'", actor_row, object_id
    )
    return not done.endswith(" 0")


async def author_of_reply(connection: Connection, object_id: str) -> str | None:
    """The id of the actor whose reply this is; None where it is none of those kept here."""
    found: str | None = await connection.fetchval(
        "SELECT a.uri FROM reactions r JOIN remote_actors a ON a.id = r.remote_actor_id"
        " WHERE r.object_id = $1 AND r.kind = 'reply'",
        object_id,
    )
    return found


async def forget_actor(connection: Connection, actor_row: int) -> None:
    """All that an actor made of posts here goes. Whoever removes many locks them in the order of their ids."""
    await connection.execute(
        "DELETE FROM reactions WHERE id IN ("
        " SELECT id FROM reactions WHERE remote_actor_id = $1 ORDER BY id FOR UPDATE)",
        actor_row,
    )


async def forget_account(connection: Connection, account_id: int) -> None:
    """All that anybody made of an account's posts goes."""
    await connection.execute(
        "DELETE FROM reactions WHERE id IN ("
        " SELECT r.id FROM reactions r JOIN posts o ON o.id = r.post_id JOIN collections c ON c.id = o.collection_id"
        " WHERE c.account_id = $1 ORDER BY r.id FOR UPDATE OF r)",
        account_id,
    )


async def replies(connection: Connection, post_id: UUID, after: UUID | None, limit: int) -> list[Reply]:
    """A page of the replies to a post, the oldest first, after the one of this id."""
    rows = await connection.fetch(
        "SELECT r.id, r.post_id, r.object_id AS uri, a.uri AS actor_uri, a.handle, a.name, r.content, r.published_at"
        " FROM reactions r JOIN remote_actors a ON a.id = r.remote_actor_id"
        " WHERE r.post_id = $1 AND r.kind = 'reply' AND ($2::uuid IS NULL OR r.id > $2) ORDER BY r.id LIMIT $3",
        post_id, after, limit,
    )  # fmt: skip
    return [Reply(**row) for row in rows]


async def remove_reply(connection: Connection, account_id: int, reaction_id: UUID) -> bool:
    """Take a reply off a post of the account."""
    done: str = await connection.execute(
        "DELETE FROM reactions r USING posts o, collections c WHERE r.id = $1 AND r.kind = 'reply' AND o.id = r.post_id"
        " AND c.id = o.collection_id AND c.account_id = $2",
        reaction_id, account_id,
    )  # fmt: skip
    return done.endswith(" 1")
