"""SQL of what shares are tied to: the tags that they name, and the people who hold something by them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection
from archypix.shares.store import LIVE, PATH

# By tags


async def has_tag(connection: Connection, owner_id: int, tag_id: int) -> bool:
    """Whether there is this tag."""
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM tags WHERE owner_id = $1 AND id = $2)", owner_id, tag_id)
    )


async def naming(connection: Connection, account_id: int, tag_ids: Sequence[int]) -> list[UUID]:
    """Shares of these tags that stand."""
    rows = await connection.fetch(
        f"SELECT s.id FROM shares s WHERE s.account_id = $1 AND s.tag_id = ANY ($2) AND {LIVE} ORDER BY s.id",
        account_id, list(tag_ids),
    )  # fmt: skip
    return [row["id"] for row in rows]


async def moved(connection: Connection, account_id: int) -> dict[UUID, str]:
    """Shares that stand and whose recipients know another path of the tag than it has now, which is given."""
    rows = await connection.fetch(
        f"SELECT id, now_at FROM (SELECT s.id, s.path, {PATH} AS now_at FROM shares s JOIN tags t ON t.id = s.tag_id"
        f" WHERE s.account_id = $1 AND {LIVE}) p WHERE path <> now_at ORDER BY id",
        account_id,
    )
    return {row["id"]: row["now_at"] for row in rows}


# By people

# Whether `remote_actors r` lives on the host {0} or below it; a name without a port stands for all ports.
_ON_HOST = "NOT r.local AND {0} = ANY (host_names(r.host))"


async def tied_to(connection: Connection, account_id: int | None, rows: Sequence[int]) -> list[UUID]:
    """Shares of an account (None: of anybody here) that stand and by which any of these actors holds something."""
    found = await connection.fetch(
        f"SELECT s.id FROM shares s WHERE ($1::integer IS NULL OR s.account_id = $1) AND {LIVE}"
        " AND (s.recipient_id = ANY ($2) OR EXISTS (SELECT FROM grants g WHERE g.share_id = s.id"
        " AND g.holder_id = ANY ($2) AND g.cut_at IS NULL)) ORDER BY s.id",
        account_id, list(rows),
    )  # fmt: skip
    return [row["id"] for row in found]


async def holders_on(connection: Connection, host: str, account_id: int | None) -> list[int]:
    """Actors on `host` or below who hold or were offered anything of an account (None: of anybody here)."""
    rows = await connection.fetch(
        f"SELECT r.id FROM remote_actors r WHERE {_ON_HOST.format('$1')} AND ("
        f" EXISTS (SELECT FROM shares s WHERE s.recipient_id = r.id AND {LIVE}"
        "   AND ($2::integer IS NULL OR s.account_id = $2))"
        " OR EXISTS (SELECT FROM grants g JOIN shares s ON s.id = g.share_id WHERE g.holder_id = r.id"
        f"   AND g.cut_at IS NULL AND {LIVE} AND ($2::integer IS NULL OR s.account_id = $2)))",
        host, account_id,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def lock_libraries_of(connection: Connection, host: str) -> None:
    """Lock the libraries of everybody who shares with people on `host` or below, or has something of theirs."""
    rows = await connection.fetch(
        f"SELECT s.account_id FROM remote_actors r JOIN shares s ON s.recipient_id = r.id AND {LIVE}"
        f" WHERE {_ON_HOST.format('$1')}"
        " UNION SELECT s.account_id FROM remote_actors r JOIN grants g ON g.holder_id = r.id AND g.cut_at IS NULL"
        f" JOIN shares s ON s.id = g.share_id AND {LIVE} WHERE {_ON_HOST.format('$1')}"
        " UNION SELECT i.account_id FROM remote_actors r JOIN incoming_shares i ON i.sender_id = r.id"
        f" AND i.state IN ('pending', 'active') WHERE {_ON_HOST.format('$1')}",
        host,
    )  # fmt: skip
    await connection.execute("SELECT lock_libraries($1)", sorted(row["account_id"] for row in rows))


async def of_account(connection: Connection, account_id: int) -> list[UUID]:
    """All shares of an account that stand."""
    rows = await connection.fetch(
        f"SELECT s.id FROM shares s WHERE s.account_id = $1 AND {LIVE} ORDER BY s.id", account_id
    )
    return [row["id"] for row in rows]


async def row_of_account(connection: Connection, account_id: int) -> int | None:
    """The row of an account's own actor among all actors, if it has one."""
    row: int | None = await connection.fetchval(
        "SELECT r.id FROM actors a JOIN remote_actors r ON r.uri = a.uri WHERE a.account_id = $1 AND a.kind = 'person'",
        account_id,
    )
    return row


async def lock_libraries(connection: Connection, share_ids: Sequence[UUID]) -> None:
    """Take the writer locks of those who share these."""
    await connection.execute(
        "SELECT lock_libraries(ARRAY(SELECT DISTINCT account_id FROM shares WHERE id = ANY ($1)))", list(share_ids)
    )
