"""SQL of shares: their rows. Whoever changes a share or what hangs on it has locked its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.resting import awake
from archypix.shares.models import Party, Rights, Share

# How often a share can be passed on at most. The root's grant has that; what the share allows bounds it.
DEEPEST = 16
# Shared with moderation: who acts on nobody being blocked asks for it first, and a block waits for them.
BLOCKS_LOCK = 0x626C6F63
LIVE = "s.state IN ('pending', 'active')"
# Whether a share `s` gives access at this moment, but for blocks.
OPEN = "s.state = 'active' AND (s.ends_at IS NULL OR s.ends_at > statement_timestamp())"

# The columns that make a `Party`: alias of the table, prefix of the names.
PARTY = "{0}.uri AS {1}_uri, {0}.handle AS {1}_handle, {0}.name AS {1}_name, {0}.local AS {1}_local"
# The path of a tag `t`.
PATH = "(SELECT '/' || string_agg(a.name, '/' ORDER BY a.depth) FROM tags a WHERE a.id = ANY (t.lineage))"
SHARE = f"""
SELECT s.*, coalesce(t.total, 0) AS total, {PARTY.format("m", "sender")}, {PARTY.format("r", "recipient")}
FROM shares s JOIN remote_actors m ON m.id = s.sender_id JOIN remote_actors r ON r.id = s.recipient_id
    LEFT JOIN tags t ON t.id = s.tag_id
"""


def party(row: Row, prefix: str) -> Party:
    """The person in the columns `prefix_id`, `prefix_uri` … of a row."""
    return Party(
        row[f"{prefix}_id"],
        row[f"{prefix}_uri"],
        f"@{row[f'{prefix}_handle']}",
        row[f"{prefix}_name"],
        row[f"{prefix}_local"],
    )


def rights(row: Row) -> Rights:
    """The rights in a row of `shares`."""
    return Rights(
        originals=row["originals"],
        future=row["future"],
        reshare_depth=row["reshare_depth"],
        share_back=row["share_back"],
        copy=row["copy"],
        metadata_edit=row["metadata_edit"],
    )


def share(row: Row) -> Share:
    """A row of `SHARE` in Python."""
    return Share(
        id=row["id"],
        account_id=row["account_id"],
        sender=party(row, "sender"),
        recipient=party(row, "recipient"),
        tag_id=row["tag_id"],
        path=row["path"],
        name=row["name"],
        message=row["message"],
        rights=rights(row),
        ends_at=row["ends_at"],
        state=row["state"],
        share_back_of=row["share_back_of"],
        offered=row["offered"],
        sequence=row["sequence"],
        total=row["total"],
        created_at=row["created_at"],
        answered_at=row["answered_at"],
        ended_at=row["ended_at"],
        moved_from=row["moved_from"],
    )


# Locks


async def lock_blocks(connection: Connection, account_id: int) -> None:
    """Until the transaction ends nobody is blocked for this account: what `barred` says holds."""
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1, $2)", BLOCKS_LOCK, account_id)


async def barred(connection: Connection, account_id: int, row: int) -> bool:
    """Whether an account has blocked an actor or its server, or the administrator has blocked that."""
    return bool(await connection.fetchval("SELECT is_barred($1, $2)", account_id, row))


async def lock(connection: Connection, share_id: UUID) -> Share | None:
    """The share, its row locked; None where there is none."""
    found = await lock_all(connection, [share_id])
    return found[0] if found else None


async def lock_all(connection: Connection, share_ids: Sequence[UUID]) -> list[Share]:
    """These shares, their rows locked in the order of their ids."""
    # In a statement of its own: what follows sees all that was committed before the locks were had.
    await connection.execute("SELECT FROM shares WHERE id = ANY ($1) ORDER BY id FOR UPDATE", list(share_ids))
    rows = await connection.fetch(f"{SHARE} WHERE s.id = ANY ($1) ORDER BY s.id", list(share_ids))
    return [share(row) for row in rows]


# Reading


async def one(connection: Connection, account_id: int, share_id: UUID) -> Share | None:
    """A share of the account."""
    row = await connection.fetchrow(f"{SHARE} WHERE s.id = $1 AND s.account_id = $2", share_id, account_id)
    return share(row) if row else None


async def known(connection: Connection, share_id: UUID) -> Share | None:
    """A share, whosever."""
    row = await connection.fetchrow(f"{SHARE} WHERE s.id = $1", share_id)
    return share(row) if row else None


async def of_uri(connection: Connection, uri: str) -> UUID | None:
    """The id of the share that has this address, whatever became of it."""
    owner, _, last = uri.rpartition("/shares/")
    try:
        share_id = UUID(last) if len(last) == 36 else None
    except ValueError:
        share_id = None
    if share_id is None:
        return None
    found: UUID | None = await connection.fetchval(
        "SELECT s.id FROM shares s JOIN remote_actors m ON m.id = s.sender_id WHERE s.id = $1 AND m.uri = $2"
        " AND s.id::text = $3",
        share_id, owner, last,
    )  # fmt: skip
    return found


async def is_open(connection: Connection, share_id: UUID) -> bool:
    """Whether a share gives access at this moment."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM shares s JOIN accounts o ON o.id = s.account_id"
            f" WHERE s.id = $1 AND {OPEN} AND o.disabled_at IS NULL AND o.deleted_at IS NULL)",
            share_id,
        )
    )


async def page(connection: Connection, account_id: int, *, ended: bool, before: UUID | None, limit: int) -> list[Share]:
    """At most `limit` shares of an account, the newest first: those that stand, or with `ended` all."""
    rows = await connection.fetch(
        f"{SHARE} WHERE s.account_id = $1 AND ($2 OR {LIVE}) AND ($3::uuid IS NULL OR s.id < $3)"
        " ORDER BY s.id DESC LIMIT $4",
        account_id, ended, before, limit,
    )  # fmt: skip
    return [share(row) for row in rows]


async def count_live(connection: Connection, account_id: int) -> int:
    """How many shares of an account stand."""
    return int(
        await connection.fetchval(f"SELECT count(*) FROM shares s WHERE s.account_id = $1 AND {LIVE}", account_id)
    )


async def same(connection: Connection, account_id: int, tag_id: int, recipient_id: int) -> bool:
    """Whether the account shares this tag with them already."""
    return bool(
        await connection.fetchval(
            f"SELECT EXISTS (SELECT FROM shares s WHERE s.account_id = $1 AND s.tag_id = $2 AND s.recipient_id = $3"
            f" AND {LIVE})",
            account_id, tag_id, recipient_id,
        )
    )  # fmt: skip


async def incoming(connection: Connection, account_id: int, share_id: UUID) -> tuple[Party, str] | None:
    """Sender and address of a share that came to an account and was not turned away."""
    row = await connection.fetchrow(
        f"SELECT i.uri AS share_uri, i.sender_id, {PARTY.format('r', 'sender')} FROM incoming_shares i"
        " JOIN remote_actors r ON r.id = i.sender_id"
        " WHERE i.account_id = $1 AND i.id = $2 AND i.state IN ('pending', 'active')",
        account_id, share_id,
    )  # fmt: skip
    return (party(row, "sender"), row["share_uri"]) if row else None


async def has_moved(connection: Connection, account_id: int) -> bool:
    """Whether the person has moved to an account elsewhere."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM actors WHERE account_id = $1 AND kind = 'person' AND moved_to IS NOT NULL)",
            account_id,
        )
    )


async def path_of(connection: Connection, owner_id: int, tag_id: int) -> str:
    """The path of a tag."""
    return str(
        await connection.fetchval(f"SELECT {PATH} FROM tags t WHERE t.owner_id = $1 AND t.id = $2", owner_id, tag_id)
    )


# Writing


async def insert(
    connection: Connection,
    *,
    id: UUID,
    account_id: int,
    tag_id: int,
    path: str,
    sender_id: int,
    recipient_id: int,
    name: str,
    message: str,
    rights: Rights,
    ends_at: datetime | None,
    share_back_of: str | None,
    offered: UUID,
    moved_from: str | None = None,
) -> None:
    """A new share, not yet answered."""
    await connection.execute(
        "INSERT INTO shares (id, account_id, tag_id, path, sender_id, recipient_id, name, message, originals, future,"
        " reshare_depth, share_back, copy, metadata_edit, ends_at, share_back_of, offered, moved_from)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        id, account_id, tag_id, path, sender_id, recipient_id, name, message, rights.originals, rights.future,
        rights.reshare_depth, rights.share_back, rights.copy, rights.metadata_edit, ends_at, share_back_of, offered,
        moved_from,
    )  # fmt: skip


CHANGEABLE = frozenset(
    {"name", "message", "ends_at", "originals", "future", "reshare_depth", "share_back", "copy", "metadata_edit"}
)


async def change(connection: Connection, share_id: UUID, values: Mapping[str, Any]) -> None:
    """Set columns of a share, and count the change."""
    columns = list(values)
    assert set(columns) <= CHANGEABLE | {"tag_id", "path"}
    settings = "".join(f", {column} = ${number}" for number, column in enumerate(columns, 2))
    await connection.execute(
        f"UPDATE shares SET sequence = sequence + 1{settings} WHERE id = $1", share_id, *values.values()
    )


async def accept(connection: Connection, share_id: UUID) -> None:
    """The recipient of a pending share has accepted it: from now on they hold its root."""
    await connection.execute(
        "WITH accepted AS (UPDATE shares SET state = 'active', answered_at = now() WHERE id = $1 AND state = 'pending'"
        " RETURNING id, recipient_id)"
        " INSERT INTO grants (id, share_id, holder_id, depth) SELECT id, id, recipient_id, $2 FROM accepted",
        share_id,
        DEEPEST,
    )


async def end(connection: Connection, share_ids: Sequence[UUID], state: str) -> None:
    """Shares that stand are over: access by them, and by all that hangs on them, ends with that."""
    await connection.execute(
        "UPDATE shares s SET state = $2, ended_at = now(),"
        " answered_at = CASE WHEN $2 = 'declined' THEN now() ELSE answered_at END"
        f" WHERE id = ANY ($1) AND {LIVE}",
        list(share_ids), state,
    )  # fmt: skip


async def overdue(connection: Connection, limit: int) -> list[UUID]:
    """Shares whose end has come and that have not ended, at most `limit`."""
    rows = await connection.fetch(
        f"SELECT s.id FROM shares s WHERE {LIVE} AND s.ends_at <= now() AND {awake('s.account_id')}"
        " ORDER BY s.ends_at LIMIT $1",
        limit,
    )
    return [row["id"] for row in rows]
