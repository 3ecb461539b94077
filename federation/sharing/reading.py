"""Shares and pictures as other servers tell of them, read with distrust. Pure.

What a document must say is refused where it is wrong (`Malformed`); what it may say is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from archypix.core.errors import Invalid
from archypix.core.tag_paths import format_path, parse_path
from archypix.media.texts import LONG, SHORT, TITLE
from archypix.pictures.edit_values import RANGES
from archypix.pictures.names import clean_filename
from archypix.received.models import Glimpse, Rights, SharedPicture, Way
from federation.documents.errors import Malformed
from federation.documents.terms import embedded, has_type, id_of, many
from federation.sharing import ids, values
from federation.sharing.terms import MOST_GRANTS, MOST_PICTURES

MOST_NAME = 255
MOST_MESSAGE = 5000
MOST_SIDE = 1_000_000
MOST_SECONDS = 1e9
MOST_BLURS = 12
# Root to leaf; no tree is deeper.
LONGEST_PATH = 32
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}")
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,.:;=?@\[\]^_{|}~-]{6,200}")
_KINDS = ("image", "raw", "video", "other")
_TYPES = ("Image", "Video", "Document")


@dataclass(frozen=True, slots=True)
class SharedCollection:
    """A share as its sender describes it; who that is, the activity tells."""

    uri: str
    name: str
    message: str
    path: str
    total: int
    rights: Rights
    ends_at: datetime | None
    share_back_of: str | None
    moved_from: str | None
    sequence: int
    glimpse: Glimpse | None = None


def read_share(document: Mapping[str, Any], sender: str) -> SharedCollection:
    """The share of `sender` in a document. `Malformed` where it is none, or somebody else's."""
    uri = document.get("id")
    if not ids.is_share_of(sender, uri) or not has_type(dict(document), "OrderedCollection", "Collection"):
        raise Malformed("This is no share of its sender.")
    if id_of(document.get("attributedTo")) != sender:
        raise Malformed("The share is somebody else's.")
    back = document.get("apx:shareBackOf")
    if back is not None and ids.read_share(id_of(back)) is None:
        raise Malformed("`apx:shareBackOf` is no share.")
    before = document.get("apx:movedFrom")
    if before is not None and ids.read_share(id_of(before)) is None:
        raise Malformed("`apx:movedFrom` is no share.")
    ends = document.get("endTime")
    ends_at = values.moment(ends)
    if ends is not None and ends_at is None:
        raise Malformed("`endTime` is no time with a zone.")
    return SharedCollection(
        uri=str(uri),
        name=_text(document.get("name"), "name", MOST_NAME, empty=False),
        message=_text(document.get("summary"), "summary", MOST_MESSAGE),
        path=_path(document.get("apx:path")),
        total=_whole(document, "totalItems", 0, 2**31 - 1, 0),
        rights=_rights(document),
        ends_at=ends_at,
        share_back_of=None if back is None else id_of(back),
        moved_from=None if before is None else id_of(before),
        sequence=_whole(document, "apx:sequence", 0, values.MOST_REVISION - 1, 0),
        glimpse=_glimpse(document),
    )


def _glimpse(document: Mapping[str, Any]) -> Glimpse | None:
    """What an offer shows of its pictures: what of it can be read, since the offer holds without."""
    said = document.get("apx:blurhashes")
    blurs = said[:MOST_BLURS] if isinstance(said, list) else []
    kept = tuple(one for one in blurs if isinstance(one, str) and _BLURHASH.fullmatch(one))
    first, last = (values.day(document.get(name)) for name in ("apx:firstDay", "apx:lastDay"))
    if first is None or last is None or last < first:
        first = last = None
    return Glimpse(first, last, kept) if kept or first is not None else None


def read_sequence(document: Mapping[str, Any]) -> int:
    """The place of an announcement among those of its share. `Malformed`."""
    found = values.whole(document.get("apx:sequence"), 0, values.MOST_REVISION - 1)
    if found is None:
        raise Malformed("`apx:sequence` is no number of an announcement.")
    return found


def read_picture(document: Mapping[str, Any], owner: str) -> SharedPicture:
    """The picture of `owner` in a document. `Malformed` where it is none, or somebody else's."""
    uri = document.get("id")
    if not ids.is_picture_of(owner, uri) or not has_type(dict(document), *_TYPES):
        raise Malformed("This is no picture of its owner.")
    if id_of(document.get("attributedTo")) != owner:
        raise Malformed("The picture is somebody else's.")
    media_type = document.get("mediaType")
    if not isinstance(media_type, str) or not _MEDIA_TYPE.fullmatch(media_type):
        raise Malformed("`mediaType` is none.")
    published = values.moment(document.get("published"))
    if published is None:
        raise Malformed("`published` is no time with a zone.")
    if not isinstance(document.get("name"), str):
        raise Malformed("`name` is no text.")
    originals = _flag(document, "apx:originals", otherwise=True)
    return SharedPicture(
        uri=str(uri),
        owner=owner,
        filename=clean_filename(document["name"]),
        media_type=media_type,
        kind=_kind(document, media_type),
        size=_must(document, "apx:size", values.MOST_BYTES),
        published=published,
        revision=_must(document, "apx:revision", values.MOST_REVISION - 1),
        has_thumbnails=_flag(document, "apx:thumbnails"),
        originals=originals,
        **_shown(document, originals=originals),
        **_place(document.get("location") if originals else None),
        **_taken(document),
        **_held(document, owner),
    )


def read_uris(value: Any, most: int = MOST_PICTURES) -> list[str]:
    """Ids of pictures, each once. `Malformed` where there are none, too many, or anything else."""
    found = [item.get("id") if isinstance(item, dict) else item for item in many(value)]
    if not 0 < len(found) <= most:
        raise Malformed(f"There must be 1 to {most} pictures.")
    if any(ids.read_picture(uri) is None for uri in found):
        raise Malformed("What is named is no picture.")
    return list(dict.fromkeys(cast("list[str]", found)))


def read_grants(value: Any) -> tuple[UUID, ...]:
    """Ids of grants. `Malformed`."""
    found = values.uuids(value, MOST_GRANTS)
    if not found:
        raise Malformed("`apx:grants` are none.")
    return found


def read_depth(document: Mapping[str, Any]) -> int:
    """How often something may be passed on. `Malformed`."""
    found = values.whole(document.get("apx:reshareDepth"), 0, values.MOST_DEPTH)
    if found is None:
        raise Malformed("`apx:reshareDepth` is no number that is taken.")
    return found


def read_withheld(document: Mapping[str, Any]) -> Rights:
    """What a relayer lets others have of what they hold: all of it, but for what is said. `Malformed`."""
    return Rights(
        originals=_flag(document, "apx:originals", otherwise=True),
        copy=_flag(document, "apx:copy", otherwise=True),
        metadata_edit=_flag(document, "apx:metadataEdit", otherwise=True),
    )


def _rights(document: Mapping[str, Any]) -> Rights:
    return Rights(
        originals=_flag(document, "apx:originals"),
        future=_flag(document, "apx:future"),
        reshare_depth=_whole(document, "apx:reshareDepth", 0, values.MOST_DEPTH, 0),
        share_back=_flag(document, "apx:shareBack"),
        copy=_flag(document, "apx:copy"),
        metadata_edit=_flag(document, "apx:metadataEdit"),
    )


def _path(value: Any) -> str:
    if not isinstance(value, str):
        raise Malformed("`apx:path` is no path of a tag.")
    try:
        return format_path(parse_path(value))
    except Invalid as error:
        raise Malformed(error.detail[:300]) from None


def _text(value: Any, name: str, most: int, *, empty: bool = True) -> str:
    if value is None and empty:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise Malformed(f"`{name}` is no text of at most {most} characters.")
    found = values.text(value, most, lines=True) or ""
    if not found and not empty:
        raise Malformed(f"`{name}` is empty.")
    return found


def _flag(document: Mapping[str, Any], name: str, *, otherwise: bool = False) -> bool:
    """True or false; what is not said is `otherwise`, anything else is refused, since it decides on rights."""
    found = document.get(name, otherwise)
    if type(found) is not bool:
        raise Malformed(f"`{name}` is neither true nor false.")
    return found


def _whole(document: Mapping[str, Any], name: str, least: int, most: int, otherwise: int) -> int:
    if name not in document:
        return otherwise
    found = values.whole(document[name], least, most)
    if found is None:
        raise Malformed(f"`{name}` is no number that is taken.")
    return found


def _must(document: Mapping[str, Any], name: str, most: int) -> int:
    found = values.whole(document.get(name), 0, most)
    if found is None:
        raise Malformed(f"`{name}` is no number that is taken.")
    return found


def _kind(document: Mapping[str, Any], media_type: str) -> Literal["image", "raw", "video", "other"]:
    said = document.get("apx:kind")
    if said in _KINDS:
        return cast("Literal['image', 'raw', 'video', 'other']", said)
    beginning = media_type.partition("/")[0]
    return "image" if beginning == "image" else "video" if beginning == "video" else "other"


def _shown(document: Mapping[str, Any], *, originals: bool) -> dict[str, Any]:
    blurhash = document.get("blurhash")
    return {
        "width": values.whole(document.get("width"), 1, MOST_SIDE),
        "height": values.whole(document.get("height"), 1, MOST_SIDE),
        "duration": _seconds(document.get("duration")),
        "blurhash": blurhash if isinstance(blurhash, str) and _BLURHASH.fullmatch(blurhash) else None,
        "title": values.text(document.get("apx:title"), TITLE),
        "description": values.text(document.get("summary"), LONG, lines=True),
        "creator": values.text(document.get("apx:creator"), SHORT),
        "sha256": values.digest(document.get("apx:sha256")) if originals else None,
        "content_hash": values.digest(document.get("apx:contentHash")) if originals else None,
        "deletes_at": values.moment(document.get("apx:deletesAt")),
    }


def _seconds(value: Any) -> float | None:
    found = values.duration(value)
    return found if found is not None and found <= MOST_SECONDS else None


def _place(value: Any) -> dict[str, Any]:
    """Both coordinates or none."""
    place = embedded(value) or {}
    latitude = values.number(place.get("latitude"), *RANGES["latitude"])
    longitude = values.number(place.get("longitude"), *RANGES["longitude"])
    if latitude is None or longitude is None:
        return {}
    altitude = values.number(place.get("altitude"), *RANGES["altitude"])
    return {"latitude": latitude, "longitude": longitude, "altitude": altitude}


def _taken(document: Mapping[str, Any]) -> dict[str, Any]:
    offset_least, offset_most = (int(bound) for bound in RANGES["utc_offset"])
    iso_least, iso_most = (int(bound) for bound in RANGES["iso"])
    return {
        "captured_at": values.wall_clock(document.get("apx:capturedAt")),
        "utc_offset": values.whole(document.get("apx:utcOffset"), offset_least, offset_most),
        "camera_make": values.text(document.get("apx:cameraMake"), SHORT),
        "camera_model": values.text(document.get("apx:cameraModel"), SHORT),
        "lens": values.text(document.get("apx:lens"), SHORT),
        "iso": values.whole(document.get("apx:iso"), iso_least, iso_most),
        "aperture": values.number(document.get("apx:aperture"), *RANGES["aperture"]),
        "focal_length": values.number(document.get("apx:focalLength"), *RANGES["focal_length"]),
        "exposure": values.number(document.get("apx:exposure"), *RANGES["exposure"]),
    }


def _held(document: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """How access is held: by a share of the owner's, or it is not said."""
    way = _way(document, owner)
    if way is None:
        return {}
    return {
        "share": way.share,
        "grants": way.grants,
        "depth": way.depth,
        "copy": document.get("apx:copy") is True,
        "metadata_edit": document.get("apx:metadataEdit") is True,
        "also": _way(document.get("apx:also"), owner),
    }


def _way(document: Any, owner: str) -> Way | None:
    share = id_of(document.get("apx:share")) if isinstance(document, Mapping) else None
    if share is None or not ids.is_share_of(owner, share):
        return None
    return Way(
        share,
        values.uuids(document.get("apx:grants"), LONGEST_PATH) or (),
        values.whole(document.get("apx:reshareDepth"), 0, values.MOST_DEPTH) or 0,
    )
