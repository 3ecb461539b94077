"""What is known of a picture in an export, onto the picture that its file becomes; in the transaction that takes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Row
from archypix.core.errors import Conflict
from archypix.exchange import import_store
from archypix.exchange.lines import BROUGHT, PictureLine
from archypix.media.wanted import FIELDS
from archypix.pictures import rows_store
from archypix.pictures.dates import EDITED, order_date
from archypix.tags.assigning import MOST_TAGS, TagAssigner
from archypix.writing import service as writing


class Restorer:
    """Puts back what people set, and where tags come from. What is there already, and was set here, stays."""

    def __init__(self, account_id: int, tags: TagAssigner, covers: dict[UUID, UUID | None]) -> None:
        """`covers` are the ids, in the export, of pictures that are covers of tags: they get the ids of here."""
        self._account_id = account_id
        self._tags = tags
        self._covers = covers

    async def restore(self, connection: Connection, picture_id: UUID, said: PictureLine) -> None:
        """Do so; the library is locked. `Conflict` where the file is not the one that was exported."""
        row = await import_store.picture(connection, picture_id)
        if bytes.fromhex(said.sha256) not in (row["sha256"], row["uploaded_sha256"]):
            raise Conflict("The file is not the one that was exported.", code="file_changed")
        if said.id in self._covers:
            self._covers[said.id] = picture_id
        untouched = row["state"] == "processing" and row["revision"] == 1 and not row["edited_fields"]
        edited = sorted((set(said.edited_fields) & FIELDS) - set(row["edited_fields"]))
        values: dict[str, Any] = {name: getattr(said, name) for name in edited}
        if untouched:
            values |= _as_it_came(said)
        if untouched or "captured_at" in values:
            values |= _ordered(row, values)
        if values:
            await rows_store.update(connection, picture_id, values, edited=edited)
        await self._assign(connection, picture_id, said)
        if edited and not (untouched and said.metadata_state in ("synced", "failed", "unsupported")):
            await writing.request(connection, self._account_id, [picture_id])

    async def _assign(self, connection: Connection, picture_id: UUID, said: PictureLine) -> None:
        for source in sorted(BROUGHT):
            paths = said.tags_of(source)
            for start in range(0, len(paths), MOST_TAGS):
                some = paths[start : start + MOST_TAGS]
                await self._tags.assign(connection, self._account_id, [picture_id], some, source)


def _as_it_came(said: PictureLine) -> dict[str, Any]:
    """What only a picture that has just come in takes over: when it came, and how its file stands with what was set."""
    values: dict[str, Any] = {
        "ingested_at": said.ingested_at,
        "written_fields": sorted(set(said.written_fields) & FIELDS),
        "uploaded_sha256": bytes.fromhex(said.uploaded_sha256) if said.uploaded_sha256 else None,
    }
    if said.edited_fields and said.metadata_state in ("synced", "failed", "unsupported"):
        values["metadata_state"] = said.metadata_state
    return values | ({"deleted_at": clock.now()} if said.deleted_at is not None else {})


def _ordered(row: Row, values: dict[str, Any]) -> dict[str, Any]:
    captured = values.get("captured_at", row["captured_at"])
    ingested = values.get("ingested_at", row["ingested_at"])
    sorted_at, source = order_date(captured, EDITED, row["file_date"], ingested)
    return {"sorted_at": sorted_at, "date_source": source}
