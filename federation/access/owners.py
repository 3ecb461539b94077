"""Where owners of pictures are asked, and by whose key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archypix.core.database import Database
from archypix.core.errors import NotFound
from federation.actors.service import ActorService
from federation.documents.origins import host
from federation.outbound.cache import Cache
from federation.outbound.errors import FetchError
from federation.outbound.models import Budget, Signer
from federation.remote.service import RemoteActors

MOST: Final = 10_000
SECONDS: Final = 60.0
FETCHES: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where an owner is asked: `url` of the server called `host`; an owner here has no address."""

    host: str
    url: str


@dataclass(frozen=True, slots=True)
class Holder:
    """An account here as owners know it: who signs, and its row of `remote_actors`, if anybody ever heard of it."""

    signer: Signer
    row: int | None


class Owners:
    """Looks up both, and keeps places for a minute."""

    def __init__(self, database: Database, remote: RemoteActors, actors: ActorService) -> None:
        self._database = database
        self._remote = remote
        self._actors = actors
        self._places: Cache[int, Place] = Cache(MOST, SECONDS)

    def known(self, owner: int) -> Place | None:
        """Where the owner of that row is asked, if that was looked up a moment ago."""
        return self._places.get(owner)

    async def place(self, owner: int, seconds: float) -> Place | None:
        """The same, looked up; within `seconds` the owner's server is asked for it where it was not heard of yet.

        None: the server gives no files, or the owner is gone. Raises FetchError.
        """
        if kept := self._places.get(owner):
            return kept
        async with self._database.connection() as connection:
            actor = (await self._remote.by_ids(connection, [owner])).get(owner)
        if actor is None or actor.gone:
            return None
        if actor.access_url is None and not actor.local:
            actor = await self._remote.get(actor.uri, fresh=True, budget=Budget(FETCHES, seconds))
        if actor.local:
            place = Place("", "")
        elif actor.access_url is None:
            return None
        else:
            place = Place(host(actor.access_url), actor.access_url)
        self._places.put(owner, place)
        return place

    def forget(self, owner: int) -> None:
        """Look the owner up anew: its address may be another."""
        self._places.drop(owner)

    async def moved(self, owner: int, seconds: float) -> None:
        """Read the owner's document anew, for its server does not know the address that was asked."""
        self.forget(owner)
        async with self._database.connection() as connection:
            actor = (await self._remote.by_ids(connection, [owner])).get(owner)
        if actor is not None and not actor.local:
            try:
                await self._remote.reread(actor.uri, budget=Budget(FETCHES, seconds))
            except FetchError:
                pass

    async def holder(self, account_id: int) -> Holder:
        """The account as a holder; `NotFound` where it is deleted."""
        actor = await self._actors.of_account(account_id)
        if actor.deleted:
            raise NotFound("This account is gone.")
        known = await self._remote.known(actor.uri)
        return Holder(await self._actors.signer(actor.id), known.id if known is not None else None)
