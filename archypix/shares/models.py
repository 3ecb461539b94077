"""What shares and grants are in Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from archypix.received.models import Glimpse, Party, Rights, SharedPicture

__all__ = [
    "MOST_INVITED",
    "Access",
    "Covering",
    "Cut",
    "Glimpse",
    "Grant",
    "Holder",
    "Holding",
    "Invitation",
    "Party",
    "Rights",
    "Seen",
    "Share",
    "ShareState",
    "SharedPicture",
    "Variant",
    "View",
]

# Pictures in one invitation.
MOST_INVITED = 100

ShareState: TypeAlias = Literal["pending", "active", "declined", "revoked", "left", "expired"]
Variant: TypeAlias = Literal["original", "small", "medium", "large"]


@dataclass(frozen=True, slots=True)
class Share:
    """Pictures under a tag, shared with somebody. Its address is `{sender.uri}/shares/{id}`.

    `path` is that of the tag, the last one where the tag is gone (`tag_id` None); `offered` the UUID of the activity
    that offered it. `total` counts what carries the tag now, outside the trash.
    """

    id: UUID
    account_id: int
    sender: Party
    recipient: Party
    tag_id: int | None
    path: str
    name: str
    message: str
    rights: Rights
    ends_at: datetime | None
    state: ShareState
    share_back_of: str | None
    offered: UUID
    sequence: int
    total: int
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    # The address of the share at its sender's earlier home that this one goes on for.
    moved_from: str | None = None
    # What its offer shows of it; at all other times None.
    glimpse: Glimpse | None = None

    @property
    def uri(self) -> str:
        return f"{self.sender.uri}/shares/{self.id}"


@dataclass(frozen=True, slots=True)
class Grant:
    """Somebody's access to pictures of a share. The root's id is the share's; `via` is the relayer of the others.

    `depth` is how often it may be passed on from here; what the share allows now bounds it, and `originals` too.
    """

    id: UUID
    share_id: UUID
    holder: Party
    parent: UUID | None
    via: Party | None
    # The relayer's share by which the holder learns of the pictures.
    via_share: str | None
    depth: int
    pictures: int
    created_at: datetime
    last_access: datetime | None
    originals: bool = True


@dataclass(frozen=True, slots=True)
class Invitation:
    """A relayer asks for access of `holder` to pictures of the owner's share, by the relayer's own share `via_share`.

    `uri` is the activity. `pictures` are ids (URIs) of the owner's pictures, at most 100. Of `rights` the relayer may
    withhold originals, copies and edits; `depth` says how often the holder may pass them on.
    """

    uri: str
    share: str
    relayer: Party
    holder: Party
    via_share: str
    depth: int
    pictures: tuple[str, ...]
    rights: Rights = field(default=Rights(copy=True, metadata_edit=True))


@dataclass(frozen=True, slots=True)
class Cut:
    """What ended at the owner's: the topmost grants, all holders under them (rows of `remote_actors`), and the
    relayers who had asked for the topmost, with the share of theirs by which they did."""

    share: Share
    grants: tuple[UUID, ...]
    holders: tuple[int, ...]
    relayers: tuple[tuple[Party, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a holder may have a file of a picture: its place in storage, or why not (403, 404, 409, 410)."""

    uri: str
    variant: Variant
    status: int
    detail: str = ""
    blob_id: UUID | None = None
    sha256: bytes | None = None
    size: int | None = None
    media_type: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Covering:
    """A way by which a holder has access to a picture now: `path` are the grants from the root to theirs."""

    path: tuple[UUID, ...]
    share_id: UUID
    share: str
    rights: Rights

    @property
    def depth(self) -> int:
        """How often it may be passed on."""
        return self.rights.reshare_depth


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture in a share as one of its holders sees it. `revision` is 0 for pictures that others own."""

    picture_id: UUID
    uri: str
    owner: str
    revision: int
    own: bool


@dataclass(frozen=True, slots=True)
class View:
    """A page of what a holder sees of a share, in the order of the pictures' ids; `next` is the cursor of the next."""

    share: Share
    grant: UUID
    items: tuple[Seen, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class Holding:
    """One way in which somebody has access to a picture: by which share, by which grant of it."""

    share_id: UUID
    share_name: str
    grant: Grant


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has access to anything of an account: by how many shares, and when they last fetched something."""

    party: Party
    shares: int
    direct: bool
    last_access: datetime | None
