"""SQL of links. Whoever writes them has the library's writer lock of their owner."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.links.models import Brought, Link, OpenLink

COLUMNS = ", ".join(Link.__dataclass_fields__)
OPEN_COLUMNS = ", ".join(f"l.{name}" for name in OpenLink.__dataclass_fields__ if name != "owner")
ENDLESS = "(l.ends_at IS NULL OR l.ends_at > now())"
# A link leads somewhere while it has a tag, has not ended, and its owner may sign in here.
OPEN = (
    f"l.tag_id IS NOT NULL AND {ENDLESS} AND a.disabled_at IS NULL AND a.deleted_at IS NULL"
    " AND a.moved_to IS NULL AND NOT a.arriving"
)


def _link(row: Row) -> Link:
    return Link(*(row[name] for name in Link.__dataclass_fields__))


async def insert(connection: Connection, link_id: UUID, account_id: int, values: Mapping[str, Any]) -> None:
    """A new link with these columns, whose names come from code."""
    names = ", ".join(values)
    places = ", ".join(f"${number}" for number in range(3, len(values) + 3))
    await connection.execute(
        f"INSERT INTO links (id, account_id, {names}) VALUES ($1, $2, {places})", link_id, account_id, *values.values()
    )


async def find(connection: Connection, account_id: int, link_id: UUID) -> Link | None:
    """A link of the account, whether or not it leads anywhere."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM links WHERE id = $2 AND account_id = $1", account_id, link_id
    )
    return _link(row) if row else None


async def of_account(connection: Connection, account_id: int) -> list[Link]:
    """All links of the account, the oldest first."""
    rows = await connection.fetch(f"SELECT {COLUMNS} FROM links WHERE account_id = $1 ORDER BY id", account_id)
    return [_link(row) for row in rows]


async def count(connection: Connection, account_id: int) -> int:
    """How many links the account has."""
    return int(await connection.fetchval("SELECT count(*) FROM links WHERE account_id = $1", account_id))


async def update(connection: Connection, account_id: int, link_id: UUID, values: Mapping[str, Any]) -> None:
    """Set these columns, whose names come from code."""
    columns = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 3))
    await connection.execute(
        f"UPDATE links SET {columns} WHERE id = $2 AND account_id = $1", account_id, link_id, *values.values()
    )


async def remove(connection: Connection, account_id: int, link_id: UUID) -> bool:
    """The link leads nowhere from now on; whether there was one."""
    done: str = await connection.execute("DELETE FROM links WHERE id = $2 AND account_id = $1", account_id, link_id)
    return done.endswith(" 1")


async def forget_account(connection: Connection, account_id: int) -> None:
    """All links of an account go, and what is known of its guests."""
    await connection.execute("DELETE FROM link_uploads WHERE account_id = $1", account_id)
    await connection.execute("DELETE FROM links WHERE account_id = $1", account_id)


# What guests ask


async def opened(connection: Connection, secret_hash: bytes) -> OpenLink | None:
    """The link with this secret, if it leads somewhere now."""
    row = await connection.fetchrow(
        f"SELECT {OPEN_COLUMNS}, coalesce(nullif(a.display_name, ''), a.name) AS owner"
        f" FROM links l JOIN accounts a ON a.id = l.account_id WHERE l.secret_hash = $1 AND {OPEN}",
        secret_hash,
    )
    return OpenLink(*(row[name] for name in OpenLink.__dataclass_fields__)) if row else None


async def still(connection: Connection, link: OpenLink) -> bool:
    """Whether the link leads where it did, by the same password."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM links l JOIN accounts a ON a.id = l.account_id WHERE l.id = $1"
            f" AND l.tag_id = $2 AND l.password_hash IS NOT DISTINCT FROM $3 AND l.originals >= $4 AND {OPEN})",
            link.id, link.tag_id, link.password_hash, link.originals,
        )
    )  # fmt: skip


async def note_upload(
    connection: Connection, link: OpenLink, picture_id: UUID, guest: str, size: int
) -> tuple[int | None, bool]:
    """Count a file that a guest brings, in the transaction that takes it: the tag that it gets, and whether it counts.

    None instead of a tag where the link takes nothing (any more), or has no room for it. The same picture counts once.
    """
    row = await connection.fetchrow(
        "SELECT l.tag_id, l.uploaded_bytes + $3 <= l.most_bytes AND l.uploaded_files < l.most_files AS fits"
        " FROM links l JOIN accounts a ON a.id = l.account_id"
        f" WHERE l.id = $1 AND l.password_hash IS NOT DISTINCT FROM $2 AND l.upload AND {OPEN} FOR UPDATE OF l",
        link.id, link.password_hash, size,
    )  # fmt: skip
    if row is None:
        return None, False
    known = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM link_uploads WHERE link_id = $1 AND picture_id = $2)", link.id, picture_id
    )
    if known:
        return row["tag_id"], False
    if not row["fits"]:
        return None, True
    await connection.execute(
        "INSERT INTO link_uploads (account_id, link_id, picture_id, link_name, guest, bytes)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        link.account_id, link.id, picture_id, link.name, guest, size,
    )  # fmt: skip
    await connection.execute(
        "UPDATE links SET uploaded_bytes = uploaded_bytes + $2, uploaded_files = uploaded_files + 1 WHERE id = $1",
        link.id, size,
    )  # fmt: skip
    return row["tag_id"], True


async def uploads(
    connection: Connection, account_id: int, link_id: UUID, before: int | None, limit: int
) -> list[Brought]:
    """What guests brought through a link, the latest first."""
    rows = await connection.fetch(
        "SELECT id, picture_id, guest, bytes, created_at FROM link_uploads"
        " WHERE account_id = $1 AND link_id = $2 AND ($3::bigint IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
        account_id, link_id, before, limit,
    )  # fmt: skip
    return [Brought(*row) for row in rows]


async def bringers(connection: Connection, account_id: int, picture_id: UUID) -> list[Row]:
    """Who brought a picture of the account: guest, and the link by id and name, the first first; at most ten."""
    rows: list[Row] = await connection.fetch(
        "SELECT guest, link_id, link_name FROM link_uploads WHERE account_id = $1 AND picture_id = $2"
        " ORDER BY id LIMIT 10",
        account_id, picture_id,
    )  # fmt: skip
    return rows


# What follows when tags change


async def of_tags(connection: Connection, account_id: int, tag_ids: Collection[int]) -> dict[UUID, int]:
    """The links that show any of these tags, and which."""
    rows = await connection.fetch(
        "SELECT id, tag_id FROM links WHERE account_id = $1 AND tag_id = ANY ($2::integer[])",
        account_id, list(tag_ids),
    )  # fmt: skip
    return {row["id"]: row["tag_id"] for row in rows}


async def count_of_tags(connection: Connection, account_id: int, tag_ids: Sequence[int]) -> int:
    """How many links show any of these tags."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM links WHERE account_id = $1 AND tag_id = ANY ($2::integer[])",
            account_id, list(tag_ids),
        )
    )  # fmt: skip


async def exchange(
    connection: Connection, account_id: int, link_id: UUID, present: int | None, tag_id: int | None
) -> bool:
    """Show another tag (None: nothing) in the stead of the `present` one; whether the link showed that."""
    done: str = await connection.execute(
        "UPDATE links SET tag_id = $4 WHERE id = $2 AND account_id = $1 AND tag_id IS NOT DISTINCT FROM $3"
        " AND ($4::integer IS NULL OR EXISTS (SELECT FROM tags t WHERE t.id = $4 AND t.owner_id = $1))",
        account_id, link_id, present, tag_id,
    )  # fmt: skip
    return done.endswith(" 1")
