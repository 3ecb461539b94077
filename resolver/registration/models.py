"""What backends look like to whoever places people on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

Reason: TypeAlias = Literal[
    "not_admitted", "silent", "unhealthy", "not_accepting", "draining", "full_of_users", "full_of_bytes", "not_chosen"
]


@dataclass(frozen=True, slots=True)
class Domain:
    """The domain by its name, as in handles."""

    name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A backend as placement sees it.

    `people` are the names of the domain that live there and those on their way, exactly; `newcomers` the part of them
    that registration placed within a day or is placing. `pictures` and `bytes` are what the backend said last, and
    `reported` the people it spoke of then. `heard` is whether its last heartbeat is fresh. The limits are None where
    neither the backend nor an administrator has set one.
    """

    id: int
    origin: str
    state: str
    heard: bool
    healthy: bool
    accepting: bool
    draining: bool
    people: int
    newcomers: int
    reported: int
    pictures: int
    bytes: int
    user_limit: int | None = None
    byte_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What placement thinks of one backend: its load by the strategy, and why nobody goes there, if so."""

    candidate: Candidate
    load: int
    refused: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """Where so many newcomers would go: `order` has an origin for each, `verdicts` are from before the first."""

    order: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A name on its way to a backend. Whoever holds the ticket can settle it until `expires_at`."""

    id: UUID
    name: str
    backend_id: int
    origin: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody who has come: the name, the backend where to sign in, and whether that lets them in already."""

    name: str
    origin: str
    active: bool
