"""Writing values that people set into a copy of a file, and proving that nothing else of it has changed."""

from __future__ import annotations

import mmap
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from archypix.media import blocks, exif_edit, exiftool, kinds, wanted
from archypix.media.blocks import Blocks
from archypix.media.boxes import ODD_STRUCTURE
from archypix.media.exif_edit import IPTC_TAG, PHOTOSHOP_TAG, UNDEFINED, XMP_TAG, Edits, Value
from archypix.media.iptc_edit import edit_iptc, edit_resources
from archypix.media.limits import Limits
from archypix.media.models import REFUSED, UNSUPPORTED, WRITTEN, Written
from archypix.media.verify import Unfaithful, verify
from archypix.media.wanted import Wanted
from archypix.media.xmp_edit import edit_packet

# What a file may grow by.
MOST_ADDED = 1 << 20

NO_TOOL = "Writing into HEIC and AVIF files needs ExifTool, which this server does not have."
NOT_EMBEDDED = "Files of this kind get a sidecar instead."
ODD = "This file is built in a way that nothing can be written into it safely."


def write(path: Path, *, filename: str, values: Wanted, into: Path, limits: Limits | None = None) -> Written:
    """Write `values` (see `wanted.Wanted`) into a copy of the file at `path`, which becomes the new file `into`.

    The copy is right when this says `written`, and of no use otherwise. Raises OSError when the file cannot be read, or
    the copy not be written.
    """
    with path.open("rb") as file:
        media_type = kinds.sniff(file.read(kinds.HEAD_BYTES), filename)
    writer = _WRITERS.get(media_type.name)
    if writer is None:
        return Written(UNSUPPORTED, NOT_EMBEDDED)
    if writer is _heif and exiftool.find() is None:
        return Written(UNSUPPORTED, NO_TOOL)
    if writer is _heif:
        # Their containers turn the picture, and EXIF's orientation means nothing.
        values = {name: value for name, value in values.items() if name != "orientation"}
    try:
        writer(path, into, values)
        metadata = verify(path, into, media_type, filename, values, limits or Limits())
    except Unfaithful as problem:
        return Written(REFUSED, problem.detail)
    except OSError:
        raise
    except (*ODD_STRUCTURE, MemoryError):
        return Written(REFUSED, ODD)
    return Written(WRITTEN, metadata=metadata)


def _jpeg(path: Path, into: Path, values: Wanted) -> None:
    data = path.read_bytes()
    old = blocks.jpeg_blocks(data)
    new = _edited(old, values, most_exif=blocks.MAX_JPEG_EXIF)
    if old.resources is not None:
        new = replace(new, resources=edit_resources(old.resources, wanted.iptc_changes(values)))
    into.write_bytes(blocks.jpeg_with(data, new))


def _png(path: Path, into: Path, values: Wanted) -> None:
    data = path.read_bytes()
    into.write_bytes(blocks.png_with(data, _edited(blocks.png_blocks(data), values)))


def _webp(path: Path, into: Path, values: Wanted) -> None:
    data = path.read_bytes()
    into.write_bytes(blocks.webp_with(data, _edited(blocks.webp_blocks(data), values)))


def _heif(path: Path, into: Path, values: Wanted) -> None:
    shutil.copyfile(path, into)
    exiftool.write_blocks(exiftool.find() or "", into, _edited(blocks.heif_blocks(path), values))


def _tiff(path: Path, into: Path, values: Wanted) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        present = exif_edit.present(data)
        image = present["image"]
        edits = wanted.exif_edits(values, present)
        packet = edit_packet(image.get(XMP_TAG), wanted.xmp_properties(values))
        added: dict[int, Value | None] = {XMP_TAG: Value(UNDEFINED, packet) if packet else None}
        if IPTC_TAG in image:
            added[IPTC_TAG] = Value(UNDEFINED, edit_iptc(image[IPTC_TAG], wanted.iptc_changes(values)))
        if PHOTOSHOP_TAG in image:
            resources = edit_resources(image[PHOTOSHOP_TAG], wanted.iptc_changes(values))
            added[PHOTOSHOP_TAG] = Value(UNDEFINED, resources)
        patches = exif_edit.edit(data, Edits({**edits.image, **added}, edits.photo, edits.gps))
    shutil.copyfile(path, into)
    with into.open("r+b") as copy:
        for offset, content in patches:
            copy.seek(offset)
            copy.write(content)


def _edited(old: Blocks, values: Wanted, most_exif: int | None = None) -> Blocks:
    block = old.exif or exif_edit.EMPTY
    exif = _exif(block, values, most_exif)
    packet = edit_packet(old.xmp, wanted.xmp_properties(values))
    return Blocks(None if old.exif is None and exif == exif_edit.EMPTY else exif, packet)


def _exif(block: bytes, values: Wanted, most: int | None) -> bytes:
    """The block edited, of at most `most` bytes: the small picture gives way, then texts, which XMP holds as well."""
    edits = wanted.exif_edits(values, exif_edit.present(block))
    short = replace(
        edits, image={**edits.image, **dict.fromkeys(tag for tag in wanted.LONG_TEXTS if tag in edits.image)}
    )
    exif = exif_edit.patched(block, exif_edit.edit(block, edits))
    if most is not None and len(exif) > most:
        exif = exif_edit.patched(block, exif_edit.edit(block, edits, without_thumbnail=True))
    if most is not None and len(exif) > most:
        exif = exif_edit.patched(block, exif_edit.edit(block, short, without_thumbnail=True))
    return exif


_Writer: TypeAlias = Callable[[Path, Path, Wanted], None]
_WRITERS: dict[str, _Writer] = {
    kinds.JPEG.name: _jpeg,
    kinds.PNG.name: _png,
    kinds.WEBP.name: _webp,
    kinds.TIFF.name: _tiff,
    **{media_type.name: _heif for media_type in (kinds.HEIC, kinds.HEIF, kinds.AVIF)},
}
