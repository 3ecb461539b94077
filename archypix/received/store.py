"""SQL of shares that were offered to accounts here. Whoever writes has the writer lock of the account's library."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.core.resting import awake
from archypix.received.models import Glimpse, Incoming, IncomingState, Offer, Party, Rights

SELECT = """
SELECT s.id, s.number, s.account_id, s.uri, s.name, s.message, s.path, s.tag_id, s.originals, s.future, s.reshare_depth,
    s.share_back, s.copy, s.metadata_edit, s.announced, s.ends_at, s.state, s.sequence, s.settled, s.told, s.held,
    s.activity, s.share_back_of, s.moved_from, s.created_at, s.answered_at, s.ended_at, s.glimpse,
    a.id AS sender_id, a.uri AS sender_uri, a.handle, a.name AS sender_name, a.local
FROM incoming_shares s JOIN remote_actors a ON a.id = s.sender_id
"""
# Seconds that a statement on all pictures of a share may take.
LONG = 600.0
# Shares of one sender that are remembered to be gone.
MOST_GONE = 2_000
OPEN = "s.state IN ('pending', 'active')"
# What hosts of one owner have in common, as far as names tell: two labels, or three below the likes of `co.uk`.
DOMAIN = (
    r"coalesce(substring({0}.host FROM '[^.]+\.[^.]{{1,3}}\.[^.:]{{2}}(?::[0-9]+)?$'),"
    r" substring({0}.host FROM '[^.]+\.[^.]+$'), {0}.host)"
)


def incoming(row: Row) -> Incoming:
    """A share from a row of `SELECT`."""
    return Incoming(
        id=row["id"],
        number=row["number"],
        account_id=row["account_id"],
        uri=row["uri"],
        sender=Party(row["sender_id"], row["sender_uri"], f"@{row['handle']}", row["sender_name"], row["local"]),
        name=row["name"],
        message=row["message"],
        path=row["path"],
        rights=Rights(
            row["originals"],
            row["future"],
            row["reshare_depth"],
            row["share_back"],
            row["copy"],
            row["metadata_edit"],
        ),
        ends_at=row["ends_at"],
        state=row["state"],
        sequence=row["sequence"],
        activity=row["activity"],
        share_back_of=row["share_back_of"],
        created_at=row["created_at"],
        answered_at=row["answered_at"],
        ended_at=row["ended_at"],
        pictures=row["announced"] if row["state"] == "pending" else row["held"],
        glimpse=_glimpse(row["glimpse"]),
    )


def _glimpse(said: dict[str, Any] | None) -> Glimpse | None:
    if said is None:
        return None
    first, last = (None if said[name] is None else date.fromisoformat(said[name]) for name in ("first", "last"))
    return Glimpse(first, last, tuple(said["blurs"]))


def _kept(glimpse: Glimpse | None) -> dict[str, Any] | None:
    if glimpse is None:
        return None
    first, last = (None if day is None else day.isoformat() for day in (glimpse.first, glimpse.last))
    return {"first": first, "last": last, "blurs": list(glimpse.blurs)}


async def find(connection: Connection, account_id: int, share_id: UUID) -> Row | None:
    """One share of an account by its id."""
    return await connection.fetchrow(f"{SELECT} WHERE s.account_id = $1 AND s.id = $2", account_id, share_id)


async def find_uri(connection: Connection, account_id: int, uri: str) -> Row | None:
    """One share of an account by the sender's id of it."""
    return await connection.fetchrow(f"{SELECT} WHERE s.account_id = $1 AND s.uri = $2", account_id, uri)


async def of_uri(connection: Connection, uri: str, sender_id: int, account_id: int | None) -> list[Row]:
    """The rows of a share of this sender, of one account or of all to whom it was offered."""
    return list(
        await connection.fetch(
            f"{SELECT} WHERE s.uri = $1 AND s.sender_id = $2 AND ($3::integer IS NULL OR s.account_id = $3)"
            " ORDER BY s.account_id",
            uri, sender_id, account_id,
        )
    )  # fmt: skip


async def page(connection: Connection, account_id: int, before: int | None, limit: int) -> list[Row]:
    """Shares of an account, the latest first."""
    return list(
        await connection.fetch(
            f"{SELECT} WHERE s.account_id = $1 AND ($2::bigint IS NULL OR s.number < $2)"
            " ORDER BY s.number DESC LIMIT $3",
            account_id, before, limit,
        )
    )  # fmt: skip


async def count_open(connection: Connection, account_id: int, sender_id: int) -> tuple[int, int, int]:
    """How many shares are open at an account; of these, how many from this sender's domain, and from them."""
    row = await connection.fetchrow(
        f"SELECT count(*) AS every, count(*) FILTER (WHERE {DOMAIN.format('a')} = {DOMAIN.format('me')}) AS near,"
        " count(*) FILTER (WHERE s.sender_id = $2) AS theirs FROM incoming_shares s"
        " JOIN remote_actors a ON a.id = s.sender_id, remote_actors me"
        f" WHERE s.account_id = $1 AND me.id = $2 AND {OPEN}",
        account_id, sender_id,
    )  # fmt: skip
    return row["every"], row["near"], row["theirs"]


async def insert(
    connection: Connection, share_id: UUID, account_id: int, offer: Offer, instead_of: UUID | None = None
) -> None:
    """A share that was just offered; `instead_of` is the earlier one that it goes on for."""
    rights = offer.rights
    await connection.execute(
        "INSERT INTO incoming_shares (id, account_id, uri, sender_id, name, message, path, originals, future,"
        " reshare_depth, share_back, copy, metadata_edit, announced, ends_at, state, told, activity, share_back_of,"
        " moved_from, glimpse)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'pending', $16, $17, $18, $19,"
        " $20)",
        share_id, account_id, offer.uri, offer.sender.id, offer.name, offer.message, offer.path, rights.originals,
        rights.future, rights.reshare_depth, rights.share_back, rights.copy, rights.metadata_edit, offer.total,
        offer.ends_at, offer.sequence, offer.activity, offer.share_back_of, instead_of, _kept(offer.glimpse),
    )  # fmt: skip


async def describe(connection: Connection, share_id: UUID, offer: Offer) -> None:
    """A share is as its sender describes it now."""
    rights = offer.rights
    await connection.execute(
        "UPDATE incoming_shares SET name = $2, message = $3, path = $4, originals = $5, future = $6,"
        " reshare_depth = $7, share_back = $8, copy = $9, metadata_edit = $10,"
        " announced = $11, ends_at = $12, told = greatest(told, $13)"
        " WHERE id = $1",
        share_id, offer.name, offer.message, offer.path, rights.originals, rights.future, rights.reshare_depth,
        rights.share_back, rights.copy, rights.metadata_edit, offer.total, offer.ends_at, offer.sequence,
    )  # fmt: skip


async def set_state(connection: Connection, share_id: UUID, state: IncomingState, **values: Any) -> None:
    """A share is in another state; `values` are other columns. An end has its time, and leaves things to clear."""
    columns = "".join(f", {name} = ${number}" for number, name in enumerate(values, 3))
    if state == "active":
        columns += ", answered_at = coalesce(answered_at, now()), ended_at = NULL, clearing = false"
    elif state == "declined":
        columns += ", answered_at = now(), ended_at = now()"
    elif state != "pending":
        columns += ", ended_at = now(), clearing = true"
    await connection.execute(
        f"UPDATE incoming_shares SET state = $2{columns} WHERE id = $1", share_id, state, *values.values()
    )


async def heard(connection: Connection, share_id: UUID, sequence: int, *, settled: bool = False) -> None:
    """What is in a share was told up to this number; `settled`: whole, so that nothing up to it is news any more."""
    await connection.execute(
        "UPDATE incoming_shares SET sequence = greatest(sequence, $2),"
        " settled = CASE WHEN $3 THEN greatest(settled, $2) ELSE settled END"
        " WHERE id = $1 AND (sequence < $2 OR $3)",
        share_id, sequence, settled,
    )  # fmt: skip


async def ended(connection: Connection, limit: int) -> list[Row]:
    """Open shares whose end has passed."""
    return list(
        await connection.fetch(
            f"{SELECT} WHERE {OPEN} AND s.ends_at <= now() AND {awake('s.account_id')} ORDER BY s.ends_at LIMIT $1",
            limit,
        )
    )


async def to_clear(connection: Connection, limit: int) -> list[Row]:
    """Shares that are over, of which something is left."""
    return list(
        await connection.fetch(f"{SELECT} WHERE s.clearing AND {awake('s.account_id')} ORDER BY s.id LIMIT $1", limit)
    )


async def cleared(connection: Connection, share_id: UUID) -> None:
    """Nothing of a share that is over is left."""
    await connection.execute(
        "UPDATE incoming_shares SET clearing = false, tag_id = NULL, sequence = 0, settled = 0 WHERE id = $1", share_id
    )


async def set_tag(connection: Connection, share_id: UUID, tag_id: int) -> None:
    """Pictures of a share carry this tag."""
    await connection.execute("UPDATE incoming_shares SET tag_id = $2 WHERE id = $1", share_id, tag_id)


async def tag_is_shared(connection: Connection, share_id: UUID, tag_id: int) -> bool:
    """Whether another share puts its pictures under this tag or one below it."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM incoming_shares m JOIN incoming_shares s ON s.account_id = m.account_id"
            " JOIN tags t ON t.id = s.tag_id WHERE m.id = $1 AND s.id <> $1 AND $2 = ANY (t.lineage))",
            share_id, tag_id,
        )
    )  # fmt: skip


async def retag(connection: Connection, number: int, old: int, new: int) -> None:
    """Pictures of a share carry the tag `new` for it, instead of `old`."""
    await connection.execute(
        "INSERT INTO assignments (picture_id, tag_id, source, source_id)"
        " SELECT r.picture_id, $2, 'incoming_share', s.number FROM incoming_shares s"
        " JOIN received r ON r.share_id = s.id WHERE s.number = $1 AND r.picture_id IS NOT NULL ON CONFLICT DO NOTHING",
        number, new, timeout=LONG,
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM assignments WHERE tag_id = $2 AND source = 'incoming_share' AND source_id = $1",
        number, old, timeout=LONG,
    )  # fmt: skip


async def bare_tags(connection: Connection, account_id: int, root: str) -> list[int]:
    """Tags below the reserved root that carry nothing, have no tags below them, and are no share's: the leaves."""
    rows = await connection.fetch(
        "SELECT t.id FROM tags r JOIN tags t ON t.owner_id = r.owner_id AND r.id = ANY (t.lineage)"
        " WHERE r.owner_id = $1 AND r.parent_id IS NULL AND r.name_key = $2 AND t.total = 0"
        " AND NOT EXISTS (SELECT FROM tags c WHERE c.parent_id = t.id)"
        " AND NOT EXISTS (SELECT FROM incoming_shares s WHERE s.tag_id = t.id)"
        " AND NOT EXISTS (SELECT FROM assignments a WHERE a.tag_id = t.id)",
        account_id, root,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def is_gone(connection: Connection, uri: str) -> bool:
    """Whether this share was taken back for good, perhaps before it was heard of."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM gone_shares WHERE uri = $1)", uri))


async def remember_gone(connection: Connection, uri: str) -> None:
    """This share was taken back for good. A bounded number of shares of one sender is remembered so."""
    start = uri[: uri.rindex("/") + 1]
    await connection.execute(
        "INSERT INTO gone_shares (uri) SELECT $1 WHERE (SELECT count(*) FROM ("
        "SELECT FROM gone_shares WHERE uri > $2 AND uri < $2 || '~' LIMIT $3) t) < $3 ON CONFLICT DO NOTHING",
        uri, start, MOST_GONE,
    )  # fmt: skip


async def own_uri(connection: Connection, account_id: int) -> str | None:
    """The actor of an account here, if it has one yet."""
    uri: str | None = await connection.fetchval(
        "SELECT uri FROM actors WHERE account_id = $1 AND kind = 'person'", account_id
    )
    return uri


async def actor_uri(connection: Connection, row: int) -> str:
    """The actor of a row of `remote_actors`; empty where there is none."""
    return await connection.fetchval("SELECT uri FROM remote_actors WHERE id = $1", row) or ""


async def open_of(connection: Connection, account_id: int | None, sender_ids: Sequence[int] | None) -> list[Row]:
    """Open shares of an account, or of senders, or both."""
    return list(
        await connection.fetch(
            f"{SELECT} WHERE {OPEN} AND ($1::integer IS NULL OR s.account_id = $1)"
            " AND ($2::bigint[] IS NULL OR s.sender_id = ANY ($2)) ORDER BY s.account_id, s.id",
            account_id, list(sender_ids) if sender_ids is not None else None,
        )
    )  # fmt: skip


async def digest(connection: Connection, share_id: UUID) -> tuple[bytes, int]:
    """The digest of what is present of a share, 32 bytes, and how much that is."""
    row = await connection.fetchrow("SELECT digest, held FROM incoming_shares WHERE id = $1", share_id)
    return (row["digest"].bytes, row["held"]) if row is not None else (bytes(32), 0)


async def forget_unanswered(connection: Connection, account_id: int, most: int) -> None:
    """Of an account's shares that ended before they were answered, keep the latest `most`."""
    await connection.execute(
        "DELETE FROM incoming_shares WHERE account_id = $1 AND answered_at IS NULL AND NOT clearing"
        " AND state IN ('revoked', 'expired') AND number <= (SELECT number FROM incoming_shares"
        " WHERE account_id = $1 AND answered_at IS NULL AND state IN ('revoked', 'expired')"
        " ORDER BY number DESC OFFSET $2 LIMIT 1)",
        account_id, most,
    )  # fmt: skip


async def forget(connection: Connection, older_than: timedelta) -> None:
    """Forget what was remembered against late messages for longer than any is on its way, and old ends of shares."""
    await connection.execute(
        "DELETE FROM incoming_shares WHERE NOT clearing AND state NOT IN ('pending', 'active')"
        " AND ended_at < now() - 6 * $1::interval",
        older_than,
    )
    await connection.execute("DELETE FROM gone_pictures WHERE at < now() - $1::interval", older_than)
    await connection.execute("DELETE FROM gone_shares WHERE at < now() - $1::interval", older_than)
    await connection.execute("DELETE FROM received WHERE NOT present AND changed_at < now() - $1::interval", older_than)


async def senders_on(connection: Connection, host: str) -> list[int]:
    """The people of a server, subdomains included, who ever offered something."""
    rows = await connection.fetch(
        "SELECT DISTINCT s.sender_id FROM incoming_shares s JOIN remote_actors a ON a.id = s.sender_id"
        " WHERE a.host = $1 OR right(a.host, length($1) + 1) = '.' || $1",
        host,
    )
    return [row["sender_id"] for row in rows]
