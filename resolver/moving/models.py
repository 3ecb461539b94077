"""What moves look like to administrators and to the loop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

State: TypeAlias = Literal[
    "announced", "copying", "holding", "taking", "switching", "settling", "departing", "done", "cancelling",
    "cancelled", "failed",
]  # fmt: skip
# Until then nothing is decided, and all of it can be taken back.
UNDECIDED: frozenset[State] = frozenset({"announced", "copying", "holding", "taking", "switching"})
OVER: frozenset[State] = frozenset({"done", "cancelled", "failed"})


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a person has been brought: files, their bytes, rows of tables."""

    blobs: int = 0
    blobs_done: int = 0
    bytes: int = 0
    bytes_done: int = 0
    rows: int = 0
    rows_done: int = 0

    @classmethod
    def of(cls, seen: dict[str, Any]) -> Progress:
        """What the new backend said, as far as it said something of the kind."""
        said = {name: seen.get(name) for name in cls.__dataclass_fields__}
        return cls(**{name: value for name, value in said.items() if isinstance(value, int)})


@dataclass(frozen=True, slots=True)
class Move:
    """One move. `source` and `target` are origins; `error` is what is in its way, or why it ended as it did."""

    id: UUID
    name: str
    source: str
    target: str
    state: State
    progress: Progress
    error: str | None
    started_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """A move in the hands of the loop. `key` is that of the new backend, `held_for` seconds since the hold began."""

    id: UUID
    name: str
    source_id: int
    target_id: int
    source: str
    target: str
    key: str | None
    state: State
    attempts: int
    held_for: float | None
