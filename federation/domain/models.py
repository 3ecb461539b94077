"""What a domain of several servers looks like from one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

# `new`: not introduced yet.
State: TypeAlias = Literal["new", "pending", "admitted", "refused"]
STATES: tuple[State, ...] = ("pending", "admitted", "refused")


def state_of(value: object) -> State | None:
    """The state that the Resolver names; None where it names none."""
    return next((state for state in STATES if state == value), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How this server stands in its domain.

    `resolver_key` is the key (multibase) that the Resolver showed at the first introduction; `shown_key` another one
    that it has shown since, which is not believed.
    """

    state: State
    resolver_key: str | None
    shown_key: str | None
    neighbours: tuple[str, ...]
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to send one heartbeat, given to one process of this server at a time; `sequence` only grows."""

    state: State
    sequence: int


@dataclass(frozen=True, slots=True)
class Counts:
    """People of this server, and what they have; bytes of originals, versions and the trash."""

    users: int
    pictures: int
    bytes: int
