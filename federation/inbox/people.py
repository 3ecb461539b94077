"""Whom a handle means, here or elsewhere: the `Finder` of moderation."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.core.errors import Conflict, NotFound
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.documents.origins import host
from federation.follows import handles
from federation.follows.ties import Ties
from federation.moderation.people import Somebody
from federation.outbound.errors import FetchError, Gone
from federation.outbound.models import Budget
from federation.remote.service import RemoteActors

FETCHES = 8
SECONDS = 15.0


class PeopleFinder:
    """Finds people; those of blocked servers too, as long as they are known, for one may want to report them."""

    def __init__(self, actors: ActorService, remote: RemoteActors, ties: Ties) -> None:
        self._actors = actors
        self._remote = remote
        self._ties = ties

    async def find(self, handle: str) -> Somebody:
        """Who is called so. `Invalid`, `NotFound`, `Conflict` (`unreachable`)."""
        name = handles.local_name(handle, self._actors.addresses)
        if name is not None:
            actor = await self._local(name)
            return Somebody(actor.uri, host(actor.uri), actor.account_id)
        text = handles.whole(handle, self._actors.addresses)
        known = await self._remote.known(text) if "://" in text else None
        if known is not None and not known.local:
            return Somebody(known.uri, known.host)
        try:
            found = await self._remote.resolve(text, budget=Budget(FETCHES, SECONDS))
        except Gone as error:
            raise _nobody() from error
        except FetchError as error:
            raise Conflict(f"Their server does not tell who this is: {error.detail}.", code="unreachable") from error
        return Somebody(found.uri, found.host)

    async def row(self, connection: Connection, somebody: Somebody) -> int:
        """Their row in `remote_actors`, held by the caller's transaction."""
        if somebody.account_id is not None:
            actor = await self._actors.by_uri(somebody.uri)
            if actor is None:
                raise _nobody()
            return await self._ties.row_of(connection, actor)
        known = await self._remote.known(somebody.uri)
        if known is None:
            raise _nobody()
        return await self._remote.row(connection, known)

    async def _local(self, name: str) -> LocalActor:
        user, _, slug = name.partition(".")
        try:
            actor = await (self._actors.collection(user, slug) if slug else self._actors.of_name(user))
        except ValueError:
            actor = None
        if actor is None or actor.deleted:
            raise _nobody()
        return actor


def _nobody() -> NotFound:
    return NotFound("Nobody is called so.", code="nobody")
