"""What names look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

# What a backend is told of a name that it claims: its own, somebody else's, or on its way to somebody.
Result: TypeAlias = Literal["yours", "taken", "reserved"]


@dataclass(frozen=True, slots=True)
class Where:
    """Where a person lives. `deleted`: the person is gone; the name stays given away, and the backend remembers."""

    name: str
    backend_id: int
    deleted: bool
