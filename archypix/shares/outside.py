"""What shares need of the world outside: who tells others, and who knows them. Set by who puts federation together."""

from __future__ import annotations

from dataclasses import dataclass, field

from archypix.received.directory import Directory
from archypix.shares.herald import ShareHerald
from archypix.shares.quiet import QuietHerald


@dataclass(slots=True)
class Outside:
    """One object that all services of shares hold, so that its parts can be set after they are made."""

    directory: Directory | None = None
    herald: ShareHerald = field(default_factory=QuietHerald)
