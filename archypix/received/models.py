"""What shares and pictures of other people are in Python, on their way in and out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

# `pending`: offered, not answered. `active`: accepted. The others are ends: nothing of the share is held any more.
IncomingState: TypeAlias = Literal["pending", "active", "declined", "left", "revoked", "expired"]


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody here or on another server: the row of `remote_actors`, the actor's id, and `@bob@b.test`."""

    id: int
    uri: str
    handle: str
    name: str = ""
    local: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """What a share lets its holder do.

    `future`: later pictures follow by themselves. `reshare_depth`: how often it may be passed on (0: not at all).
    `share_back`: an answer with a share of one's own is accepted by itself. `originals`: else only thumbnails.
    """

    originals: bool = True
    future: bool = True
    reshare_depth: int = 0
    share_back: bool = False
    copy: bool = False
    metadata_edit: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody holds access: by a share of the owner's, by these grants from its root to their own, and how often
    it may be passed on from there."""

    share: str
    grants: tuple[UUID, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class SharedPicture:
    """A picture as its owner tells others of it (PROTOCOL §5, `Image`).

    `captured_at` is the camera's wall clock, `utc_offset` minutes, `duration` and `exposure` seconds, `focal_length`
    millimetres, `size` bytes. `revision` grows with every change that others see. `deletes_at`: in its owner's trash,
    gone at that time. Where a share gives no originals, `sha256` and the place are None. `grants` is how the one who
    asks holds access: ids of grants from the root (whose id is that of the share) to their own; `share` the owner's
    share they belong to; `depth` how often it may be passed on from there. `also` is another way: one by other people,
    where the first is by a share with the one who asks, and the other way round.
    """

    uri: str
    owner: str
    filename: str
    media_type: str
    kind: Literal["image", "raw", "video", "other"]
    size: int
    published: datetime
    revision: int
    has_thumbnails: bool
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    blurhash: str | None = None
    sha256: bytes | None = None
    content_hash: bytes | None = None
    captured_at: datetime | None = None
    utc_offset: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    iso: int | None = None
    aperture: float | None = None
    focal_length: float | None = None
    exposure: float | None = None
    title: str | None = None
    description: str | None = None
    creator: str | None = None
    deletes_at: datetime | None = None
    grants: tuple[UUID, ...] = ()
    share: str | None = None
    depth: int = 0
    copy: bool = False
    metadata_edit: bool = False
    originals: bool = True
    also: Way | None = None


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What an offer shows of its pictures: the first and the last day, and the colours of some as BlurHashes."""

    first: date | None = None
    last: date | None = None
    blurs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A share as its sender offers or describes it; `uri` is the share, `path` the tag that they share."""

    uri: str
    sender: Party
    name: str
    message: str
    path: str
    total: int
    rights: Rights
    ends_at: datetime | None
    share_back_of: str | None = None
    # The activity that offered it, which an answer names.
    activity: str | None = None
    # That of the share when it was described so: an older description is no news.
    sequence: int = 0
    # The address of the share that this one goes on for, at the account that its sender had before.
    moved_from: str | None = None
    glimpse: Glimpse | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A share that somebody offered to an account here. `number` tells it apart as a source of assignments."""

    id: UUID
    number: int
    account_id: int
    uri: str
    sender: Party
    name: str
    message: str
    path: str
    rights: Rights
    ends_at: datetime | None
    state: IncomingState
    sequence: int
    activity: str | None
    share_back_of: str | None
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    pictures: int = 0
    glimpse: Glimpse | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """What an `Add` or a page of a share says of one picture: by its owner with metadata, by others its id."""

    uri: str
    owner: str
    picture: SharedPicture | None = None


@dataclass(frozen=True, slots=True)
class Upstream:
    """How an account here holds access to a received picture, for passing it on: the owner's share, and how far."""

    uri: str
    owner: Party
    share: str
    grants: tuple[UUID, ...]
    depth: int
    # By whom it came: never announced back to them.
    senders: tuple[int, ...] = field(default=())
