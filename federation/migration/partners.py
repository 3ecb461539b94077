"""What follows here when somebody moves with whom people of this server share."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.core.errors import Conflict, NotFound
from archypix.notices.service import notify
from archypix.received.directory import Directory
from archypix.shares import ties_store
from archypix.shares.service import ShareService
from federation.inbox_contract import Inbound
from federation.migration import store
from federation.migration.store import Held
from federation.sharing.store import shares_with

# Shares of everybody here with one person that one move looks at.
MOST_HELD = 1_000
NOTICE = "share.partner_moved"


class MovedPartners:
    """Offers to the new account what the old one held, or asks the owners whether to; each owner decides which."""

    def __init__(self, shares: ShareService, directory: Directory) -> None:
        self._shares = shares
        self._directory = directory

    async def moved(self, connection: Connection, old: int, new: int) -> None:
        """Do so, in the transaction of a Move whose target has been asked. Nothing that was given ends by it."""
        held = await store.held_by(connection, old, MOST_HELD)
        if not held:
            return
        await ties_store.lock_libraries(connection, [share.id for share in held])
        known = (await self._directory.parties(connection, [new])).get(new)
        for share in held:
            offered = False
            if share.choice == "always" and known is not None:
                try:
                    await self._shares.offer_again(connection, share.account_id, share.id, known)
                    offered = True
                except (Conflict, NotFound):
                    continue
            await self._tell(connection, share, old, new, offered=offered)

    async def _tell(self, connection: Connection, share: Held, old: int, new: int, *, offered: bool) -> None:
        said = {
            "id": str(share.id),
            "name": share.name,
            "from": await store.handle(connection, old),
            "to": await store.handle(connection, new),
            "offered": offered,
        }
        await notify(connection, share.account_id, NOTICE, said)


class MoveRelevance:
    """A `Relevance`: that those move, or change, with whom somebody here shares concerns us."""

    async def relevant(self, connection: Connection, inbound: Inbound) -> bool:
        """Whether it is about its actor itself, and shares stand between them and somebody here."""
        if inbound.type not in ("Move", "Update") or inbound.object_id != inbound.actor.uri:
            return False
        return await shares_with(connection, inbound.actor.uri)
