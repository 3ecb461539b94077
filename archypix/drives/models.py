"""What drives look like in Python."""

from __future__ import annotations

import unicodedata
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

_URLSAFE = bytes.maketrans(b"+/", b"-_")
DeedKind: TypeAlias = Literal["delete", "replace"]
ScrapKind: TypeAlias = Literal["litter", "placeholder", "scratch", "folder"]


@dataclass(frozen=True, slots=True)
class Drive:
    """Who is at the door: a device with a token of one hierarchy. `redirect`: files are had by signed addresses.
    `held`: the account is about to be another server's, and can only be read.

    `revision` is the hierarchy's; `state` is another text after every change of what it shows. Both are of this moment.
    """

    account_id: int
    username: str
    hierarchy_id: UUID
    slug: str
    token_id: int
    token_name: str
    read_only: bool
    redirect: bool
    held: bool = field(default=False, compare=False)
    revision: int = field(default=0, compare=False)
    state: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class DriveToken:
    """A device's token without its secret.

    `pulled_at`: since when the brake holds it; `allowed_until`: until when nothing of it is counted.
    """

    id: int
    hierarchy_id: UUID
    name: str
    read_only: bool
    redirect: bool
    created_at: datetime
    last_used_at: datetime | None
    last_address: str | None
    pulled_at: datetime | None
    allowed_until: datetime | None


@dataclass(frozen=True, slots=True)
class BrakeSettings:
    """More than `files` files, or `share` percent of a hierarchy, within `seconds` pull the brake; None is no bound."""

    files: int | None = 20
    share: int | None = 10
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock on a path (see `path_key`). `deep`: on all below it too. `owner` is XML of the client's, as it came."""

    id: UUID
    hierarchy_id: UUID
    token_id: int
    path: str
    shown: str
    deep: bool
    shared: bool
    owner: str
    created_at: datetime
    expires_at: datetime

    @property
    def uri(self) -> str:
        """The lock token that clients send."""
        return f"opaquelocktoken:{self.id}"


@dataclass(frozen=True, slots=True)
class Scrap:
    """A file, or a folder of such files, beside the tags: `name` as it was written, in the folder with a `path_key`.

    `token_id` is whose it is; placeholders are seen by all devices. `key` is that of its object in storage; None where
    it is small.
    """

    id: UUID
    hierarchy_id: UUID
    token_id: int
    kind: ScrapKind
    folder: str
    name: str
    size: int
    media_type: str
    sha256: bytes
    created: datetime
    modified: datetime
    expires_at: datetime
    key: str | None

    @property
    def etag(self) -> str:
        """The strong validator, with its quotes."""
        return content_tag(self.sha256)


def content_tag(sha256: bytes) -> str:
    """The entity tag of bytes with this SHA-256, quoted.

    In base64, as litmus has room for 58 characters of a tag and no more.
    """
    return f'"{b2a_base64(sha256, newline=False).rstrip(b"=").translate(_URLSAFE).decode("ascii")}"'


def name_key(name: str) -> str:
    """What a name is looked up by: the same for every Unicode form and case of it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def path_key(segments: Sequence[str]) -> str:
    """What a path is looked up by; `""` for the root."""
    return "/".join(name_key(segment) for segment in segments)
