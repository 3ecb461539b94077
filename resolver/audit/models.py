"""What entries of the audit log look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an administrator's token or a backend by its name, empty for a stranger, and from where."""

    name: str
    address: str


# Whoever may run commands on the machine needs no token to do so.
COMMAND_LINE = Actor("command line", "command line")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done; `subject` is what it was done to, `details` small JSON without secrets."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    address: str
    details: dict[str, Any]
