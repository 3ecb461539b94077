"""Shares that were offered to accounts here, and the pictures that come by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Forbidden
from archypix.received import ways_store
from archypix.received.arriving import Arrivals
from archypix.received.herald import IncomingHerald
from archypix.received.models import Party, Upstream
from archypix.received.offers import Offers
from archypix.received.quiet import QuietIncomingHerald
from archypix.tags.followers import Follower

__all__ = ["IncomingService", "upstream"]


class IncomingService(Offers, Arrivals):
    """Everything that recipients of shares do, and that is done to them.

    `herald` tells senders and owners, and can be set later; `followers` are whoever names tags.
    """

    def __init__(
        self, database: Database, herald: IncomingHerald | None = None, *, followers: Sequence[Follower] = ()
    ) -> None:
        super().__init__(database, herald or QuietIncomingHerald(), tuple(followers))

    async def propose(
        self, connection: Connection, account_id: int, picture_id: UUID, changes: Mapping[str, Any]
    ) -> None:
        """Propose to the owner of a received picture to set these fields, inside the caller's transaction.

        `Forbidden` (`not_yours`) where no share allows it.
        """
        row = await ways_store.editable(connection, account_id, picture_id)
        if row is None:
            raise Forbidden("This picture is another person's, who takes no changes to it.", code="not_yours")
        owner = Party(row["id"], row["actor_uri"], f"@{row['handle']}", row["name"], row["local"])
        await self.herald.proposed(connection, account_id, owner, row["uri"], changes)


async def upstream(connection: Connection, account_id: int, picture_ids: Sequence[UUID]) -> dict[UUID, list[Upstream]]:
    """How an account holds access to received pictures of its own library, for passing them on.

    Only ways that may be passed on are told, the one that reaches furthest first. All senders of a picture are named
    with each.
    """
    found: dict[UUID, list[Upstream]] = {}
    for row in await ways_store.upstream(connection, account_id, picture_ids):
        owner = Party(row["owner_id"], row["actor_uri"], f"@{row['handle']}", row["name"], row["local"])
        way = Upstream(row["uri"], owner, row["share"], tuple(row["grants"]), row["depth"], tuple(row["senders"]))
        found.setdefault(row["picture_id"], []).append(way)
    return found
