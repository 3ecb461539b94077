"""What requests about shares look like, and their answers."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from archypix.core.clock import rfc3339
from archypix.pictures.schemas import Strict
from archypix.shares.models import Grant, Holder, Holding, Rights, Share

# A time beyond this is meant as none.
LATEST = datetime(2500, 1, 1, tzinfo=UTC)


def _text(text: str, *, breaks: str = "\n") -> str:
    """Text in NFC without outer blanks; no control characters but line breaks."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in breaks for one in normal):
        raise ValueError("control characters are not allowed here")
    return normal


def _line(text: str) -> str:
    """As `_text`, in one line."""
    return _text(text, breaks="")


def _moment(moment: datetime) -> datetime:
    if moment > LATEST:
        raise ValueError("this is too far away")
    return moment


Path = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(_line)]
Message = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_text)]
Handle = Annotated[str, StringConstraints(min_length=1, max_length=2048), AfterValidator(_line)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{4,900}/shares/[0-9a-f-]{36}$")]
Depth = Annotated[int, Field(ge=0, le=16)]
Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
State = Literal["pending", "active", "declined", "revoked", "left", "expired"]


class ShareNew(Strict):
    """A tag to share with somebody. Named after the tag where no name is given.

    `share_back_of` is the id of a share that came from them: this one answers it, and nobody else need be named.
    """

    tag: Path
    recipient: Handle | None = None
    name: Name = ""
    message: Message = ""
    originals: bool = Field(True, description="Else previews only, without places and hashes.")
    future: bool = Field(True, description="Pictures that come under the tag later follow by themselves.")
    reshare_depth: Depth = Field(0, description="How often it may be passed on; 0: not at all.")
    share_back: bool = Field(False, description="A share that answers this one is accepted by itself.")
    copy_: bool = Field(False, alias="copy", description="Pictures may be copied into the recipient's library.")
    metadata_edit: bool = Field(False, description="What the recipient edits is taken over by itself.")
    ends_at: Moment | None = None
    share_back_of: UUID | None = None
    moved_from: Address | None = Field(None, description="Address of the share at the caller's earlier account.")

    def rights(self) -> Rights:
        """What it lets the recipient do."""
        return Rights(
            originals=self.originals,
            future=self.future,
            reshare_depth=self.reshare_depth,
            share_back=self.share_back,
            copy=self.copy_,
            metadata_edit=self.metadata_edit,
        )


class ShareChange(Strict):
    """What to change of a share; `ends_at` null takes the end away."""

    name: Annotated[Name, StringConstraints(min_length=1)] | None = None
    message: Message | None = None
    originals: bool | None = None
    future: bool | None = None
    reshare_depth: Depth | None = None
    share_back: bool | None = None
    copy_: bool | None = Field(None, alias="copy")
    metadata_edit: bool | None = None
    ends_at: Moment | None = None

    def values(self) -> dict[str, Any]:
        """The columns to set. Nothing but the end can be null."""
        named = {"copy" if name == "copy_" else name: getattr(self, name) for name in self.model_fields_set}
        return {name: value for name, value in named.items() if value is not None or name == "ends_at"}


class ShareQuery(Strict):
    """Which shares: those that stand, or all. `cursor` is the `next` of the page before."""

    ended: bool = False
    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class HolderQuery(Strict):
    """Which page: `cursor` is the `next` of the page before."""

    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class PeopleQuery(Strict):
    """Which page: `cursor` is the `next` of the page before."""

    cursor: Annotated[int, Field(ge=0, lt=2**63)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class ShareItem(BaseModel):
    """A share. `tag` is null once the tag is gone; `pictures` counts what carries it now, outside the trash."""

    id: UUID
    url: str
    state: State
    tag: str | None
    recipient: str
    recipient_name: str
    name: str
    message: str
    originals: bool
    future: bool
    reshare_depth: int
    share_back: bool
    copy_: bool = Field(alias="copy")
    metadata_edit: bool
    ends_at: str | None
    share_back_of: str | None
    moved_from: str | None
    pictures: int
    created_at: str
    answered_at: str | None
    ended_at: str | None


class ShareList(BaseModel):
    """A page of shares, the newest first."""

    items: list[ShareItem]
    next: str | None


class HolderItem(BaseModel):
    """Somebody who holds access by a share. `via` asked for it, for `parent`'s holder is who has it from `via`.

    `depth` says how often it may be passed on from there; `last_access`, to the minute, when a file was asked for.
    """

    id: UUID
    actor: str
    name: str
    via: str | None
    parent: UUID | None
    depth: int
    originals: bool
    pictures: int
    created_at: str
    last_access: str | None


class HolderList(BaseModel):
    """The tree of those who hold access by a share, parents before their children."""

    items: list[HolderItem]
    next: str | None


class HoldingItem(HolderItem):
    """A way in which somebody has access to a picture: by a share, and a grant of it."""

    share: UUID
    share_name: str


class HoldingList(BaseModel):
    """Everybody who has access to a picture."""

    items: list[HoldingItem]
    next: str | None


class PersonItem(BaseModel):
    """Somebody who has access to anything. `direct`: by a share with them, not only through others."""

    actor: str
    name: str
    shares: int
    direct: bool
    last_access: str | None


class PersonList(BaseModel):
    """Everybody who has access to anything."""

    items: list[PersonItem]
    next: int | None


class CutAnswer(BaseModel):
    """How many people have lost access by it."""

    holders: int


def share_json(share: Share) -> dict[str, Any]:
    """A share as the API has it."""
    rights = share.rights
    return {
        "id": str(share.id),
        "url": share.uri,
        "state": share.state,
        "tag": share.path if share.tag_id is not None else None,
        "recipient": share.recipient.handle,
        "recipient_name": share.recipient.name,
        "name": share.name,
        "message": share.message,
        "originals": rights.originals,
        "future": rights.future,
        "reshare_depth": rights.reshare_depth,
        "share_back": rights.share_back,
        "copy": rights.copy,
        "metadata_edit": rights.metadata_edit,
        "ends_at": _written(share.ends_at),
        "share_back_of": share.share_back_of,
        "moved_from": share.moved_from,
        "pictures": share.total,
        "created_at": rfc3339(share.created_at),
        "answered_at": _written(share.answered_at),
        "ended_at": _written(share.ended_at),
    }


def grant_json(grant: Grant) -> dict[str, Any]:
    """A grant as the API has it."""
    return {
        "id": str(grant.id),
        "actor": grant.holder.handle,
        "name": grant.holder.name,
        "via": grant.via.handle if grant.via else None,
        "parent": str(grant.parent) if grant.parent else None,
        "depth": grant.depth,
        "originals": grant.originals,
        "pictures": grant.pictures,
        "created_at": rfc3339(grant.created_at),
        "last_access": _written(grant.last_access),
    }


def holding_json(holding: Holding) -> dict[str, Any]:
    """A way to a picture as the API has it."""
    return grant_json(holding.grant) | {"share": str(holding.share_id), "share_name": holding.share_name}


def person_json(holder: Holder) -> dict[str, Any]:
    """Somebody who has access to anything, as the API has it."""
    return {
        "actor": holder.party.handle,
        "name": holder.party.name,
        "shares": holder.shares,
        "direct": holder.direct,
        "last_access": _written(holder.last_access),
    }


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
