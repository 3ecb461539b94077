"""The date of a picture's file, as programs that keep files set it afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from archypix.core.database import Connection
from archypix.events.store import emit
from archypix.pictures import rows_store
from archypix.pictures.dates import order_date


async def redate(connection: Connection, account_id: int, picture_id: UUID, moment: datetime) -> bool:
    """Give a picture's file another date (a naive wall clock); whether that changed anything.

    It orders the picture in time only where nothing says when it was taken. Received pictures keep theirs. The
    transaction has the library's writer lock.
    """
    picture = await rows_store.find(connection, account_id, picture_id=picture_id)
    if picture is None or picture.origin_uri is not None or picture.file_date == moment:
        return False
    values: dict[str, object] = {"file_date": moment}
    if picture.captured_at is None:
        values["sorted_at"], values["date_source"] = order_date(None, "", moment, picture.ingested_at)
    await rows_store.update(connection, picture_id, values)
    await emit(connection, account_id, "picture.updated", {"id": str(picture_id)})
    return True
