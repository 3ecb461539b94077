"""What uploads look like in Python: what is to be taken in, what became of it, what is still in flight."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from archypix.core.database import Connection
from archypix.jobs.models import BULK

Witness: TypeAlias = Callable[[Connection, UUID], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of a file that comes in, beside its bytes.

    `file_date` is a naive wall clock; `tags` are paths; `upload_id` is the row that holds its quota. `witness` is
    called with the picture's id inside the transaction that takes the file; what it raises keeps it from being taken.
    """

    filename: str
    tags: tuple[str, ...] = ()
    tag_source: str = "upload"
    file_date: datetime | None = None
    source: str = "upload"
    batch_id: UUID | None = None
    upload_id: UUID | None = None
    priority: int = BULK
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a file: the picture it is, new or (`duplicate`) already there, perhaps in the trash."""

    id: UUID
    duplicate: bool
    in_trash: bool
    filename: str
    sha256: bytes
    size: int
    media_type: str
    kind: str
    state: str
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Announced:
    """One file of a batch as its client announces it: `size` in bytes, `sha256` 32 bytes."""

    filename: str
    size: int
    sha256: bytes
    file_date: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file announced or being received; it holds `size` bytes of quota while it is `open` and not expired."""

    id: UUID
    account_id: int
    batch_id: UUID | None
    sha256: bytes | None
    size: int
    filename: str
    file_date: datetime | None
    tags: tuple[str, ...]
    state: str
    picture_id: UUID | None
    duplicate: bool
    expires_at: datetime
