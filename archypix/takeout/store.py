"""What an export says of a picture, into its row: what people have set, and what is known already, stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.events.store import emit
from archypix.media.texts import LONG, clean
from archypix.pictures import rows_store
from archypix.takeout.sidecars import Facts
from archypix.writing.service import request


async def fill(connection: Connection, owner_id: int, picture_id: UUID, facts: Facts) -> None:
    """In the transaction that takes a picture in, for the holder of the library's lock: set what is not set yet."""
    row = await connection.fetchrow(
        "SELECT edited_fields, description, latitude FROM pictures"
        " WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL AND origin_uri IS NULL",
        picture_id, owner_id,
    )  # fmt: skip
    if row is None:
        return
    values: dict[str, Any] = {}
    if facts.description and not row["description"] and "description" not in row["edited_fields"]:
        values["description"] = clean(facts.description[:LONG], LONG, lines=True)
    if facts.place is not None and row["latitude"] is None and "latitude" not in row["edited_fields"]:
        values["latitude"], values["longitude"], altitude = facts.place
        if altitude is not None:
            values["altitude"] = altitude
    if values:
        await rows_store.update(connection, picture_id, values, edited=list(values))
        await request(connection, owner_id, [picture_id])
        await emit(connection, owner_id, "picture.updated", {"id": str(picture_id)})
