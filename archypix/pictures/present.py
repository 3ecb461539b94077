"""Pictures as JSON values, from rows of the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from uuid import UUID

from archypix.core.database import Row
from archypix.pictures.query import Tree

# Addresses of the thumbnails of a blob by their short names.
ThumbnailUrls: TypeAlias = Callable[[UUID], Mapping[str, str]]

NO_THUMBNAILS: Mapping[str, None] = {"small": None, "medium": None, "large": None}


def listed_picture(row: Row, tree: Tree, owner: str, thumbnail_urls: ThumbnailUrls) -> dict[str, Any]:
    """An item of a list, from a row of `store.LISTED`. `owner` is the owner's handle."""
    item = dict(row)
    item["id"] = str(item["id"])
    item["sha256"] = item["sha256"].hex()
    item["tags"] = tree.written(item["tags"])
    item["owner"] = owner
    blob_id = item.pop("blob_id")
    item["thumbnails"] = thumbnail_urls(blob_id) if item.pop("has_thumbnails") else NO_THUMBNAILS
    return item


def whole_picture(row: Row, tree: Tree, owner: str, thumbnail_urls: ThumbnailUrls) -> dict[str, Any]:
    """Everything of one picture, from a row of `store.DETAIL`."""
    picture = listed_picture(row, tree, owner, thumbnail_urls)
    del picture["tags_revision"]
    content_hash, batch = picture["content_hash"], picture["batch"]
    picture["content_hash"] = None if content_hash is None else content_hash.hex()
    picture["batch"] = None if batch is None else str(batch)
    return picture
