"""What activities, deliveries and lanes look like in Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeAlias

from federation.documents.synchronization import Synchronization

CHANNEL = "archypix_deliveries"

State: TypeAlias = Literal["open", "unreachable", "blocked"]


@dataclass(frozen=True, slots=True)
class Followers:
    """Everybody whose follow of a local actor is accepted; without an id, of the actor who speaks."""

    actor_id: int | None = None


FOLLOWERS = Followers()

# A row of `remote_actors` by its id, or followers, who are looked up when the activity is published.
Recipient: TypeAlias = int | Followers


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose turn has come. Order is kept among those with the same `key` and `inbox`."""

    id: int
    activity_id: int
    host: str
    inbox: str
    local: bool
    key: str
    collection: str | None
    created_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Content:
    """An activity as it goes over the wire, and the local actor who signs it."""

    actor_id: int
    actor_uri: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Lane:
    """A host whose queue this process may work on until the lease ends. `attempts`: failures since it was reached."""

    host: str
    state: State
    attempts: int
    failing_since: datetime | None
    suspect: bool


class Ended(StrEnum):
    """How a delivery ended, as metrics have it."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    GONE = "gone"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class PutOff:
    """A delivery that failed for now; it is tried again in `seconds`."""

    id: int
    seconds: float
    error: str


@dataclass(slots=True)
class Report:
    """What a turn of a lane came to; written in one transaction with the end of its lease.

    `pause` seconds until the host is tried again where the whole host is in trouble (`asked`: it named the time
    itself), else None. `reached`: it answered in a way that shows it works.
    """

    host: str
    state: State = "open"
    attempts: int = 0
    failing_since: datetime | None = None
    put_off: list[PutOff] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    reached: bool = False
    pause: float | None = None
    asked: bool = False
    suspect: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """What an administrator sees of one host: how much waits for it, since when, and how it has been doing."""

    host: str
    state: State
    waiting: int
    oldest: datetime | None
    next_attempt: datetime | None
    attempts: int
    failing_since: datetime | None
    error: str | None
    error_at: datetime | None
    reached_at: datetime | None
    stalled: int


class LocalDelivery(Protocol):
    """Hands an activity to the inbox of an actor of this server (or the shared one), without HTTP."""

    async def __call__(
        self, inbox: str, actor_uri: str, activity: dict[str, Any], said_of: Synchronization | None, /
    ) -> None:
        """Return once it is stored. `Denied` refuses it for good, anything else is tried again."""
        ...


class Synchronizing(Protocol):
    """Knows what to say beside a delivery about a collection."""

    async def __call__(self, collection: str, inbox: str, actor_uri: str) -> Synchronization | None:
        """The digest of what the one whose inbox it is should have of `collection` at this moment; None where the
        collection is none of `actor_uri`'s, or none of theirs."""
        ...


# Whether nothing may be delivered to this host.
Blocked: TypeAlias = Callable[[str], bool]
Recipients: TypeAlias = Sequence[Recipient]
