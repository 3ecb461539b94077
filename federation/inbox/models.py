"""What passes through the inbox."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from federation.actors.models import LocalActor
from federation.documents.synchronization import Synchronization
from federation.remote.models import RemoteActor


def key_of(actor_uri: str, activity_id: str) -> bytes:
    """What makes a repetition of an activity known."""
    return hashlib.sha256(f"{actor_uri}\0{activity_id}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Posted:
    """A request to an inbox as it came: `url` is what a signature over it covers, `path` says which inbox it was."""

    method: str
    url: str
    path: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    address: str


@dataclass(frozen=True)
class Envelope:
    """An activity that has been read: who says what about what. Nothing in it is proved yet."""

    activity: dict[str, Any]
    id: str
    types: tuple[str, ...]
    actor: str
    object_ids: tuple[str, ...]
    # The embedded object, if there is exactly one.
    raw_object: dict[str, Any] | None
    host: str

    @property
    def type(self) -> str:
        return self.types[0]

    @property
    def object_id(self) -> str | None:
        return self.object_ids[0] if self.object_ids else None

    @cached_property
    def key(self) -> bytes:
        """What makes a repetition known: SHA-256 of actor and id."""
        return key_of(self.actor, self.id)

    @property
    def is_self_deletion(self) -> bool:
        """Whether an actor says that it is deleted."""
        return self.type == "Delete" and self.object_ids == (self.actor,)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An activity on its way into the table, with what handlers are asked about it before."""

    envelope: Envelope
    sender: RemoteActor
    target: LocalActor | None
    # Local people it names, by account.
    accounts: frozenset[int]
    # Whether it names any actor of this server at all.
    concerns_us: bool
    # Heard only if somebody here follows the actor.
    limited: bool
    body: bytes
    received_at: datetime
    synchronization: Synchronization | None = None
    # For somebody who lives elsewhere by now: it is passed on, and judged there.
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Leased:
    """A stored activity that this process has in hand."""

    id: int
    actor_uri: str
    activity_id: str
    target_id: int | None
    body: bytes
    attempts: int
    lease: UUID
    received_at: datetime = field(compare=False)
    # The value of the header, as it is written here.
    synchronization: str | None = None

    @property
    def host(self) -> str:
        """Where the actor is, as `store.claim` reads it."""
        return self.actor_uri.split("/", 3)[2].lower()
