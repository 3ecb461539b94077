"""What requests about incoming shares look like, and their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from archypix.core.clock import rfc3339
from archypix.core.tag_paths import format_path
from archypix.pictures.schemas import Strict
from archypix.received.cleaning import local_path
from archypix.received.models import Glimpse, Incoming

State = Literal["pending", "active", "declined", "left", "revoked", "expired"]


class IncomingQuery(Strict):
    """Which page: `cursor` is the `next` of the page before."""

    cursor: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class GlimpseItem(BaseModel):
    """What an offer shows of its pictures: their first and last day, and the colours of some as BlurHashes."""

    first: str | None
    last: str | None
    blurhashes: list[str]


class IncomingItem(BaseModel):
    """A share that somebody offered. `path` is the tag that they share, `tag` where its pictures lie here.

    `pictures` is how many the sender says there are; `glimpse` null where they showed nothing with their offer.
    """

    id: UUID
    url: str
    state: State
    sender: str
    sender_name: str
    name: str
    message: str
    path: str
    tag: str
    originals: bool
    future: bool
    reshare_depth: int
    share_back: bool
    copy_: bool = Field(alias="copy")
    metadata_edit: bool
    ends_at: str | None
    share_back_of: str | None
    pictures: int
    glimpse: GlimpseItem | None
    created_at: str
    answered_at: str | None
    ended_at: str | None


class IncomingList(BaseModel):
    """A page of incoming shares, the latest first."""

    items: list[IncomingItem]
    next: str | None


def incoming_json(share: Incoming) -> dict[str, Any]:
    """An incoming share as the API has it."""
    rights = share.rights
    return {
        "id": str(share.id),
        "url": share.uri,
        "state": share.state,
        "sender": share.sender.handle,
        "sender_name": share.sender.name,
        "name": share.name,
        "message": share.message,
        "path": share.path,
        "tag": format_path(local_path(share.sender.handle, share.path)),
        "originals": rights.originals,
        "future": rights.future,
        "reshare_depth": rights.reshare_depth,
        "share_back": rights.share_back,
        "copy": rights.copy,
        "metadata_edit": rights.metadata_edit,
        "ends_at": _written(share.ends_at),
        "share_back_of": share.share_back_of,
        "pictures": share.pictures,
        "glimpse": _glimpse_json(share.glimpse),
        "created_at": rfc3339(share.created_at),
        "answered_at": _written(share.answered_at),
        "ended_at": _written(share.ended_at),
    }


def _glimpse_json(glimpse: Glimpse | None) -> dict[str, Any] | None:
    if glimpse is None:
        return None
    first, last = (None if day is None else day.isoformat() for day in (glimpse.first, glimpse.last))
    return {"first": first, "last": last, "blurhashes": list(glimpse.blurs)}


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
