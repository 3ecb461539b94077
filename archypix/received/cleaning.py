"""What other servers say, brought into the bounds that columns have: nothing they say is a reason to fail."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

from archypix.core.tag_paths import CONTROL, MAX_DEPTH, MAX_SEGMENT, TagPath
from archypix.pictures.dates import INFINITE
from archypix.pictures.names import clean_filename
from archypix.received.models import Offer, Rights, SharedPicture, Way

MOST_URI = 1000
MOST_BLURS = 12
BIGINT = (1 << 63) - 1
INTEGER = (1 << 31) - 1
KINDS = ("image", "raw", "video", "other")
ROOT = "SharedToMe"


def text(value: str | None, most: int) -> str | None:
    """A text without what no text has, cut to length; None for none that is left."""
    if value is None:
        return None
    kept = "".join(each for each in value[: most * 2] if each in "\n\t" or unicodedata.category(each) not in CONTROL)
    return kept[:most].strip() or None


def is_uri(uri: str) -> bool:
    """Whether this can be an id that is kept."""
    return 8 <= len(uri) <= MOST_URI and uri.isascii() and uri.isprintable() and " " not in uri


def is_theirs(uri: str, owner: str) -> bool:
    """Whether this can be the id of a picture of this owner."""
    return is_uri(uri) and is_uri(owner) and uri.startswith(f"{owner}/pictures/")


def number(value: float | None, low: float, high: float) -> float | None:
    """A number in its range, else None."""
    return float(value) if value is not None and math.isfinite(value) and low <= value <= high else None


def whole(value: int | None, low: int, high: int) -> int | None:
    """A whole number in its range, else None."""
    return int(value) if value is not None and low <= value <= high else None


def wall_clock(value: datetime | None) -> datetime | None:
    """A naive time, else None; the ends of the calendar are none."""
    naive = value.replace(tzinfo=None) if value is not None else None
    return None if naive in INFINITE else naive


def instant(value: datetime | None) -> datetime | None:
    """An aware time that the database takes, else None."""
    if value is None or not 1 < value.year < 9999:
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def cleaned(picture: SharedPicture) -> SharedPicture:
    """The picture with every value in the bounds of its column; what is not becomes None, or the nearest there is."""
    latitude, longitude = number(picture.latitude, -90, 90), number(picture.longitude, -180, 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    return replace(
        picture,
        filename=clean_filename(text(picture.filename, 255) or "picture"),
        media_type=text(picture.media_type, 100) or "application/octet-stream",
        kind=picture.kind if picture.kind in KINDS else "other",
        size=whole(picture.size, 0, BIGINT) or 0,
        published=instant(picture.published) or datetime(2000, 1, 1, tzinfo=UTC),
        revision=whole(picture.revision, 0, BIGINT) or 0,
        width=whole(picture.width, 1, INTEGER),
        height=whole(picture.height, 1, INTEGER),
        duration=number(picture.duration, 0, 1e9),
        blurhash=text(picture.blurhash, 200),
        captured_at=wall_clock(picture.captured_at),
        utc_offset=whole(picture.utc_offset, -1080, 1080),
        latitude=latitude,
        longitude=longitude,
        altitude=number(picture.altitude, -1e6, 1e6),
        camera_make=text(picture.camera_make, 200),
        camera_model=text(picture.camera_model, 200),
        lens=text(picture.lens, 200),
        iso=whole(picture.iso, 0, INTEGER),
        aperture=number(picture.aperture, 0, 1e6),
        focal_length=number(picture.focal_length, 0, 1e6),
        exposure=number(picture.exposure, 0, 1e9),
        title=text(picture.title, 1000),
        description=text(picture.description, 10_000),
        creator=text(picture.creator, 500),
        deletes_at=instant(picture.deletes_at),
        depth=whole(picture.depth, 0, 100) or 0,
        grants=picture.grants[:100],
        share=picture.share if picture.share and is_uri(picture.share) else None,
        also=_way(picture.also),
    )


def _way(way: Way | None) -> Way | None:
    if way is None or not is_uri(way.share) or not way.grants:
        return None
    return Way(way.share, way.grants[:100], whole(way.depth, 0, 100) or 0)


def cleaned_offer(offer: Offer) -> Offer:
    """The offer with every value in the bounds of its column."""
    depth = whole(offer.rights.reshare_depth, 0, 100) or 0
    rights = offer.rights
    return replace(
        offer,
        name=text(offer.name, 300) or "",
        message=text(offer.message, 5000) or "",
        path=text(offer.path, 2000) or "",
        total=whole(offer.total, 0, INTEGER) or 0,
        ends_at=instant(offer.ends_at),
        sequence=whole(offer.sequence, 0, BIGINT) or 0,
        glimpse=None if offer.glimpse is None else replace(offer.glimpse, blurs=offer.glimpse.blurs[:MOST_BLURS]),
        rights=Rights(
            rights.originals, rights.future, depth, rights.share_back, rights.copy, rights.metadata_edit
        ),
    )  # fmt: skip


def local_path(handle: str, shared: str) -> TagPath:
    """Where pictures of a share lie: `/SharedToMe/@alice:domain` and the path that is shared, as far as a path goes."""
    name, _, domain = handle.removeprefix("@").partition("@")
    segments = [_segment(each) for each in shared.split("/") if _segment(each)] or ["Shared"]
    if len(segments) > MAX_DEPTH - 2:
        segments = [*segments[: MAX_DEPTH - 3], segments[-1]]
    return (ROOT, _segment(f"@{name}:{domain}") or "@", *segments)


def _segment(value: str) -> str:
    kept = "".join(each for each in value if unicodedata.category(each) not in CONTROL and each != "/")
    return unicodedata.normalize("NFC", kept)[:MAX_SEGMENT].strip()
