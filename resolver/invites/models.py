"""What invites look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Invite:
    """A code that lets people register, without the code, which is shown once. `created_by` names a token."""

    id: UUID
    created_by: str
    note: str
    uses_left: int
    created_at: datetime
    expires_at: datetime
