"""Sidecars: what is known of a picture as an XMP file of its own, made when somebody asks for it."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import NotFound
from archypix.media.wanted import FIELDS, xmp_properties
from archypix.media.xmp_packet import new_packet
from archypix.writing import store


class SidecarService:
    """Makes sidecars for the owners of pictures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sidecar(self, account_id: int, picture_id: UUID) -> tuple[str, bytes]:
        """The name and the content of a picture's sidecar; `NotFound` without the picture.

        The name is that of the file and `.xmp`, so that a RAW and a JPEG of one name do not share theirs.
        """
        async with self._database.connection() as connection:
            row = await store.of_owner(connection, account_id, picture_id)
        if row is None:
            raise NotFound("There is no picture with this id.")
        known = {name: row[name] for name in FIELDS if row[name] is not None}
        for group in (("captured_at", "utc_offset"), ("latitude", "longitude", "altitude")):
            if any(name in known for name in group):
                known |= {name: row[name] for name in group}
        return row["filename"] + ".xmp", new_packet(xmp_properties(known))
