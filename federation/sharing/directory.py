"""Who people are: the `Directory` of the library, answered from local actors and the cache of remote ones."""

from __future__ import annotations

from collections.abc import Collection

from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Conflict, Fault, Forbidden, Invalid, NotFound, Unavailable
from archypix.received.models import Party
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.follows import handles
from federation.follows.ties import Ties
from federation.outbound.errors import FetchError, Gone, Refused
from federation.outbound.models import Budget
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors

LOOKUP_FETCHES = 8
LOOKUP_SECONDS = 15.0
LONGEST_HANDLE = 2_048


class WireDirectory:
    """Finds people on any server. Blocked servers are not asked."""

    def __init__(self, database: Database, actors: ActorService, remote: RemoteActors, ties: Ties) -> None:
        self._database = database
        self._actors = actors
        self._remote = remote
        self._ties = ties

    async def me(self, account_id: int) -> Party:
        """The actor of an account, made on first need; `NotFound` where the account is deleted."""
        return await self._local(await self._actors.of_account(account_id))

    async def find(self, handle: str) -> Party:
        """Whoever is called so. `Invalid`, `NotFound`, `Forbidden`, `Unavailable`, `Conflict` (`moved`)."""
        name = handles.local_name(_checked(handle), self._ties.addresses)
        if name is not None:
            actor = None if "." in name else await self._actors.of_name(name)
            if actor is None or actor.deleted or actor.suspended:
                raise _nobody()
            _refuse_moved(actor.moved_to)
            return await self._local(actor)
        try:
            text = handles.whole(handle, self._ties.addresses)
            found = await self._remote.resolve(text, budget=Budget(LOOKUP_FETCHES, LOOKUP_SECONDS))
        except FetchError as error:
            raise _trouble(error) from error
        if found.gone or found.type != "Person":
            raise _nobody()
        _refuse_moved(found.moved_to)
        async with self._database.transaction() as connection:
            return party(found, await self._remote.row(connection, found))

    async def parties(self, connection: Connection, rows: Collection[int]) -> dict[int, Party]:
        """The people of these rows; those that are gone are left out."""
        found = await self._remote.by_ids(connection, sorted(set(rows)))
        return {row: party(actor, row) for row, actor in found.items() if not actor.gone}

    async def party_of(self, connection: Connection, uri: str) -> Party | None:
        """The person whose id is `uri`, if they are known or live here; nobody is fetched."""
        known = await self._remote.known(uri)
        return None if known is None or known.gone else party(known, await self._remote.row(connection, known))

    async def meet(self, uri: str, budget: Budget) -> RemoteActor | LocalActor:
        """Whoever has the id `uri`, fetched where they are unknown. FetchError; `Gone` for nobody of this server."""
        if not self._ties.addresses.is_local(uri):
            return await self._remote.get(uri, budget=budget)
        actor = await self._actors.by_uri(uri)
        if actor is None or actor.deleted or actor.kind != "person":
            raise Gone("there is nobody here of this id", status=404)
        return actor

    async def party(self, connection: Connection, actor: RemoteActor | LocalActor) -> Party:
        """Somebody who was met, with a row that stays until the caller's transaction ends."""
        if isinstance(actor, RemoteActor):
            return party(actor, await self._remote.row(connection, actor))
        return await self._local_within(connection, actor)

    async def _local(self, actor: LocalActor) -> Party:
        async with self._database.transaction() as connection:
            return await self._local_within(connection, actor)

    async def _local_within(self, connection: Connection, actor: LocalActor) -> Party:
        row = await self._ties.row_of(connection, actor)
        handle = self._ties.addresses.handle(actor.name)
        return Party(row, actor.uri, handle, actor.display_name or actor.name, local=True)


def party(actor: RemoteActor, row: int) -> Party:
    """Somebody who has a row."""
    return Party(row, actor.uri, f"@{actor.handle}", actor.name, local=actor.local)


def _checked(handle: str) -> str:
    if len(handle) > LONGEST_HANDLE or any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in handle):
        raise Invalid("This is no handle.", faults=(Fault("handle", "As in @name@example.org."),), code="bad_handle")
    return handle


def _refuse_moved(target: str | None) -> None:
    if target is not None:
        raise Conflict(f"This account has moved to {target}.", code="moved")


def _trouble(error: FetchError) -> ArchypixError:
    """What a person is told when somebody could not be looked up."""
    if isinstance(error, Gone):
        return _nobody()
    if isinstance(error, Refused):
        return Forbidden("This server does not ask there.", code="host_refused", log_detail=error.detail)
    return Unavailable("That server does not answer as it should now. Try again later.", log_detail=error.detail)


def _nobody() -> NotFound:
    return NotFound("Nobody can be found under this handle.", code="nobody")
