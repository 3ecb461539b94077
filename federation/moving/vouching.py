"""Messages for people who came here, brought by the backend where they lived, which vouches for who said them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from archypix.core.database import Database
from archypix.core.errors import Forbidden, Unavailable
from federation.documents import synchronization
from federation.domain import store as domain_store
from federation.inbox.service import Inbox
from federation.inbox_contract import Denied
from federation.moving import forwarding_store as store
from federation.moving.schemas import ForwardedIn
from federation.outbound.errors import FetchError
from federation.outbound.models import Budget
from federation.remote.service import RemoteActors
from federation.signatures.keys import multibase
from federation.signatures.mutual import key_id_of

# Longer than messages are passed on, and tried.
VOUCHED_FOR: Final = timedelta(days=40)
FETCHES: Final = 6
SECONDS: Final = 10.0


class Vouching:
    """Believes neighbours about the people who came from them, and about nobody else."""

    def __init__(self, database: Database, inbox: Inbox, remote: RemoteActors) -> None:
        self._database = database
        self._inbox = inbox
        self._remote = remote

    async def key_of(self, origin: str) -> str:
        """The key (multibase) of the backend at `origin`; `Forbidden` where the Resolver names none there,
        `Unavailable` where it does not show its key now."""
        async with self._database.connection() as connection:
            neighbours = await domain_store.neighbours(connection)
        if origin not in neighbours:
            raise Forbidden("No server of this domain has that name.", code="unknown_neighbour")
        try:
            actor = await self._remote.get(f"{origin}/actor", budget=Budget(FETCHES, SECONDS))
            key = actor.key(key_id_of(origin))
            if key is None:
                actor = await self._remote.get(f"{origin}/actor", fresh=True, budget=Budget(FETCHES, SECONDS))
                key = actor.key(key_id_of(origin))
        except FetchError as error:
            raise Unavailable("The key of that server cannot be read now.", log_detail=error.detail) from error
        if key is None or key.algorithm != "ed25519":
            raise Forbidden("That server shows no such key.", code="unknown_neighbour")
        return multibase(key.key)

    async def take(self, origin: str, said: ForwardedIn) -> str | None:
        """Take a message that the backend at `origin` brings; why it is refused for good, or None.

        `Forbidden` where the person did not come from there, `Unavailable` for what may pass.
        """
        async with self._database.connection() as connection:
            if not await store.may_vouch(connection, said.person, origin, VOUCHED_FOR):
                raise Forbidden("This person did not come from that server.", code="not_from_there")
        beside = synchronization.read([said.synchronization]) if said.synchronization else None
        try:
            await self._inbox.deliver_vouched(said.inbox, said.actor, said.activity, beside)
        except Denied as error:
            if error.status in (408, 425, 429):
                raise Unavailable(error.detail) from None
            return f"{error.status} {error.detail}"
        except FetchError as error:
            if error.retryable:
                raise Unavailable("Who said this cannot be read now.", log_detail=error.detail) from error
            return error.detail
        return None
