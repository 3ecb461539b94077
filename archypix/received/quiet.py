"""A herald that tells nobody: for a library without other servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archypix.core.database import Connection
from archypix.received.models import Incoming, Party


class QuietIncomingHerald:
    """A `herald.IncomingHerald`."""

    async def accepted(self, connection: Connection, share: Incoming) -> None:
        """Nobody is told."""

    async def declined(self, connection: Connection, share: Incoming) -> None:
        """Nobody is told."""

    async def left(self, connection: Connection, share: Incoming) -> None:
        """Nobody is told."""

    async def proposed(
        self, connection: Connection, account_id: int, owner: Party, uri: str, changes: Mapping[str, Any]
    ) -> None:
        """Nobody is told."""
