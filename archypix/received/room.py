"""The services of this room, made together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archypix.core.database import Database
from archypix.received.leaving import ShareLeaver
from archypix.received.service import IncomingService
from archypix.tags.followers import Follower


@dataclass(frozen=True, slots=True)
class Receiving:
    """All that others need of received shares. Who puts federation together sets `service.herald`."""

    service: IncomingService
    leaver: ShareLeaver

    @classmethod
    def on(cls, database: Database, followers: Sequence[Follower] = (), *, scale: float = 1.0) -> Receiving:
        """The services on a database; `followers` are whoever names tags, `scale` as in `Arrivals`."""
        service = IncomingService(database, followers=followers)
        service.scale = scale
        return cls(service, ShareLeaver(service))
