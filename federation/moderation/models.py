"""What moderation looks like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

Verdict: TypeAlias = Literal["open", "limited", "blocked"]
Policy: TypeAlias = Literal["blocked", "limited", "allowed"]
AversionKind: TypeAlias = Literal["mute", "block"]
ReportState: TypeAlias = Literal["open", "resolved", "dismissed"]


@dataclass(frozen=True, slots=True)
class HostRule:
    """The administrator's word on a server and all servers below its name."""

    host: str
    policy: Policy
    note: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Aversion:
    """Somebody, or a whole server, that a person muted or blocked; `host` is None for somebody, `uri` for a server."""

    id: UUID
    kind: AversionKind
    uri: str | None
    handle: str | None
    host: str | None
    created_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """What was brought to the administrator: by a person here (`reporter`), or by another server (`from_actor`)."""

    id: UUID
    reporter: str | None
    from_actor: str | None
    subject_uri: str
    subject_host: str
    object_uris: tuple[str, ...]
    comment: str
    created_at: datetime
    forwarded_at: datetime | None
    state: ReportState
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str
