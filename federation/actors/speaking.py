"""What this room needs of the outbox, which stands above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from archypix.core.database import Connection
from federation.actors.models import LocalActor


class Speaker(Protocol):
    """Says things through the outbox, in the caller's transaction."""

    async def tell_followers(
        self, connection: Connection, actor: LocalActor, activity: dict[str, Any], *, also: Sequence[int] = ()
    ) -> None:
        """Say `activity` to all who follow `actor`, and to those of the rows `also` of `remote_actors`."""
        ...
