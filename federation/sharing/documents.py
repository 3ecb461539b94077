"""Shares and pictures as JSON that other servers read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from archypix.core.clock import rfc3339, wall_clock
from archypix.received.models import Glimpse, Rights, SharedPicture, Way
from archypix.shares.models import Share
from federation.sharing.terms import MOST_BYTES, MOST_PICTURES

TYPES = {"image": "Image", "raw": "Image", "video": "Video", "other": "Document"}


def rights_terms(rights: Rights) -> dict[str, Any]:
    """The rights that a share gives."""
    return {
        "apx:originals": rights.originals,
        "apx:future": rights.future,
        "apx:reshareDepth": rights.reshare_depth,
        "apx:shareBack": rights.share_back,
        "apx:copy": rights.copy,
        "apx:metadataEdit": rights.metadata_edit,
    }


def share_document(share: Share) -> dict[str, Any]:
    """A share as its recipient reads it, without what is in it."""
    document: dict[str, Any] = {
        "id": share.uri,
        "type": "OrderedCollection",
        "attributedTo": share.sender.uri,
        "name": share.name,
        "summary": share.message,
        "apx:path": share.path,
        "totalItems": share.total,
        "published": rfc3339(share.created_at),
        "apx:sequence": share.sequence,
    } | rights_terms(share.rights)
    if share.ends_at is not None:
        document["endTime"] = rfc3339(share.ends_at)
    if share.share_back_of is not None:
        document["apx:shareBackOf"] = share.share_back_of
    if share.moved_from is not None:
        document["apx:movedFrom"] = share.moved_from
    return document if share.glimpse is None else document | _glimpse_terms(share.glimpse)


def _glimpse_terms(glimpse: Glimpse) -> dict[str, Any]:
    """What an offer shows of its pictures before it is accepted."""
    said: dict[str, Any] = {"apx:blurhashes": list(glimpse.blurs)}
    if glimpse.first is not None and glimpse.last is not None:
        said |= {"apx:firstDay": glimpse.first.isoformat(), "apx:lastDay": glimpse.last.isoformat()}
    return said


def picture_document(picture: SharedPicture) -> dict[str, Any]:
    """A picture as its owner tells of it; what is not known is not there."""
    document = {
        "id": picture.uri,
        "type": TYPES[picture.kind],
        "attributedTo": picture.owner,
        "name": picture.filename,
        "mediaType": picture.media_type,
        "published": rfc3339(picture.published),
        "apx:kind": picture.kind,
        "apx:size": picture.size,
        "apx:revision": picture.revision,
        "apx:thumbnails": picture.has_thumbnails,
        "apx:originals": picture.originals,
    }
    said = _shown(picture) | _taken(picture) | _held(picture)
    return document | {name: value for name, value in said.items() if value is not None}


def _shown(picture: SharedPicture) -> dict[str, Any]:
    """What is to be seen, and what people wrote."""
    return {
        "width": picture.width,
        "height": picture.height,
        "duration": None if picture.duration is None else f"PT{_plain(picture.duration)}S",
        "blurhash": picture.blurhash,
        "apx:title": picture.title,
        "summary": picture.description,
        "apx:creator": picture.creator,
        "apx:sha256": picture.sha256.hex() if picture.sha256 and picture.originals else None,
        "apx:contentHash": picture.content_hash.hex() if picture.content_hash and picture.originals else None,
        "apx:deletesAt": None if picture.deletes_at is None else rfc3339(picture.deletes_at),
    }


def _taken(picture: SharedPicture) -> dict[str, Any]:
    """When, where and with what it was taken. The place is for those alone who may have the original."""
    place = None
    if picture.originals and picture.latitude is not None and picture.longitude is not None:
        place = {"type": "Place", "latitude": picture.latitude, "longitude": picture.longitude}
        if picture.altitude is not None:
            place["altitude"] = picture.altitude
    return {
        "apx:capturedAt": None if picture.captured_at is None else wall_clock(picture.captured_at),
        "apx:utcOffset": picture.utc_offset,
        "location": place,
        "apx:cameraMake": picture.camera_make,
        "apx:cameraModel": picture.camera_model,
        "apx:lens": picture.lens,
        "apx:iso": picture.iso,
        "apx:aperture": picture.aperture,
        "apx:focalLength": picture.focal_length,
        "apx:exposure": picture.exposure,
    }


def _held(picture: SharedPicture) -> dict[str, Any]:
    """How the one who reads it holds access."""
    if picture.share is None:
        return {}
    return {
        "apx:share": picture.share,
        "apx:grants": [str(grant) for grant in picture.grants] or None,
        "apx:reshareDepth": picture.depth,
        "apx:copy": picture.copy,
        "apx:metadataEdit": picture.metadata_edit,
        "apx:also": None if picture.also is None else _way(picture.also),
    }


def _way(way: Way) -> dict[str, Any]:
    return {
        "apx:share": way.share,
        "apx:grants": [str(grant) for grant in way.grants],
        "apx:reshareDepth": way.depth,
    }


def collection_document(share: Share, *, total: int, digest: bytes, first: str) -> dict[str, Any]:
    """A share as a holder reads it at its own address: what it is, and where its pages begin."""
    return share_document(share) | {"totalItems": total, "apx:digest": digest.hex(), "first": first}


def page_document(
    address: str, collection: str, items: Sequence[Any], *, following: str | None, sequence: int
) -> dict[str, Any]:
    """One page of a share: pictures of its owner as objects, those of others by their ids."""
    document: dict[str, Any] = {
        "id": address,
        "type": "OrderedCollectionPage",
        "partOf": collection,
        "apx:sequence": sequence,
        "orderedItems": list(items),
    }
    return document if following is None else document | {"next": following}


def batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    """What fits into one activity at a time: 100 objects or ids, and no more bytes than an inbox takes."""
    batch: list[Any] = []
    size = 0
    for item in items:
        length = len(orjson.dumps(item)) + 1
        if batch and (len(batch) == MOST_PICTURES or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += length
    if batch:
        yield batch


def _plain(number: float) -> str:
    """A number as `xsd:duration` has it: without an exponent."""
    return f"{number:.6f}".rstrip("0").rstrip(".")
