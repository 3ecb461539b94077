"""What requests about notices look like, and their answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from archypix.core.clock import rfc3339
from archypix.notices.service import MOST_LISTED, Notice
from archypix.pictures.schemas import Strict

Number = Annotated[int, Field(ge=1, lt=2**63)]


class NoticeQuery(Strict):
    """Which notices: all, or with `unread` those. `cursor` is the `next` of the page before."""

    unread: bool = False
    cursor: Number | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50


class NoticesRead(Strict):
    """What has been read: these, those up to `up_to`, or, where nothing is said, all."""

    ids: Annotated[list[Number], Field(max_length=500)] | None = None
    up_to: Number | None = None


class NoticeItem(BaseModel):
    """Something that happened; `kind` is that of the event (`share.offered`, …), `data` what it was about."""

    id: int
    kind: str
    data: dict[str, Any]
    created_at: str
    read_at: str | None


class NoticeList(BaseModel):
    """A page of notices, the latest first; `unread` counts those of all pages."""

    items: list[NoticeItem]
    unread: int
    next: str | None


class NoticesMarked(BaseModel):
    """How many notices are read now that were not before."""

    read: int


def notice_json(notice: Notice) -> dict[str, Any]:
    """A notice as the API has it."""
    return {
        "id": notice.id,
        "kind": notice.kind,
        "data": notice.data,
        "created_at": rfc3339(notice.created_at),
        "read_at": None if notice.read_at is None else rfc3339(notice.read_at),
    }
