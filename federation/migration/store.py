"""SQL of people who move: with whom they share, and what those with whom they share have decided."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Connection

LIVE = "state IN ('pending', 'active')"


@dataclass(frozen=True, slots=True)
class Held:
    """A share of an account here that somebody who has moved holds; `choice` is what its owner wants done then."""

    id: UUID
    account_id: int
    name: str
    choice: str


async def partners(connection: Connection, account_id: int) -> list[int]:
    """Rows of those with whom an account shares, and of those who share with it."""
    rows = await connection.fetch(
        f"SELECT recipient_id AS id FROM shares WHERE account_id = $1 AND {LIVE}"
        f" UNION SELECT sender_id FROM incoming_shares WHERE account_id = $1 AND {LIVE} ORDER BY id",
        account_id,
    )
    return [row["id"] for row in rows]


async def held_by(connection: Connection, recipient: int, limit: int) -> list[Held]:
    """Shares of accounts here that this actor holds or was offered, of those who want anything done about it."""
    rows = await connection.fetch(
        "SELECT s.id, s.account_id, s.name, a.moved_shares AS choice FROM shares s"
        " JOIN actors a ON a.account_id = s.account_id AND a.kind = 'person'"
        f" WHERE s.recipient_id = $1 AND s.{LIVE} AND s.tag_id IS NOT NULL AND a.moved_shares <> 'never'"
        " ORDER BY s.account_id, s.id LIMIT $2",
        recipient, limit,
    )  # fmt: skip
    return [Held(**row) for row in rows]


async def handle(connection: Connection, row: int) -> str:
    """What an actor is called, such as `@bob@b.test`."""
    return f"@{await connection.fetchval('SELECT handle FROM remote_actors WHERE id = $1', row)}"


async def moved_to(connection: Connection, row: int) -> str | None:
    """Where an actor, of this server or another, says to have moved."""
    found: str | None = await connection.fetchval(
        "SELECT CASE WHEN r.local THEN a.moved_to ELSE r.moved_to END FROM remote_actors r"
        " LEFT JOIN actors a ON r.local AND a.uri = r.uri WHERE r.id = $1",
        row,
    )
    return found


async def choice(connection: Connection, account_id: int) -> str:
    """What a person wants done when somebody with whom they share has moved."""
    return str(
        await connection.fetchval(
            "SELECT moved_shares FROM actors WHERE account_id = $1 AND kind = 'person'", account_id
        )
    )


async def choose(connection: Connection, account_id: int, wanted: str) -> None:
    """Set that."""
    await connection.execute(
        "UPDATE actors SET moved_shares = $2 WHERE account_id = $1 AND kind = 'person'", account_id, wanted
    )
