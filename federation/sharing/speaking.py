"""Saying something about a share: to people's own inboxes, and in order for each share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from federation.actors import store as actors_store
from federation.addresses import Addresses
from federation.outbox.service import Outbox


class Speech:
    """Says things for the heralds, in the transaction of the change."""

    def __init__(self, outbox: Outbox, addresses: Addresses) -> None:
        self._outbox = outbox
        self._addresses = addresses

    def offer_id(self, sender: str, offered: UUID) -> str:
        """The id of the activity that offered a share."""
        return self._addresses.activity(sender, offered)

    async def say(
        self,
        connection: Connection,
        account_id: int,
        activity: Mapping[str, Any],
        to: Sequence[int],
        *,
        about: str,
        own: bool = True,
        ends: bool = False,
        urgent: bool | None = None,
        identifier: UUID | None = None,
    ) -> str:
        """Say `activity` as the account to these rows of `remote_actors`; the id of the activity.

        `about` is the share; `own` says that it is the account's, so that a digest of it goes along. `ends`: what is
        still queued about it is void.
        """
        actor = await actors_store.of_account(connection, account_id)
        assert actor is not None, "whoever shares or receives has an actor"
        sent = await self._outbox.publish(
            connection,
            actor,
            activity,
            to=list(to),
            key=about,
            supersedes=about if ends else None,
            urgent=urgent,
            personal=True,
            collection=about if own else None,
            identifier=identifier,
        )
        return self._addresses.activity(actor.uri, sent)
