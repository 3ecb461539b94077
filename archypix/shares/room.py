"""The services of this room, made together."""

from __future__ import annotations

from dataclasses import dataclass

from archypix.core.database import Database
from archypix.shares.access import AccessService
from archypix.shares.following import ShareFollower
from archypix.shares.grants import GrantService
from archypix.shares.leaving import ShareCutter
from archypix.shares.outside import Outside
from archypix.shares.service import ShareService
from archypix.shares.sweeping import ShareSweeper


@dataclass(frozen=True, slots=True)
class Shares:
    """All that others need of shares. Who puts federation together sets `outside.directory` and `outside.herald`."""

    outside: Outside
    service: ShareService
    grants: GrantService
    access: AccessService
    follower: ShareFollower
    cutter: ShareCutter
    sweeper: ShareSweeper

    @classmethod
    def on(cls, database: Database, outside: Outside | None = None) -> Shares:
        """The services on a database."""
        outside = outside or Outside()
        return cls(
            outside,
            ShareService(database, outside),
            GrantService(outside),
            AccessService(),
            ShareFollower(outside),
            ShareCutter(outside),
            ShareSweeper(database),
        )
