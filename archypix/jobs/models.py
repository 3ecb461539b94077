"""What jobs look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# Look at a picture's file, make its thumbnails, report what is known of it; write what people set into the file; look
# at a file for its perceptual hash alone.
EXAMINE = "examine"
WRITE = "write"
HASH = "hash"

# What somebody waits for on a screen comes before what a program brings in bulk, and that before what nobody asked for.
IDLE = -10
BULK = 0
INTERACTIVE = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """A job leased to a worker, with what it needs to know of the file. `token` proves the lease."""

    id: UUID
    token: UUID
    kind: str
    attempt: int
    picture_id: UUID
    blob_id: UUID
    sha256: bytes
    size: int
    filename: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Target:
    """The picture a report is about, as it stands when the report comes in."""

    id: UUID
    owner_id: int
    blob_id: UUID
    edited_fields: frozenset[str]
    captured_at: datetime | None
    file_date: datetime | None
    ingested_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A leased job as its row says."""

    kind: str
    picture_id: UUID
    blob_id: UUID
    attempts: int
    crashes: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many jobs of a kind are in a state: `due`, `put off`, `leased` or `failed`."""

    kind: str
    state: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A job as administrators see it: whose picture it is about, and how it goes, but nothing of the picture."""

    id: UUID
    kind: str
    state: str
    owner: str
    picture_id: UUID
    attempts: int
    crashes: int
    error: str | None
    worker: str | None
    created_at: datetime
    next_attempt_at: datetime
    lease_until: datetime | None
