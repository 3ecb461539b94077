"""Decisions on access: who may have which file of which picture, at the moment of the question."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from archypix.core.database import Connection, Row
from archypix.shares import cover_store
from archypix.shares.models import Access, Variant

MOST_ASKED = 500
THUMBNAIL_TYPE = "image/webp"


class AccessService:
    """Decides for the pictures of this server."""

    async def access(
        self, connection: Connection, holder_row: int, items: Sequence[tuple[str, Variant]]
    ) -> list[Access]:
        """For each file (a picture's address and a variant; 500 at most) where it is, or why not.

        403: not theirs, or only its previews; 404: no such picture, or no such file of it; 410: it was theirs and is
        gone; 409: it will be there in a moment; 421: its owner has moved to another server of the domain. Only its
        snapshot decides, so do not ask in a transaction that began before the question.
        """
        assert len(items) <= MOST_ASKED
        places = {uri: None for uri, _ in items}
        named = {uri: found for uri in places if (found := _parse(uri)) is not None}
        rows = await cover_store.decide(
            connection, holder_row, [found[1] for found in named.values()], [found[0] for found in named.values()]
        )
        by_uri = dict(zip(named, rows, strict=True))
        decided = [_decide(uri, variant, by_uri.get(uri)) for uri, variant in items]
        used = {grant for row in rows for grant in row["grants"] or ()}
        if used:
            await cover_store.touch(connection, sorted(used))
        return decided


def _parse(uri: str) -> tuple[str, UUID] | None:
    """Owner and id in the address of a picture."""
    owner, found, last = uri.rpartition("/pictures/")
    try:
        picture_id = UUID(last) if found and len(last) == 36 and "\0" not in uri else None
        # What has no encoding names nothing either.
        uri.encode()
    except ValueError:
        return None
    return (owner, picture_id) if picture_id is not None and str(picture_id) == last else None


def _decide(uri: str, variant: Variant, row: Row | None) -> Access:
    if row is not None and row["moved"]:
        return Access(uri, variant, 421, "The owner of this picture has moved to another server of the domain.")
    if row is None or row["id"] is None:
        if row is not None and row["was"]:
            return Access(uri, variant, 410, "This picture is gone.")
        return Access(uri, variant, 404, "There is no such picture.")
    if not row["grants"]:
        return Access(uri, variant, 403, "You have no access to this picture.")
    if variant == "original":
        if not row["originals"]:
            return Access(uri, variant, 403, "Only previews of this picture are shared with you.")
        return Access(
            uri, variant, 200, "", row["blob_id"], row["sha256"], row["size"], row["media_type"], row["filename"]
        )
    if row["has_thumbnails"]:
        return Access(uri, variant, 200, "", row["blob_id"], media_type=THUMBNAIL_TYPE, filename=row["filename"])
    if row["state"] == "processing":
        return Access(uri, variant, 409, "It is not ready yet.")
    return Access(uri, variant, 404, "There are no previews of this picture.")
