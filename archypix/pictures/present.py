"""Pictures as JSON values, from rows of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias
from uuid import UUID

from archypix.core.database import Row
from archypix.pictures.faraway import NOTHING, FarPicture, Shown
from archypix.pictures.provenance import Provenance
from archypix.pictures.query import Tree

# Addresses of the thumbnails of a blob by their short names.
ThumbnailUrls: TypeAlias = Callable[[UUID], Mapping[str, str]]

NONE_FAR: Mapping[str, Shown] = {}
NO_THUMBNAILS: Mapping[str, None] = {"small": None, "medium": None, "large": None}


def listed_picture(
    row: Row, tree: Tree, owner: str, thumbnail_urls: ThumbnailUrls, far: Mapping[str, Shown] = NONE_FAR
) -> dict[str, Any]:
    """An item of a list, from a row of `store.LISTED`. `owner` is the handle of whose library it is.

    One of a received picture is completed by `tell_provenance`; `far` has what is shown of it, by the owner's id.
    """
    item = dict(row)
    item["id"] = str(item["id"])
    item["tags"] = tree.written(item["tags"])
    item["owner"] = owner
    item["received"] = None
    blob_id, has_thumbnails = item.pop("blob_id"), item.pop("has_thumbnails")
    item.pop("origin_owner_id")
    origin = item.pop("origin_uri")
    if origin is not None:
        shown = far.get(origin, NOTHING)
        item["thumbnails"], item["availability"] = shown.thumbnails, shown.availability
        return item
    item["availability"] = "ok"
    item["sha256"] = item["sha256"].hex()
    del item["leaves_at"]
    item["thumbnails"] = thumbnail_urls(blob_id) if has_thumbnails else NO_THUMBNAILS
    return item


def tell_provenance(item: dict[str, Any], provenance: Provenance | None) -> None:
    """Complete what `listed_picture` gave for a received picture. None: it has just gone, nothing is known of it."""
    leaves_at = item.pop("leaves_at")
    item["owner"] = provenance.owner if provenance is not None else None
    item["received"] = {
        "senders": list(provenance.senders) if provenance is not None else [],
        "shares": [str(share) for share in provenance.shares] if provenance is not None else [],
        "leaves_at": leaves_at,
        "copy": provenance is not None and provenance.copy,
        "reshare": provenance.reshare if provenance is not None else 0,
        "metadata_edit": provenance is not None and provenance.metadata_edit,
        "originals": provenance is not None and provenance.originals,
    }


def far_pictures(rows: Iterable[Row]) -> list[FarPicture]:
    """Of rows of `store.LISTED` of received pictures those that have thumbnails at their owners'."""
    return [(row["origin_uri"], row["origin_owner_id"]) for row in rows if row["has_thumbnails"]]


def whole_picture(
    row: Row, tree: Tree, owner: str, thumbnail_urls: ThumbnailUrls, far: Mapping[str, Shown] = NONE_FAR
) -> dict[str, Any]:
    """Everything of one picture, from a row of `store.DETAIL`."""
    picture = listed_picture(row, tree, owner, thumbnail_urls, far)
    del picture["tags_revision"]
    content_hash, batch = picture["content_hash"], picture["batch"]
    picture["content_hash"] = None if content_hash is None else content_hash.hex()
    picture["batch"] = None if batch is None else str(batch)
    uri, of, at = (picture.pop(name) for name in ("copied_uri", "copied_owner", "copied_at"))
    picture["copied_from"] = None if uri is None else {"id": uri, "owner": of, "at": at}
    return picture
