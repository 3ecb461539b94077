"""One look at a file: what it is, what it says of itself, what it shows, and its thumbnails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyvips

from archypix.media import kinds, metadata, tiff_data
from archypix.media.blurhash import blurhash_of, few_pixels
from archypix.media.content_hash import content_hash
from archypix.media.dates import from_filename
from archypix.media.errors import TooManyPixels, Undecodable
from archypix.media.kinds import Kind, MediaType
from archypix.media.limits import Limits
from archypix.media.models import Examination, Facts
from archypix.media.perceptual import perceptual_hash
from archypix.media.pixels import DAMAGED, PARTIAL, Decoded, decode
from archypix.media.tags import read_tags
from archypix.media.thumbnails import write_thumbnails

EMPTY = "The file is empty."
UNKNOWN = "This is not a picture or video of a kind that can be shown."
TOO_MUCH_MEMORY = "Decoding the file takes more memory than this server allows."


def examine(path: Path, *, filename: str, thumbnails_into: Path, limits: Limits | None = None) -> Examination:
    """Everything that can be known of the file at `path`, which its owner calls `filename`.

    Writes up to three WebP files into the folder `thumbnails_into`. A file that cannot be decoded, or only in part,
    says so in `failure`; whatever could be read of it is there all the same. Raises OSError when the file cannot be
    read or the folder not be written.
    """
    limits = limits or Limits()
    with path.open("rb") as file:
        head = file.read(kinds.HEAD_BYTES)
    media_type = kinds.sniff(head, filename)
    seen = _LOOKS[media_type.kind](path, media_type, filename, limits)
    if "picture" not in seen and media_type.kind is Kind.RAW and tiff_data.is_plain(path):
        # An ordinary TIFF under the name of a RAW format.
        media_type, seen = kinds.TIFF, _look_at_image(path, kinds.TIFF, filename, limits)
    if not head:
        seen["failure"] = EMPTY
    picture = seen.pop("picture", None)
    facts = seen.pop("facts")
    if picture is not None:
        seen |= _shown(picture, thumbnails_into)
        facts = replace(facts, orientation=picture.orientation)
    return Examination(
        media_type=media_type.name,
        kind=media_type.kind,
        content_hash=content_hash(path, media_type),
        **{each.name: getattr(facts, each.name) for each in fields(Facts)},
        **seen,
    )


# What a look at one kind of file found: `facts`, and where there is one the `picture`, a `duration`, a `failure`.
Seen = dict[str, Any]


def _look_at_image(path: Path, media_type: MediaType, filename: str, limits: Limits) -> Seen:
    facts = metadata.facts(read_tags(path), filename)
    if media_type in (kinds.HEIC, kinds.HEIF, kinds.AVIF, kinds.GIF):
        # Their containers turn the picture themselves, or cannot; what EXIF says is then history.
        facts = replace(facts, orientation=1)
    return _decoded(lambda: decode(path, media_type, facts.orientation, limits)) | {"facts": facts}


def _look_at_raw(path: Path, media_type: MediaType, filename: str, limits: Limits) -> Seen:
    # LibRaw and numpy cost 20 MB, which processes that see no RAW files do without.
    from archypix.media.raw import decode_raw  # noqa: PLC0415

    facts = metadata.facts(read_tags(path), filename)
    seen = _decoded(lambda: decode_raw(path, limits))
    if "picture" in seen and media_type not in (kinds.RW2, kinds.ORF) and tiff_data.is_cut_short(path):
        # LibRaw reads on past the end of a file as if there were black pixels.
        seen["failure"] = PARTIAL
    return seen | {"facts": facts}


def _look_at_video(path: Path, media_type: MediaType, filename: str, limits: Limits) -> Seen:
    # FFmpeg costs 20 MB and 0.1 s, which processes that see no videos do without.
    from archypix.media.video import examine_video  # noqa: PLC0415

    try:
        video = examine_video(path, media_type, filename, limits)
    except Undecodable as problem:
        return _named_only(filename) | {"failure": problem.detail}
    except MemoryError:
        return _named_only(filename) | {"failure": TOO_MUCH_MEMORY}
    width, height = video.size
    return {
        "facts": video.facts,
        "duration": video.duration,
        "picture": video.poster,
        "failure": video.failure,
        "width": width,
        "height": height,
    }


def _look_at_other(path: Path, media_type: MediaType, filename: str, limits: Limits) -> Seen:
    del path, media_type, limits
    return _named_only(filename) | {"failure": UNKNOWN}


_LOOKS: dict[Kind, Callable[[Path, MediaType, str, Limits], Seen]] = {
    Kind.IMAGE: _look_at_image,
    Kind.RAW: _look_at_raw,
    Kind.VIDEO: _look_at_video,
    Kind.OTHER: _look_at_other,
}


def _named_only(filename: str) -> Seen:
    """The facts of a file of which only the name is known."""
    moment = from_filename(filename)
    if moment is None:
        return {"facts": Facts()}
    return {"facts": Facts(captured_at=moment.wall, utc_offset=moment.offset, date_source="filename")}


def _decoded(decoder: Callable[[], Decoded]) -> Seen:
    try:
        picture = decoder()
    except TooManyPixels as problem:
        return {"failure": problem.detail, "width": problem.width, "height": problem.height}
    except Undecodable as problem:
        return {"failure": problem.detail}
    except MemoryError:
        return {"failure": TOO_MUCH_MEMORY}
    return {"picture": picture, "failure": PARTIAL if picture.partial else None}


def _shown(picture: Decoded, folder: Path) -> Seen:
    try:
        paths, smallest = write_thumbnails(picture.image, folder)
        pixels = few_pixels(smallest)
        return {
            "thumbnails": paths,
            "blurhash": blurhash_of(pixels),
            "perceptual_hash": perceptual_hash(pixels),
            "width": picture.width,
            "height": picture.height,
        }
    except (pyvips.Error, MemoryError):
        return {"failure": DAMAGED, "width": picture.width, "height": picture.height}
