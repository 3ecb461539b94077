"""Which bytes a GET asks for, and whether it needs any: Range, If-Range, If-Match and If-None-Match (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from archypix.core.errors import RangeNotSatisfiable

# At most 18 digits, so that no number is too large for anything below.
_RANGE: Final = re.compile(rb"bytes[ \t]*=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.ASCII | re.IGNORECASE)
_TAG: Final = re.compile(rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


def byte_range(header: bytes | None, size: int) -> tuple[int, int] | None:
    """First byte and end (exclusive) of the one range asked for; None: the whole content.

    What is no single range of bytes is passed over, as RFC 9110 §14.2 allows: several ranges, other units, nonsense,
    and any range of an empty content. `RangeNotSatisfiable` when it starts behind the end.
    """
    match = _RANGE.fullmatch(header) if header else None
    if match is None or size == 0:
        return None
    first, last = match.groups()
    if not first:
        return _suffix(last, size)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise RangeNotSatisfiable("The file ends before the requested range.")
    return start, min(int(last) + 1, size) if last else size


def _suffix(digits: bytes, size: int) -> tuple[int, int] | None:
    if not digits:
        return None
    length = int(digits)
    if length == 0:
        raise RangeNotSatisfiable("A range of no bytes was requested.")
    return max(0, size - length), size


def matches(header: bytes, etag: bytes, *, weak: bool) -> bool:
    """Whether the list of entity tags in `header`, or `*`, holds `etag` (quoted); `weak`: `W/` makes no difference."""
    if header.strip() == b"*":
        return True
    return any(tag == etag or (weak and tag.removeprefix(b"W/") == etag) for tag in _TAG.findall(header))


def single(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The value of a header that may be there once; repeated ones are joined by commas as lists are."""
    found = [value for header, value in headers if header.lower() == name]
    return b", ".join(found) if found else None
