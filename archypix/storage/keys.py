"""Keys of objects: how they are made, and which strings are keys at all."""

from __future__ import annotations

import re
from typing import Final, Literal, get_args
from uuid import UUID

from archypix.core.errors import Invalid

Variant = Literal["small", "medium", "large"]
VARIANTS: Final[tuple[Variant, ...]] = get_args(Variant)
MAX_KEY_LENGTH: Final = 200
MAX_PART_NUMBER: Final = 10_000  # what S3 takes in one object

# A segment starts with a letter or digit, so neither `.` nor `..` nor a hidden name is one; lower case only, so that
# two keys never meet on a file system that ignores case.
_SEGMENT: Final = r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*"
_KEY: Final = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{1,7}}", re.ASCII)
_PREFIX: Final = re.compile(rf"(?:{_SEGMENT}/){{1,7}}", re.ASCII)
_BLOB: Final = re.compile(r"blobs/[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})-[0-9a-f]{8}", re.ASCII)
_PART: Final = re.compile(r"incoming/[0-9a-f]{32}/([1-9][0-9]{0,4})", re.ASCII)


def blob_key(sha256: bytes, blob_id: UUID) -> str:
    """Key of an original: its SHA-256 (32 bytes) and the random end of its id, so that no two blobs ever share one."""
    digest = sha256.hex()
    if len(digest) != 64:
        raise ValueError("a SHA-256 has 32 bytes")
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}-{blob_id.hex[-8:]}"


def thumbnail_key(blob_id: UUID, variant: Variant) -> str:
    """Key of one thumbnail of a blob. The folders come from the random end of the id: its start is a clock."""
    name = blob_id.hex
    return f"thumbs/{name[-4:-2]}/{name[-2:]}/{name}/{variant}.webp"


def thumbnail_keys(blob_id: UUID) -> list[str]:
    """Keys of all thumbnails of a blob."""
    return [thumbnail_key(blob_id, variant) for variant in VARIANTS]


def upload_prefix(upload_id: UUID) -> str:
    """What the keys of all parts of an upload start with."""
    return f"incoming/{upload_id.hex}/"


def part_key(upload_id: UUID, number: int) -> str:
    """Key of part `number` (from 1) of an upload."""
    if not 1 <= number <= MAX_PART_NUMBER:
        raise ValueError(f"not a part number: {number}")
    return f"incoming/{upload_id.hex}/{number}"


def is_key(text: str) -> bool:
    """True when `text` may be the key of an object."""
    return len(text) <= MAX_KEY_LENGTH and _KEY.fullmatch(text) is not None


def check_key(key: str) -> str:
    """`key` itself; `Invalid` when it is none."""
    if not is_key(key):
        raise Invalid("This is not a key of a stored file.", code="invalid_key")
    return key


def check_prefix(prefix: str) -> str:
    """`prefix` itself, which is empty or whole segments that end with `/`; `Invalid` otherwise."""
    if prefix and (len(prefix) > MAX_KEY_LENGTH or _PREFIX.fullmatch(prefix) is None):
        raise Invalid("This is not a prefix of keys of stored files.", code="invalid_key")
    return prefix


def content_hash(key: str) -> str | None:
    """The SHA-256 in hex that the key of an original names; None for other keys."""
    match = _BLOB.fullmatch(key)
    return match[1] if match else None


def part_number(key: str) -> int | None:
    """The number of the part that `key` names; None for other keys."""
    match = _PART.fullmatch(key)
    return int(match[1]) if match else None


def is_transient(key: str) -> bool:
    """True for uploads in flight: they need not survive a power cut."""
    return key.startswith("incoming/")
