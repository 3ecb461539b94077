"""Pictures as JSON values, from rows of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias
from uuid import UUID

from archypix.core.database import Row
from archypix.pictures.faraway import NOTHING, FarPicture, Shown
from archypix.pictures.provenance import Provenance
from archypix.pictures.query import Tree
from archypix.pictures.store import SHOWN

# Addresses of the thumbnails of a blob by their short names.
ThumbnailUrls: TypeAlias = Callable[[UUID], Mapping[str, str]]

# What is shown of one picture beside what lists show, as it stands in a row of `store.DETAIL`.
MORE = (
    "orientation", "file_date", "altitude", "camera_make", "camera_model", "lens", "iso", "aperture", "focal_length",
    "exposure", "description", "creator", "edited_fields", "source", "metadata_failure", "metadata", "versions",
)  # fmt: skip
NONE_FAR: Mapping[str, Shown] = {}
NO_THUMBNAILS: Mapping[str, None] = {"small": None, "medium": None, "large": None}


def listed_picture(
    row: Row, tree: Tree, owner: str, thumbnail_urls: ThumbnailUrls, far: Mapping[str, Shown] = NONE_FAR
) -> dict[str, Any]:
    """An item of a list, from a row of `store.LISTED`. `owner` is the handle of whose library it is.

    One of a received picture is completed by `tell_provenance`; `far` has what is shown of it, by the owner's id.
    """
    # To make a dict of the row itself costs as much as everything else here.
    item = dict(zip(SHOWN, row, strict=False))
    item["id"] = str(item["id"])
    item["tags"] = tree.written(item["tags"])
    item["owner"] = owner
    item["received"] = None
    origin = row["origin_uri"]
    if origin is not None:
        shown = far.get(origin, NOTHING)
        item["thumbnails"], item["availability"] = shown.thumbnails, shown.availability
        return item
    item["availability"] = "ok"
    item["sha256"] = item["sha256"].hex()
    item["thumbnails"] = thumbnail_urls(row["blob_id"]) if row["has_thumbnails"] else NO_THUMBNAILS
    return item


def tell_provenance(item: dict[str, Any], row: Row, provenance: Provenance | None) -> None:
    """Complete what `listed_picture` gave for a received picture. None: it has just gone, nothing is known of it."""
    leaves_at = row["leaves_at"]
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
    picture |= {name: row[name] for name in MORE}
    content_hash, batch = row["content_hash"], row["batch"]
    picture["content_hash"] = None if content_hash is None else content_hash.hex()
    picture["batch"] = None if batch is None else str(batch)
    uri, of, at = row["copied_uri"], row["copied_owner"], row["copied_at"]
    picture["copied_from"] = None if uri is None else {"id": uri, "owner": of, "at": at}
    return picture
