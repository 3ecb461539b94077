"""Paths of requests as names, and names as paths: decoded once, encoded fully, and nothing that climbs or hides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from webdav.answers import Refused

ROOT: Final = "webdav"
MOST_SEGMENTS: Final = 128
LONGEST_SEGMENT: Final = 1024
_ABSOLUTE: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/]*")
_BAD_PERCENT: Final = re.compile(r"%(?![0-9a-fA-F]{2})")
# What XML cannot hold cannot be listed: control characters, lone surrogates, and two that are no characters at all.
_UNSPEAKABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Location(NamedTuple):
    """A place in a drive: the drive's slug, names from its root in NFC, and whether it was written as a folder."""

    slug: str
    segments: tuple[str, ...]
    is_folder: bool


def parse(raw: bytes | str) -> tuple[tuple[str, ...], bool]:
    """The names of a whole path as it stood in a request, in NFC, and whether it ended in a slash.

    Empty names (`//`) are passed over. `Refused` (400) for wrong percent-encoding, bad UTF-8, control characters, `.`
    and `..`, slashes inside of names, and what is longer than anything here.
    """
    try:
        text = raw.decode("ascii") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError:
        raise Refused(400, "The path has bytes that are not percent-encoded.") from None
    if "#" in text:
        raise Refused(400, "The path has a fragment: `#` in names is written %23.")
    match = _ABSOLUTE.match(text)
    text = text[match.end() :] if match else text
    pieces = [piece for piece in text.split("/") if piece]
    if len(pieces) > MOST_SEGMENTS:
        raise Refused(400, f"The path has more than {MOST_SEGMENTS} names.")
    return tuple(map(_name, pieces)), text.endswith("/") or not pieces


def locate(raw: bytes | str) -> Location | None:
    """Where in which drive a path leads; None where it leads outside of all drives. Raises as `parse`."""
    names, is_folder = parse(raw)
    if len(names) < 2 or names[0] != ROOT:
        return None
    return Location(names[1], names[2:], is_folder or len(names) == 2)


def href(slug: str, segments: Iterable[str], *, folder: bool) -> str:
    """The path of a place, percent-encoded; that of a folder ends in a slash."""
    path = "/".join(["", ROOT, *map(encode, (slug, *segments))])
    return path + "/" if folder else path


def encode(name: str) -> str:
    """One name, percent-encoded but for letters, digits and `-._~`."""
    return quote(name, safe="")


def _name(piece: str) -> str:
    if _BAD_PERCENT.search(piece):
        raise Refused(400, "The path has a percent sign that encodes nothing.")
    try:
        name = unquote_to_bytes(piece).decode("utf-8")
    except UnicodeError:
        raise Refused(400, "The path is not UTF-8.") from None
    if _UNSPEAKABLE.search(name):
        raise Refused(400, "The path has control characters in it.")
    if name in (".", "..") or "/" in name:
        raise Refused(400, "The path leads out of its folder.")
    if len(name) > LONGEST_SEGMENT:
        raise Refused(400, f"The path has a name of more than {LONGEST_SEGMENT} characters.")
    return unicodedata.normalize("NFC", name)
