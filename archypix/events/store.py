"""SQL of events: a notification inside the transaction, so that nobody hears of what did not happen."""

from __future__ import annotations

from typing import Any

import orjson

from archypix.core.database import Connection

CHANNEL = "archypix_events"
# PostgreSQL takes notifications of less than 8000 bytes.
MAX_PAYLOAD = 7000


async def emit(connection: Connection, account_id: int, kind: str, data: dict[str, Any]) -> None:
    """Tell account `account_id` that `kind` (`picture.ready`, …) happened, once this transaction commits.

    `data` is small: ids and counts, never whole rows. Raises ValueError over 7000 bytes.
    """
    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, payload(account_id, kind, data))


def payload(account_id: int, kind: str, data: dict[str, Any]) -> str:
    """What is notified of an event on `CHANNEL`, for statements that tell it themselves. ValueError as `emit`."""
    text = orjson.dumps({"account": account_id, "kind": kind, "data": data})
    if len(text) > MAX_PAYLOAD:
        raise ValueError(f"event {kind} is too large: {len(text)} bytes")
    return text.decode()
