"""What copies are in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

CopyState: TypeAlias = Literal["waiting", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that somebody asked for. `copy_id` is the picture it became; `same_id` a picture that was there already
    with the very bytes; `failure` why it became none."""

    id: UUID
    account_id: int
    source_id: UUID | None
    uri: str
    owner_id: int | None
    owner: str
    tags: tuple[str, ...]
    state: CopyState
    failure: str | None
    copy_id: UUID | None
    same_id: UUID | None
    attempts: int
    created_at: datetime
    finished_at: datetime | None
