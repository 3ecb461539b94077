"""Where the files of a picture are: signed addresses of the original, its earlier files and its thumbnails."""

from __future__ import annotations

from typing import Literal, TypeAlias
from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import Conflict, NotFound
from archypix.pictures import rows_store, store, versions_store
from archypix.pictures.faraway import Faraway, FarPicture
from archypix.storage.interface import Storage
from archypix.storage.keys import blob_key

FileVariant: TypeAlias = Literal["original", "small", "medium", "large"]
# A player asks for one stretch of a video after another from the same address.
ADDRESS_SECONDS = 3600
# Addresses made within so many seconds are the same, so that browsers find files in their cache.
GRANULARITY = 600


class FileService:
    """Gives out addresses of files to their owner."""

    def __init__(self, database: Database, storage: Storage, faraway: Faraway | None = None) -> None:
        self._database = database
        self._storage = storage
        self._faraway = faraway

    async def address(
        self,
        account_id: int,
        picture_id: UUID,
        variant: FileVariant,
        *,
        version: int | None = None,
        attachment: bool = False,
    ) -> str:
        """An address, perhaps only a path of this server, from which the file can be got for an hour.

        That of a received picture leads to its owner's storage, for a minute or two. `version` is the number of an
        earlier file, of which there is only the original. `attachment`: to be saved rather than shown. Raises
        `NotFound`, and `Conflict` (code `not_ready`) while thumbnails are not yet there; for received pictures what
        `Faraway.address` does.
        """
        async with self._database.connection() as connection:
            picture = await rows_store.find(connection, account_id, picture_id=picture_id)
            if picture is None:
                raise NotFound("There is no picture with this id.")
            origin = await store.origin(connection, account_id, picture_id) if picture.blob_id is None else None
            if origin is None and version is not None and version != picture.version:
                earlier = await versions_store.find(connection, account_id, picture_id, version)
                if earlier is None or variant != "original":
                    raise NotFound("This picture has no such version.")
                return self._original(
                    earlier.sha256, earlier.blob_id, earlier.media_type, earlier.filename, attachment=attachment
                )
        if origin is not None:
            return await self._far_address(account_id, origin, variant, version, attachment=attachment)
        if variant == "original":
            return self._original(
                picture.sha256, picture.blob_id, picture.media_type, picture.filename, attachment=attachment
            )
        if picture.has_thumbnails:
            return self._storage.thumbnail_urls(picture.blob_id)[variant]
        if picture.state == "processing":
            raise Conflict("The thumbnails of this picture are being made.", code="not_ready")
        raise NotFound("This file has no thumbnails: nothing could decode it.", code="no_thumbnails")

    async def _far_address(
        self, account_id: int, origin: FarPicture, variant: FileVariant, version: int | None, *, attachment: bool
    ) -> str:
        if version not in (None, 1) or self._faraway is None:
            raise NotFound("This picture has no such version.")
        return await self._faraway.address(account_id, origin, variant, attachment=attachment)

    def _original(self, sha256: bytes, blob_id: UUID, media_type: str, filename: str, *, attachment: bool) -> str:
        return self._storage.presign_get(
            blob_key(sha256, blob_id),
            expires_in=ADDRESS_SECONDS,
            media_type=media_type,
            filename=filename,
            inline=not attachment,
            granularity=GRANULARITY,
        )
