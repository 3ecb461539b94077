"""What others say of shares beside their messages, kept until it has been quiet."""

from __future__ import annotations

from datetime import timedelta

from archypix.core.database import Connection, Database
from federation.documents.synchronization import Synchronization
from federation.pace import USUAL, Pace
from federation.sharing import ids
from federation.synchronization import store

# Messages about one share come in a row; so long after the last nothing more of the same row is expected.
QUIET_SECONDS = 5.0
# What waits for a server that lives again is asked within this time, not all at once.
SOON_SECONDS = 10.0


class Listener:
    """An `inbox_contract.Synchronizer`; and hears which servers live."""

    def __init__(self, database: Database, *, pace: Pace = USUAL) -> None:
        self._database = database
        self._quiet = timedelta(seconds=pace.seconds(QUIET_SECONDS, least=0.3))
        self._soon = pace.seconds(SOON_SECONDS)

    async def heard(self, connection: Connection, actor_uri: str, account_id: int, said: Synchronization) -> None:
        """Keep the digest, if the share is the actor's and the account holds something of it."""
        if ids.is_share_of(actor_uri, said.collection):
            await store.heard(connection, account_id, said.collection, actor_uri, said.digest, self._quiet)

    async def host_seen(self, host: str) -> None:
        """A valid message came from `host`."""
        async with self._database.connection() as connection:
            await store.hasten(connection, host, self._soon)
