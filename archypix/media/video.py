"""What a video says of itself, and its poster frame; playing it is the browser's work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import av

from archypix.media import dates, kinds, positions
from archypix.media.dates import Moment
from archypix.media.errors import Undecodable
from archypix.media.kinds import MediaType
from archypix.media.limits import Limits
from archypix.media.metadata import bounded
from archypix.media.models import Facts
from archypix.media.pixels import DAMAGED, LARGEST, Decoded, from_memory, of_size
from archypix.media.tags import Value
from archypix.media.texts import LONG, SHORT, TITLE, clean, first_text

NO_PICTURE = "The file holds no moving picture."
UNKNOWN_CODEC = "The video is coded in a way that this server does not know."

# The demuxer is chosen by what the file is: left to guess, it would also open playlists that name other files.
_DEMUXERS = {
    kinds.MKV.name: "matroska",
    kinds.WEBM.name: "matroska",
    kinds.AVI.name: "avi",
    kinds.MPEG_TS.name: "mpegts",
    kinds.MPEG.name: "mpeg",
}
_ROTATIONS = {0: 1, 90: 6, 180: 3, 270: 8}
_ERRORS = (av.FFmpegError, ValueError, OverflowError, EOFError)

_QUICKTIME = "com.apple.quicktime."
_MAKE = (f"{_QUICKTIME}make", "make", "com.android.manufacturer")
_MODEL = (f"{_QUICKTIME}model", "model", "com.android.model")
_LENS = (f"{_QUICKTIME}camera.lens_model",)
_LOCATION = (f"{_QUICKTIME}location.ISO6709", "location", "location-eng")
_TITLE = (f"{_QUICKTIME}title", "title")
_DESCRIPTION = (f"{_QUICKTIME}description", "description", f"{_QUICKTIME}comment", "comment")
_CREATOR = (f"{_QUICKTIME}author", "author", f"{_QUICKTIME}artist", "artist")

# A file is named when recording starts, its container dated when it starts or ends.
_NAMING_TOLERANCE = timedelta(seconds=10)
_LONGEST_RECORDING = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class Video:
    """A video's facts, its length in seconds, the frame worth showing (None, and why, when there is none), its size."""

    facts: Facts
    duration: float | None
    poster: Decoded | None
    size: tuple[int | None, int | None]
    failure: str | None = None


def examine_video(path: Path, media_type: MediaType, filename: str, limits: Limits) -> Video:
    """Facts and poster of a video file. Raises `Undecodable` when it has neither."""
    try:
        with av.open(str(path), format=_DEMUXERS.get(media_type.name, "mov"), metadata_errors="replace") as container:
            duration = _duration(container)
            facts = _facts(container, filename, duration)
            try:
                poster = _poster(container, duration, limits)
            except Undecodable as problem:
                return Video(facts, duration, None, _stored_size(container), problem.detail)
            except _ERRORS:
                return Video(facts, duration, None, _stored_size(container), DAMAGED)
            size = poster.width, poster.height
            return Video(facts, duration, poster, size)
    except _ERRORS:
        raise Undecodable(DAMAGED) from None


def _stored_size(container: Any) -> tuple[int | None, int | None]:
    codec = container.streams.video[0].codec_context if container.streams.video else None
    return (codec.width or None, codec.height or None) if codec else (None, None)


def _duration(container: Any) -> float | None:
    seconds = container.duration / av.time_base if container.duration else 0.0
    return round(seconds, 3) if math.isfinite(seconds) and 0 < seconds < 1e7 else None


def _poster(container: Any, duration: float | None, limits: Limits) -> Decoded:
    if not container.streams.video:
        raise Undecodable(NO_PICTURE)
    stream = container.streams.video[0]
    codec = stream.codec_context
    if codec is None:
        raise Undecodable(UNKNOWN_CODEC)
    limits.check_pixels(codec.width, codec.height)
    codec.thread_count = 1
    frame = _frame_near(container, stream, min(1.0, (duration or 0) / 10))
    limits.check_pixels(frame.width, frame.height)
    orientation = _ROTATIONS.get(round(-frame.rotation / 90) * 90 % 360, 1)
    width, height = _display_size(frame, stream)
    shown = min(1.0, LARGEST / max(width, height))
    rgb = frame.reformat(max(1, round(width * shown)), max(1, round(height * shown)), format="rgb24")
    return of_size(from_memory(_packed(rgb), rgb.width, rgb.height, 3, orientation), width, height)


def _frame_near(container: Any, stream: Any, seconds: float) -> Any:
    """The frame at the last key frame before a time; the first one where seeking fails."""
    for target in dict.fromkeys((seconds, 0.0)):
        try:
            container.seek(int(target * av.time_base))
            return next(container.decode(stream))
        except (av.FFmpegError, StopIteration):
            continue
    raise Undecodable(DAMAGED)


def _display_size(frame: Any, stream: Any) -> tuple[int, int]:
    """Pixels across and down once pixels are square."""
    ratio = stream.sample_aspect_ratio
    if ratio and 0.1 < ratio < 10:
        return max(1, round(frame.width * float(ratio))), frame.height
    return frame.width, frame.height


def _packed(frame: Any) -> bytes:
    """The rows of an RGB frame without the gaps between them."""
    plane = frame.planes[0]
    data, used = bytes(plane), frame.width * 3
    if plane.line_size == used:
        return data[: used * frame.height]
    return b"".join(data[at : at + used] for at in range(0, plane.line_size * frame.height, plane.line_size))


def _facts(container: Any, filename: str, duration: float | None) -> Facts:
    tags: dict[str, str] = dict(container.metadata)
    moment = _captured(tags, filename, duration)
    place = next((found for key in _LOCATION if (found := positions.iso6709(tags.get(key)))), None)
    return Facts(
        captured_at=moment[0].wall if moment else None,
        utc_offset=moment[0].offset if moment else None,
        date_source=moment[1] if moment else None,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        altitude=place.altitude if place else None,
        camera_make=_text(tags, _MAKE, SHORT),
        camera_model=_text(tags, _MODEL, SHORT),
        lens=_text(tags, _LENS, SHORT),
        title=_text(tags, _TITLE, TITLE),
        description=_text(tags, _DESCRIPTION, LONG),
        creator=_text(tags, _CREATOR, SHORT),
        metadata=bounded({"video": {**_technical(container), **tags}}),
    )


def _text(tags: dict[str, str], keys: tuple[str, ...], most: int) -> str | None:
    return first_text(clean(tags.get(key), most, lines=most == LONG) for key in keys)


def _technical(container: Any) -> dict[str, Value]:
    found: dict[str, Value] = {"container": container.format.name}
    for stream in [*container.streams.video[:1], *container.streams.audio[:1]]:
        found[f"{stream.type}_codec"] = stream.codec_context.name if stream.codec_context else "unknown"
    if container.streams.video and container.streams.video[0].average_rate:
        found["frame_rate"] = f"{float(container.streams.video[0].average_rate):.3f}"
    return found


def _captured(tags: dict[str, str], filename: str, duration: float | None) -> tuple[Moment, str] | None:
    """Apple's local date with its offset first; else the container's UTC, made local where the file's name says how."""
    local = dates.parse_iso(tags.get(f"{_QUICKTIME}creationdate"))
    if local:
        return local, "video"
    named = dates.from_filename(filename)
    utc = dates.parse_iso(tags.get("creation_time"))
    if utc:
        return _made_local(utc, named, duration), "video"
    written = dates.parse_iso(tags.get("date"))
    if written and len(tags["date"]) >= len("2018-03-02"):
        return written, "video"
    return (named, "filename") if named else None


def _made_local(utc: Moment, named: Moment | None, duration: float | None) -> Moment:
    if named is None or named.offset is not None:
        return utc
    tolerance = min(timedelta(seconds=duration or 0), _LONGEST_RECORDING) + _NAMING_TOLERANCE
    offset = dates.offset_between(named.wall, utc.wall, tolerance)
    return utc if offset is None else Moment(named.wall, offset)
