"""Editing XMP packets with all else in them as it was."""

from __future__ import annotations

from typing import Any

import pyexiv2

from archypix.media.boxes import Malformed
from archypix.media.tags import carrier
from archypix.media.xmp_packet import Properties, Property, Text

_ERRORS = (RuntimeError, ValueError, IndexError, OverflowError)


def edit_packet(packet: bytes | None, properties: Properties) -> bytes | None:
    """A packet with these properties set or taken away and all others kept; None when nothing is left of it.

    Raises `Malformed`.
    """
    # Exiv2 edits packets only inside of a picture; one in memory has nothing else that could change.
    image = pyexiv2.ImageData(carrier())
    try:
        if packet:
            image.modify_raw_xmp(packet.decode("utf-8-sig").strip("\0"))
        there = image.read_xmp()
        # Taken away first: setting a text would leave its translations, which say what is no longer so.
        image.modify_xmp({key: None for key in properties if key in there})
        image.modify_xmp({key: _for_exiv2(value) for key, value in properties.items() if value is not None})
        edited: str = image.read_raw_xmp()
    except _ERRORS as problem:
        raise Malformed("an XMP packet that cannot be edited") from problem
    finally:
        image.close()
    return _without_padding(edited).encode() if edited.strip() else None


def _for_exiv2(value: Property) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return {'lang="x-default"': str(value)} if isinstance(value, Text) else value


def _without_padding(packet: str) -> str:
    """Writers leave two kilobytes of blanks for those who edit in place; nobody here does."""
    body, mark, end = packet.rpartition("<?xpacket end")
    return body.rstrip() + "\n" + mark + end
