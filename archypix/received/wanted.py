"""What owners have to be asked about: claimed by whoever asks them, and put off while they do not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archypix.core.database import Connection
from archypix.core.resting import awake


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture of which an account needs to know more; `owner_uri` is the actor who owns it.

    `asked_at`: what came about later, an answer need not know of.
    """

    account_id: int
    uri: str
    owner_uri: str
    asked_at: datetime


async def claim(connection: Connection, limit: int) -> list[Wanted]:
    """Up to `limit` of what is due, the longest waiting first; nobody else gets it for a minute."""
    rows = await connection.fetch(
        "UPDATE received_wanted w SET attempts = least(w.attempts, 1000) + 1, next_attempt_at = now() + interval '60 s'"
        " FROM (SELECT account_id, uri FROM received_wanted n WHERE next_attempt_at <= now()"
        f" AND {awake('n.account_id')}"
        " ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED) d"
        " WHERE w.account_id = d.account_id AND w.uri = d.uri RETURNING w.account_id, w.uri, w.owner_uri,"
        " now() AS asked_at",
        limit,
    )
    return sorted((Wanted(**row) for row in rows), key=lambda each: (each.account_id, each.owner_uri, each.uri))


async def put_off(connection: Connection, account_id: int, uris: Sequence[str], *, scale: float = 1.0) -> None:
    """The owner's server did not answer: again later, at first after 15 seconds, at last every four hours; all times
    `scale`."""
    await connection.execute(
        "UPDATE received_wanted SET next_attempt_at = now() + least("
        "interval '15 s' * power(4, least(attempts, 8) - 1), interval '4 hours') * (0.8 + 0.4 * random()) * $3::float8"
        " WHERE account_id = $1 AND uri = ANY ($2)",
        account_id, list(uris), scale,
    )  # fmt: skip
