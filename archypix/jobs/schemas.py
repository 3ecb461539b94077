"""What administrators are told of jobs, in JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from archypix.core.clock import rfc3339
from archypix.jobs.models import Count, Row
from archypix.jobs.overview import MOST_RETRIED

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR: Final = r"^[0-9]{1,16}\.[0-9a-f]{32}$"


class JobsPage(BaseModel):
    """`failed` jobs, the newest first, page by page; or those that `wait` or are being done, the next ones first."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["failed", "waiting"] = "failed"
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class JobCount(BaseModel):
    kind: str
    state: Literal["due", "put off", "leased", "failed"]
    count: int
    oldest: str


class JobItem(BaseModel):
    """A job: whose, about which picture, how often it was tried, how often its decoder died, and why it failed last."""

    id: UUID
    kind: str
    state: Literal["due", "leased", "failed"]
    owner: str
    picture_id: UUID
    attempts: int
    crashes: int
    error: str | None
    worker: str | None
    created_at: str
    next_attempt_at: str
    lease_until: str | None


class JobsOut(BaseModel):
    """`counts` are of all jobs, up to 200,000."""

    counts: list[JobCount]
    items: list[JobItem]
    next: str | None


class JobsRetry(BaseModel):
    """Which failed jobs; not given: all of them."""

    model_config = ConfigDict(extra="forbid")

    jobs: Annotated[list[UUID], Field(max_length=MOST_RETRIED)] | None = None


class JobsRetried(BaseModel):
    """How many are tried again; at most 1,000 a call."""

    retried: int


def count_json(count: Count) -> dict[str, Any]:
    """`JobCount`."""
    return {"kind": count.kind, "state": count.state, "count": count.count, "oldest": rfc3339(count.oldest)}


def row_json(row: Row) -> dict[str, Any]:
    """`JobItem`."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "state": row.state,
        "owner": row.owner,
        "picture_id": str(row.picture_id),
        "attempts": row.attempts,
        "crashes": row.crashes,
        "error": row.error,
        "worker": row.worker,
        "created_at": rfc3339(row.created_at),
        "next_attempt_at": rfc3339(row.next_attempt_at),
        "lease_until": rfc3339(row.lease_until) if row.lease_until else None,
    }


def cursor_of(row: Row) -> str:
    """What leads to the jobs behind this one."""
    return f"{(row.created_at - EPOCH) // timedelta(microseconds=1)}.{row.id.hex}"


def position(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Where a cursor leads."""
    if cursor is None:
        return None
    moment, _, identifier = cursor.partition(".")
    return EPOCH + timedelta(microseconds=int(moment)), UUID(identifier)
