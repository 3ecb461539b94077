"""What writing looks like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

# Edits often come in a row: their pictures are written once, this long after the last.
PATIENCE = timedelta(seconds=3)
# Ids in one call of `request`.
MOST_PICTURES = 10_000

PENDING, SYNCED, FAILED, UNSUPPORTED = "pending", "synced", "failed", "unsupported"

TOO_LARGE = "This file is too large for its metadata to be written."
NO_ROOM = "The written file does not fit into the quota."
DUPLICATE = "The written file would have the bytes of another picture of this library."
CRASHED = "Writing into this file fails: the decoder stops, or takes too long. The file is as it was."
EXHAUSTED = "This file could not be written in many tries. It is as it was."
UNWRITABLE = "This file could not be written. It is as it was."


@dataclass(frozen=True, slots=True)
class File:
    """The file that a worker wrote: its size in bytes and its SHA-256 (32 bytes)."""

    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Subject:
    """The picture that is written, as far as other rooms do not know it."""

    id: UUID
    edited_fields: frozenset[str]
    written_fields: frozenset[str]
    uploaded_sha256: bytes | None
