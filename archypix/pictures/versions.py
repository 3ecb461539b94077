"""A picture's earlier files: listed, and removed one by one."""

from __future__ import annotations

from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import NotFound
from archypix.events.store import emit
from archypix.pictures import blob_store, rows_store, versions_store
from archypix.pictures.locks import lock_library
from archypix.pictures.rows_store import Standing
from archypix.pictures.versions_store import Version


class VersionService:
    """Reads and removes earlier files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_picture(self, account_id: int, picture_id: UUID) -> tuple[Standing, list[Version]]:
        """The picture with its present file, and its earlier ones, the latest first; `NotFound`."""
        async with self._database.connection() as connection:
            picture = await rows_store.find(connection, account_id, picture_id=picture_id)
            if picture is None:
                raise NotFound("There is no picture with this id.")
            if picture.origin_uri is not None:
                raise NotFound("The files of this picture are with its owner.", code="received_picture")
            return picture, await versions_store.of_picture(connection, account_id, picture_id)

    async def remove(self, account_id: int, picture_id: UUID, number: int) -> None:
        """Remove an earlier file for good; `NotFound`."""
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            version = await versions_store.find(connection, account_id, picture_id, number)
            if version is None:
                raise NotFound("This picture has no such version.")
            await versions_store.remove(connection, version.id)
            await blob_store.condemn_unreferenced(connection, [version.blob_id])
            await emit(connection, account_id, "picture.updated", {"id": str(picture_id)})
