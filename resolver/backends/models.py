"""What backends look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from federation.signatures import keys
from federation.signatures.models import PublicKey
from federation.signatures.mutual import key_id_of

State: TypeAlias = Literal["pending", "admitted", "refused"]


@dataclass(frozen=True, slots=True)
class Backend:
    """A server that says it is of this domain.

    `pinned` is the key under which an administrator admitted it, None before the first time; `presented` the one it
    showed last, and `fingerprint` that one's. Everything from `heard_at` on is what its last heartbeat said.
    """

    id: int
    origin: str
    state: State
    pinned: str | None
    presented: str
    fingerprint: str
    version: str
    software: str
    created_at: datetime
    introduced_at: datetime
    admitted_at: datetime | None
    introduced_sequence: int
    heard_sequence: int
    heard_at: datetime | None
    users: int
    pictures: int
    bytes: int
    active_month: int
    active_half_year: int
    posts: int
    healthy: bool
    accepting: bool
    problems: tuple[str, ...]
    conflicts: tuple[str, ...]
    capacity_users: int | None
    capacity_bytes: int | None

    @property
    def admitted(self) -> bool:
        return self.state == "admitted"

    def key(self) -> PublicKey:
        """The key that its messages are checked with: the pinned one once it is admitted, else what it showed."""
        text = self.pinned if self.admitted and self.pinned else self.presented
        return key_of(self.origin, text)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a server says of itself when it comes."""

    origin: str
    version: str
    software: str
    key: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How a backend is: numbers, whether it is well and takes new people, and names that it has to tell about."""

    sequence: int
    users: int
    pictures: int
    bytes: int
    version: str
    healthy: bool
    problems: tuple[str, ...]
    accepting: bool
    pending: tuple[str, ...]
    deleted: tuple[str, ...]
    capacity_users: int | None = None
    capacity_bytes: int | None = None
    active_month: int = 0
    active_half_year: int = 0
    posts: int = 0


def key_of(origin: str, multibase: str) -> PublicKey:
    """The key that a backend wrote as `multibase`. Raises WeakKey (ValueError) where it is none."""
    return keys.public_key(key_id_of(origin), f"{origin}/actor", keys.from_multibase(multibase))
