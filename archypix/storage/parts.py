"""How an upload is cut into parts, and whether all of them are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archypix.core.errors import TooLarge
from archypix.storage.errors import UploadIncomplete

MIB: Final = 1 << 20
PART_SIZE: Final = 16 * MIB
MOST_PARTS: Final = 5_000  # S3 takes 10,000; the half keeps plans short
LARGEST_PART: Final = 5 << 30  # what S3 takes as one part
LARGEST_UPLOAD: Final = 5 << 40  # what S3 takes as one object


def part_size(size: int) -> int:
    """Bytes of each part but the last, for a file of `size` bytes; whole MiB, and the same for the same size always."""
    if size <= PART_SIZE * MOST_PARTS:
        return PART_SIZE
    return -(-size // (MOST_PARTS * MIB)) * MIB


def part_sizes(size: int) -> list[int]:
    """Sizes of all parts in order; an empty file has one empty part. `TooLarge` for more than any storage takes."""
    if not 0 <= size <= LARGEST_UPLOAD:
        raise TooLarge("The file is larger than storage takes.")
    each = part_size(size)
    whole, rest = divmod(size, each)
    return [each] * whole + ([rest] if rest or not whole else [])


def require_complete(size: int, present: Mapping[int, int]) -> list[int]:
    """The sizes of the parts of an upload of `size` bytes, all of them `present`; `UploadIncomplete` otherwise."""
    sizes = part_sizes(size)
    missing = [number for number, expected in enumerate(sizes, 1) if present.get(number) != expected]
    if missing:
        raise UploadIncomplete(missing)
    return sizes
