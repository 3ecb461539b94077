"""What public links look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

GIB = 1 << 30
UPLOAD_BYTES = 2 * GIB
UPLOAD_FILES = 500
LONGEST_NAME = 100
LONGEST_GUEST = 60
# Pictures of a link; beyond, they are not counted on.
MOST_COUNTED = 1000
PASSWORD_LENGTH = (4, 200)


@dataclass(frozen=True, slots=True)
class Quota:
    """What guests may bring through one link in all: bytes of files, and how many."""

    bytes: int = UPLOAD_BYTES
    files: int = UPLOAD_FILES


@dataclass(frozen=True, slots=True)
class Link:
    """A link as its owner has it. `tag_id` is None once the tag is gone: then it leads nowhere."""

    id: UUID
    account_id: int
    tag_id: int | None
    name: str
    password_hash: str | None
    originals: bool
    upload: bool
    most_bytes: int
    most_files: int
    uploaded_bytes: int
    uploaded_files: int
    ends_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that leads somewhere now, as a guest meets it. `owner` is what its owner is called."""

    id: UUID
    account_id: int
    tag_id: int
    name: str
    password_hash: str | None
    originals: bool
    upload: bool
    most_bytes: int
    most_files: int
    uploaded_bytes: int
    uploaded_files: int
    owner: str

    @property
    def room(self) -> Quota:
        """What guests may still bring."""
        return Quota(max(0, self.most_bytes - self.uploaded_bytes), max(0, self.most_files - self.uploaded_files))


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that a link shows. `width` and `height` are upright, of the original; dates are wall clocks."""

    id: UUID
    blob_id: UUID
    sha256: bytes
    size: int
    filename: str
    media_type: str
    kind: str
    state: str
    has_thumbnails: bool
    width: int | None
    height: int | None
    blurhash: str | None
    captured_at: datetime | None
    sorted_at: datetime
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that a guest brought: which picture it is, by whom, how large."""

    id: int
    picture_id: UUID
    guest: str
    bytes: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a link is to be; `values` has the columns that are said, `tag` the path of a tag where one is."""

    values: dict[str, Any]
    tag: str | None = None
    password: str | None = None
    password_said: bool = False
