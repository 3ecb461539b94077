"""What owners say of their pictures to everybody who holds them: Update and Delete."""

from __future__ import annotations

from typing import Any

from archypix.core.database import Connection
from archypix.received.models import SharedPicture
from archypix.received.service import IncomingService
from federation.documents.terms import many
from federation.inbox_contract import Denied, Handler, Inbound
from federation.sharing import ids
from federation.sharing.hearing import account_for, refusing
from federation.sharing.reading import read_picture, read_uris
from federation.sharing.terms import MOST_PICTURES, PICTURE


class PictureChangeHandler(Handler):
    """Update of pictures by their owner. Older revisions than are known change nothing."""

    types = frozenset({"Update"})

    def __init__(self, incoming: IncomingService) -> None:
        self._incoming = incoming

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """All of them must be described, and the actor's own."""
        del connection
        if PICTURE in inbound.types:
            account_for(inbound)
            _described(inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        if PICTURE not in inbound.types:
            return False
        account_id = account_for(inbound)
        accounts = None if account_id is None else [account_id]
        await self._incoming.updated(connection, inbound.actor_row, _described(inbound), accounts=accounts)
        return True


class PictureGoneHandler(Handler):
    """Delete of pictures by their owner: they are gone for good, whatever comes late."""

    types = frozenset({"Delete"})

    def __init__(self, incoming: IncomingService) -> None:
        self._incoming = incoming

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """All of them must be the actor's own."""
        del connection
        _deleted(inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        uris = _deleted(inbound)
        if not uris:
            return False
        await self._incoming.deleted(connection, inbound.actor_row, uris)
        return True


def _described(inbound: Inbound) -> list[SharedPicture]:
    items = many(inbound.activity.get("object"))
    if not 0 < len(items) <= MOST_PICTURES or not all(isinstance(item, dict) for item in items):
        raise Denied(400, f"There must be 1 to {MOST_PICTURES} pictures, each described.")
    with refusing():
        return [read_picture(item, inbound.actor.uri) for item in items]


def _deleted(inbound: Inbound) -> list[str]:
    """The pictures that are deleted; none where it is about something else."""
    if PICTURE not in inbound.types and not any(ids.read_picture(uri) for uri in inbound.object_ids[:1]):
        return []
    with refusing():
        uris = read_uris(inbound.activity.get("object"))
    if not all(ids.is_picture_of(inbound.actor.uri, uri) for uri in uris):
        raise Denied(403, "These pictures are somebody else's.")
    return uris
