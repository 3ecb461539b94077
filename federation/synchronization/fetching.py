"""Documents of shares as an account here may see them: asked for with a signature, or looked up here."""

from __future__ import annotations

from typing import Any, Protocol

from archypix.core.database import Database
from archypix.core.errors import Gone as Ended
from archypix.core.errors import Invalid, Moved, NotFound
from federation.actors.service import ActorService
from federation.outbound.client import Outbound
from federation.outbound.errors import Gone, Misbehaved, Unreachable
from federation.synchronization import held_store


class Shown(Protocol):
    """What this server answers at the addresses of its own shares; see `sharing.describing.Describer`."""

    async def at(self, holder_row: int, address: str) -> dict[str, Any]: ...


class Reader:
    """A `repairing.Fetch`."""

    def __init__(self, database: Database, outbound: Outbound, actors: ActorService, shown: Shown) -> None:
        self._database = database
        self._outbound = outbound
        self._actors = actors
        self._shown = shown

    async def __call__(self, account_id: int, url: str) -> dict[str, Any]:
        """The document at `url`. Raises FetchError, of which `Gone` names who said so."""
        actor = await self._actors.of_account(account_id)
        if self._actors.addresses.is_local(url):
            return await self._local(actor.uri, url)
        return (await self._outbound.get(url, signer=await self._actors.signer(actor.id))).data

    async def _local(self, actor_uri: str, url: str) -> dict[str, Any]:
        async with self._database.connection() as connection:
            row = await held_store.row_of(connection, actor_uri)
        if row is None:
            raise Misbehaved("nobody has ever spoken to this account")
        try:
            return await self._shown.at(row, url)
        except Moved as error:
            raise Unreachable(error.detail) from None
        except (NotFound, Ended) as error:
            gone = Gone(error.detail, status=410 if isinstance(error, Ended) else 404)
            gone.url = url
            raise gone from None
        except Invalid as error:
            raise Misbehaved(error.detail) from None
