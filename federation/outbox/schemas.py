"""What queues look like in JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from archypix.core.clock import rfc3339
from federation.outbox.models import Queue


class QueuesPage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,300}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class QueueOut(BaseModel):
    host: str
    state: Literal["open", "unreachable", "blocked"]
    waiting: int = Field(description="Deliveries in the queue, counted up to 100,000.")
    stalled: int = Field(description="Those of them that failed by themselves and wait for another attempt.")
    oldest: str | None = Field(description="When the delivery that waits longest was queued.")
    next_attempt: str | None
    failures: int = Field(description="Failures of the host in a row.")
    failing_since: str | None
    last_error: str | None
    last_error_at: str | None
    last_reached: str | None


class QueuesOut(BaseModel):
    items: list[QueueOut]
    next: str | None


class DroppedOut(BaseModel):
    dropped: int


def queue_json(queue: Queue) -> dict[str, Any]:
    """`QueueOut`."""
    times = {
        "oldest": queue.oldest,
        "next_attempt": queue.next_attempt,
        "failing_since": queue.failing_since,
        "last_error_at": queue.error_at,
        "last_reached": queue.reached_at,
    }
    return {
        "host": queue.host,
        "state": queue.state,
        "waiting": queue.waiting,
        "stalled": queue.stalled,
        "failures": queue.attempts,
        "last_error": queue.error,
    } | {name: rfc3339(moment) if moment else None for name, moment in times.items()}
