"""What is put into a share that was offered here, and what is taken out: Add and Remove by its sender."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archypix.core.database import Connection
from archypix.received import store as received_store
from archypix.received.herald import IncomingHerald
from archypix.received.models import Announced
from archypix.received.service import IncomingService
from federation.documents.errors import Malformed
from federation.documents.terms import id_of, many
from federation.inbox_contract import Denied, Handler, Inbound
from federation.sharing import ids, store
from federation.sharing.hearing import account_for, late, refusing
from federation.sharing.reading import read_picture, read_sequence, read_uris
from federation.sharing.terms import ANNOUNCE, MOST_PICTURES, UNANNOUNCE


class AddHandler(Handler):
    """Add of pictures to a share, by its sender: own ones with what is known of them, those of others by their ids.

    What a sender says of pictures of others is not read; their owners are asked.
    """

    types = frozenset({"Add"})

    def __init__(self, incoming: IncomingService, answers: IncomingHerald, wanted: Callable[[], None]) -> None:
        self._incoming = incoming
        self._answers = answers
        self._wanted = wanted

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """The share must be the sender's own, and so must be the pictures that are described."""
        del connection
        if ANNOUNCE in inbound.types:
            share_of(inbound)
            announced(inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        if ANNOUNCE not in inbound.types:
            return False
        share_uri, (items, sequence) = share_of(inbound), announced(inbound)
        for row in await _held(connection, inbound, share_uri):
            if row["state"] == "left":
                # Whoever still announces has not heard of it.
                await self._answers.left(connection, received_store.incoming(row))
            elif row["state"] == "declined":
                await self._answers.declined(connection, received_store.incoming(row))
            elif await self._incoming.added(
                connection, row["account_id"], share_uri, inbound.actor_row, items, sequence
            ):
                self._wanted()
        return True


class RemoveHandler(Handler):
    """Remove of pictures from a share, by its sender."""

    types = frozenset({"Remove"})

    def __init__(self, incoming: IncomingService) -> None:
        self._incoming = incoming

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """The share must be the sender's own."""
        del connection
        if UNANNOUNCE in inbound.types:
            share_of(inbound)
            _removed(inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        if UNANNOUNCE not in inbound.types:
            return False
        share_uri, (uris, sequence) = share_of(inbound), _removed(inbound)
        for row in await _held(connection, inbound, share_uri):
            await self._incoming.removed(connection, row["account_id"], share_uri, inbound.actor_row, uris, sequence)
        return True


async def _held(connection: Connection, inbound: Inbound, share_uri: str) -> list[Any]:
    """The rows of the share at the accounts concerned; none where it is gone. `Postponed` where it may still come."""
    found = await received_store.of_uri(connection, share_uri, inbound.actor_row, account_for(inbound))
    if not found and not await store.is_known(connection, share_uri):
        late(inbound, "The share has not been offered.")
    return found


def share_of(inbound: Inbound) -> str:
    """The share that something is put into or taken out of. `Denied`."""
    account_for(inbound)
    uri = id_of(inbound.activity.get("target"))
    if uri is None or not ids.is_share_of(inbound.actor.uri, uri):
        raise Denied(403, "The share is somebody else's, or none.")
    return uri


def announced(inbound: Inbound) -> tuple[list[Announced], int]:
    """What is announced, and its place among the announcements. `Denied`."""
    items = many(inbound.activity.get("object"))
    if not 0 < len(items) <= MOST_PICTURES:
        raise Denied(400, f"There must be 1 to {MOST_PICTURES} pictures.")
    with refusing():
        return [read_announced(item, inbound.actor.uri) for item in items], read_sequence(inbound.activity)


def read_announced(item: Any, sender: str) -> Announced:
    """One picture in an Add by `sender`, or in a page of a share of theirs. `Malformed`."""
    uri = id_of(item) or ""
    found = ids.read_picture(uri)
    if found is None:
        raise Malformed("What is announced is no picture.")
    owner = found[0]
    if owner != sender or not isinstance(item, dict):
        return Announced(uri, owner)
    return Announced(uri, owner, read_picture(item, owner))


def _removed(inbound: Inbound) -> tuple[list[str], int]:
    with refusing():
        return read_uris(inbound.activity.get("object")), read_sequence(inbound.activity)
