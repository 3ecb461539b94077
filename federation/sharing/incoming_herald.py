"""What the recipient of a share tells its sender, in activities: the `IncomingHerald` of the library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from archypix.core.clock import wall_clock
from archypix.core.database import Connection
from archypix.received.models import Incoming, Party
from federation.actors import store as actors_store
from federation.sharing import activities
from federation.sharing.speaking import Speech


class WireAnswers:
    """Says it through the outbox."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    async def accepted(self, connection: Connection, share: Incoming) -> None:
        """`Accept` of the Offer."""
        await self._answer(connection, share, activities.accept(share))

    async def declined(self, connection: Connection, share: Incoming) -> None:
        """`Reject` of the Offer."""
        await self._answer(connection, share, activities.decline(share), ends=True)

    async def left(self, connection: Connection, share: Incoming) -> None:
        """`Undo` of the Accept."""
        said = activities.leave(share, await _uri(connection, share.account_id))
        await self._answer(connection, share, said, ends=True)

    async def proposed(
        self, connection: Connection, account_id: int, owner: Party, uri: str, changes: Mapping[str, Any]
    ) -> None:
        """`Offer` of an `Update` to the owner."""
        values = {name: _written(value) for name, value in changes.items()}
        said = activities.propose(await _uri(connection, account_id), owner.uri, uri, values)
        await self._speech.say(connection, account_id, said, [owner.id], about=uri, own=False)

    async def _answer(
        self, connection: Connection, share: Incoming, said: activities.Activity, *, ends: bool = False
    ) -> None:
        await self._speech.say(
            connection, share.account_id, said, [share.sender.id], about=share.uri, own=False, ends=ends
        )


async def _uri(connection: Connection, account_id: int) -> str:
    actor = await actors_store.of_account(connection, account_id)
    assert actor is not None, "whoever receives has an actor"
    return actor.uri


def _written(value: Any) -> Any:
    """A value as JSON has it; the one kind that JSON lacks is a wall clock."""
    return wall_clock(value) if isinstance(value, datetime) else value
