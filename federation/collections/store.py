"""SQL of public tags. Public is an owned picture that carries the tag, is not in the trash, and can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.resting import awake
from federation.collections.models import Collection, Counts, PostedPicture

COLUMNS = "c.id, c.account_id, c.actor_id, c.tag_id, c.filled, c.created_at, c.withdrawn_at"
# What posts say of a picture, in one digest.
SHOWN = "md5(concat_ws('|', p.blob_id, p.width, p.height, p.blurhash, length(p.title), p.title, p.description))"
PICTURE = (
    "p.id, p.blob_id, coalesce(p.title, '') AS title, coalesce(nullif(p.description, ''), p.title, '') AS alt,"
    f" p.width, p.height, p.blurhash, p.captured_at, {SHOWN} AS shown"
)
# What others own is not its holder's to publish.
OWN = "p.origin_uri IS NULL AND p.deleted_at IS NULL"
VISIBLE = f"{OWN} AND p.has_thumbnails AND p.state = 'ready'"
# A posted picture that gets another file stays posted meanwhile, and is told anew once it can be seen.
WAITING = "p.state = 'processing'"
POSTED = f"{OWN} AND ({WAITING} OR p.has_thumbnails AND p.state = 'ready')"


def _collection(row: Row) -> Collection:
    return Collection(*(row[name] for name in Collection.__dataclass_fields__))


def as_picture(row: Row) -> PostedPicture:
    """The picture in a row that was selected as `PICTURE`."""
    return PostedPicture(*(row[name] for name in PostedPicture.__dataclass_fields__))


# Collections


async def insert(connection: Connection, collection_id: UUID, account_id: int, actor_id: int, tag_id: int) -> None:
    """A new collection; its tag is not public yet."""
    await connection.execute(
        "INSERT INTO collections (id, account_id, actor_id, tag_id) VALUES ($1, $2, $3, $4)",
        collection_id, account_id, actor_id, tag_id,
    )  # fmt: skip


async def of_tag(connection: Connection, account_id: int, tag_id: int) -> UUID | None:
    """The collection that makes this tag of the account public."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM collections WHERE account_id = $1 AND tag_id = $2", account_id, tag_id
    )
    return found


async def of_account(connection: Connection, account_id: int) -> list[Collection]:
    """The account's collections that are not withdrawn, the oldest first."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM collections c WHERE c.account_id = $1 AND c.withdrawn_at IS NULL ORDER BY c.id",
        account_id,
    )
    return [_collection(row) for row in rows]


async def find(connection: Connection, account_id: int, collection_id: UUID) -> Collection | None:
    """A collection of the account that is not withdrawn."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM collections c WHERE c.id = $1 AND c.account_id = $2 AND c.withdrawn_at IS NULL",
        collection_id, account_id,
    )  # fmt: skip
    return _collection(row) if row else None


async def of_actor(connection: Connection, actor_id: int) -> Collection | None:
    """The collection whose actor this is, if it is not withdrawn."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM collections c WHERE c.actor_id = $1 AND c.withdrawn_at IS NULL", actor_id
    )
    return _collection(row) if row else None


async def count_of(connection: Connection, account_id: int) -> int:
    """How many collections the account has, withdrawn ones not counted."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM collections WHERE account_id = $1 AND withdrawn_at IS NULL", account_id
        )
    )


async def counts(connection: Connection, collection: Collection) -> Counts:
    """What the collection shows at this moment."""
    row = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM post_pictures WHERE collection_id = $1),"
        " (SELECT count(*) FROM posts WHERE collection_id = $1 AND deleted_at IS NULL),"
        " (SELECT count(*) FROM followers WHERE actor_id = $2 AND state = 'accepted')",
        collection.id, collection.actor_id,
    )  # fmt: skip
    return Counts(*row)


async def set_tag(connection: Connection, collection_id: UUID, tag_id: int | None) -> None:
    """Make another tag public in its stead; None: none."""
    await connection.execute("UPDATE collections SET tag_id = $2 WHERE id = $1", collection_id, tag_id)


async def withdraw(connection: Connection, collection_id: UUID) -> None:
    """From now on nothing of it is public. Its posts are taken back one after the other."""
    await connection.execute("UPDATE collections SET tag_id = NULL, withdrawn_at = now() WHERE id = $1", collection_id)


async def following(connection: Connection, account_id: int, tag_ids: Sequence[int]) -> dict[UUID, int]:
    """The collections that make any of these tags public, and which."""
    rows = await connection.fetch(
        "SELECT id, tag_id FROM collections WHERE account_id = $1 AND tag_id = ANY ($2::integer[])",
        account_id, list(tag_ids),
    )  # fmt: skip
    return {row["id"]: row["tag_id"] for row in rows}


async def exchange(
    connection: Connection, account_id: int, collection_id: UUID, present: int | None, tag_id: int | None
) -> bool:
    """Make another tag public in the stead of the `present` one; whether it was that, and no other collection does."""
    done: str = await connection.execute(
        "UPDATE collections c SET tag_id = $4 WHERE c.id = $2 AND c.account_id = $1 AND c.withdrawn_at IS NULL"
        " AND c.tag_id IS NOT DISTINCT FROM $3 AND ($4::integer IS NULL OR"
        "  EXISTS (SELECT FROM tags t WHERE t.id = $4 AND t.owner_id = $1)"
        "  AND NOT EXISTS (SELECT FROM collections o WHERE o.tag_id = $4 AND o.id <> c.id))",
        account_id, collection_id, present, tag_id,
    )  # fmt: skip
    return done.endswith(" 1")


# The comparison of posts with the tag


async def accounts(connection: Connection) -> list[int]:
    """Accounts that have collections, withdrawn ones included."""
    rows = await connection.fetch(
        f"SELECT DISTINCT c.account_id FROM collections c WHERE c.ended_at IS NULL AND {awake('c.account_id')}"
    )
    return [row[0] for row in rows]


async def to_compare(connection: Connection, account_id: int) -> list[UUID]:
    """The collections of an account whose posts may differ from the tag."""
    rows = await connection.fetch(
        "SELECT id FROM collections WHERE account_id = $1 AND ended_at IS NULL ORDER BY id", account_id
    )
    return [row[0] for row in rows]


async def peek(connection: Connection, collection_id: UUID) -> Collection | None:
    """The collection, withdrawn or not."""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM collections c WHERE c.id = $1", collection_id)
    return _collection(row) if row else None


async def lock(connection: Connection, collection_id: UUID) -> Collection | None:
    """The collection, locked against others that compare it; None where one does, or it is gone."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM collections c WHERE c.id = $1 AND c.ended_at IS NULL FOR UPDATE SKIP LOCKED",
        collection_id,
    )
    return _collection(row) if row else None


async def mark_filled(connection: Connection, collection_id: UUID) -> None:
    """All that was there at first is posted."""
    await connection.execute("UPDATE collections SET filled = true WHERE id = $1", collection_id)


async def end(connection: Connection, collection_id: UUID) -> None:
    """A withdrawn collection has taken back everything: what is left of its posts are Tombstones."""
    await connection.execute(
        "UPDATE collections SET ended_at = now() WHERE id = $1 AND withdrawn_at IS NOT NULL", collection_id
    )


async def forget_account(connection: Connection, account_id: int) -> None:
    """All collections of an account go, with their posts and what others made of those."""
    await connection.execute("DELETE FROM collections WHERE account_id = $1", account_id)


# Pictures that anybody may see


async def public_picture(connection: Connection, account_id: int, picture_id: UUID) -> Row | None:
    """A picture of the account that is public now, with a collection that shows it; None where it is not."""
    return await connection.fetchrow(
        f"SELECT {PICTURE}, c.id AS collection_id, c.actor_id FROM pictures p"
        " JOIN collections c ON c.account_id = p.owner_id AND c.tag_id = ANY (p.tag_closure)"
        f" WHERE p.id = $2 AND p.owner_id = $1 AND {VISIBLE} ORDER BY c.id LIMIT 1",
        account_id, picture_id,
    )  # fmt: skip


async def public_page(
    connection: Connection, collection: Collection, after: tuple[Any, UUID] | None, limit: int
) -> list[Row]:
    """Pictures of a collection, the latest first, with the `sorted_at` by which the next page is asked for."""
    rows: list[Row] = await connection.fetch(
        "SELECT p.*, t.sorted_at FROM picture_tags t CROSS JOIN LATERAL ("
        f"  SELECT {PICTURE} FROM pictures p WHERE p.id = t.picture_id AND p.owner_id = $2 AND {VISIBLE} OFFSET 0) p"
        " WHERE t.tag_id = $1 AND ($3::timestamp IS NULL OR (t.sorted_at, t.picture_id) < ($3, $4))"
        " ORDER BY t.sorted_at DESC, t.picture_id DESC LIMIT $5",
        collection.tag_id, collection.account_id, *(after or (None, None)), limit,
    )  # fmt: skip
    return rows
