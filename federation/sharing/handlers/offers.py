"""A share that is offered, described anew, or taken back by its sender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archypix.core.database import Connection
from archypix.received.models import Offer
from archypix.received.service import IncomingService
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.documents.terms import id_of
from federation.inbox_contract import Denied, Handler, Inbound
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors
from federation.sharing import ids, store
from federation.sharing.directory import party
from federation.sharing.hearing import account_for, inner, late, refusing
from federation.sharing.reading import SharedCollection, read_grants, read_share, read_uris
from federation.sharing.returning import Returning
from federation.sharing.terms import REVOKE, SHARE

# Whom an Offer in the shared inbox may name before it is clear for whom it is.
MOST_ADDRESSED = 5


@dataclass(frozen=True, slots=True)
class Addressed:
    """For whom an Offer is, and its sender with a handle that was looked up."""

    recipient: LocalActor
    sender: RemoteActor


class OfferHandler(Handler):
    """Offer of a share to somebody here, by the actor below whose address it lies."""

    types = frozenset({"Offer"})

    def __init__(
        self, actors: ActorService, remote: RemoteActors, incoming: IncomingService, returning: Returning
    ) -> None:
        self._actors = actors
        self._remote = remote
        self._incoming = incoming
        self._returning = returning

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """The share must be embedded and the sender's own, and not be for the sender."""
        if SHARE not in inbound.types:
            return
        account_for(inbound)
        _described(inbound)
        if inbound.target is not None and inbound.target.uri == inbound.actor.uri:
            raise Denied(400, "Nobody shares with themselves.")
        del connection

    async def prepare(self, inbound: Inbound) -> Addressed | None:
        """The recipient, and the sender with a handle that WebFinger knows, as far as that can be had."""
        if SHARE not in inbound.types:
            return None
        recipient = await self._recipient(inbound)
        sender = inbound.actor
        if not sender.local and not sender.handle_verified:
            sender = await self._remote.confirm(sender)
        return Addressed(recipient, sender)

    async def _recipient(self, inbound: Inbound) -> LocalActor:
        if inbound.target is not None:
            return inbound.target
        for uri in sorted(inbound.recipients)[:MOST_ADDRESSED]:
            found = await self._actors.by_uri(uri)
            if found is not None and found.kind == "person" and not found.deleted and not found.suspended:
                return found
        raise Denied(404, "This is for nobody here.")

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        if SHARE not in inbound.types:
            return False
        assert isinstance(prepared, Addressed)
        account_id = prepared.recipient.account_id
        if account_id is None or prepared.recipient.uri == inbound.actor.uri:
            raise Denied(400, "Nobody shares with themselves.")
        if await store.is_barred(connection, account_id, inbound.actor_row):
            return True
        offer = _offer(inbound, prepared.sender, _described(inbound))
        wanted = await self._returning.is_wanted(connection, account_id, offer)
        earlier = await store.goes_on_for(connection, account_id, offer.moved_from, inbound.actor_row)
        await self._incoming.offered(connection, account_id, offer, auto_accept=wanted, instead_of=earlier)
        return True


class ShareChangeHandler(Handler):
    """Update of a share by its sender: name, path, rights, end."""

    types = frozenset({"Update"})

    def __init__(self, incoming: IncomingService) -> None:
        self._incoming = incoming

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """The share must be embedded and the sender's own."""
        del connection
        if SHARE in inbound.types:
            account_for(inbound)
            _described(inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        if SHARE not in inbound.types:
            return False
        described = _described(inbound)
        if not await store.is_known(connection, described.uri):
            late(inbound, "The share has not been offered.")
        offer = _offer(inbound, inbound.actor, described)
        await self._incoming.changed(connection, account_for(inbound), offer)
        return True


class RevokeHandler(Handler):
    """Undo of an Offer by who made it: all, some grants, or some pictures of a share.

    Without `apx:share` it is for the share's own recipient. With it, it is for those who hold something of that share
    by others, or by themselves: everything of it, or what `apx:grants` or `apx:pictures` name.
    """

    types = frozenset({"Undo"})

    def __init__(self, incoming: IncomingService) -> None:
        self._incoming = incoming

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """The share must be the sender's own, and so must be the pictures."""
        del connection
        if REVOKE in inbound.types:
            _revoked(inbound)
            _narrowed(inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        if REVOKE not in inbound.types:
            return False
        share_uri, narrowed = _revoked(inbound), _narrowed(inbound)
        account_id = account_for(inbound)
        accounts = None if account_id is None else [account_id]
        if isinstance(narrowed, list):
            await self._incoming.lost(connection, inbound.actor_row, narrowed, accounts=accounts)
            return True
        if narrowed:
            await self._incoming.cut(connection, inbound.actor_row, narrowed, accounts=accounts)
            return True
        await self._incoming.revoked(connection, inbound.actor_row, share_uri)
        found = ids.read_share(share_uri)
        assert found is not None
        # The root of a share's tree has the id of the share.
        await self._incoming.cut(connection, inbound.actor_row, [found[1]], accounts=accounts)
        return True


def _described(inbound: Inbound) -> SharedCollection:
    if inbound.object is None:
        raise Denied(403, "The share must come along, and be its sender's own.")
    with refusing():
        return read_share(inbound.object, inbound.actor.uri)


def _offer(inbound: Inbound, sender: RemoteActor, described: SharedCollection) -> Offer:
    return Offer(
        uri=described.uri,
        sender=party(sender, inbound.actor_row),
        name=described.name,
        message=described.message,
        path=described.path,
        total=described.total,
        rights=described.rights,
        ends_at=described.ends_at,
        share_back_of=described.share_back_of,
        moved_from=described.moved_from,
        activity=inbound.id if inbound.type == "Offer" else None,
        sequence=described.sequence,
        glimpse=described.glimpse,
    )


def _revoked(inbound: Inbound) -> str:
    """The share that is taken back."""
    uri = id_of(inner(inbound, "Offer").get("object"))
    if uri is None or not ids.is_share_of(inbound.actor.uri, uri):
        raise Denied(403, "Only who shared something may take it back.")
    said = inbound.activity.get("apx:share")
    if said is not None and id_of(said) != uri:
        raise Denied(400, "`apx:share` is another share than that of the Offer.")
    return uri


def _narrowed(inbound: Inbound) -> Any:
    """What of the share it is about: ids of pictures (a list), of grants (a tuple), or all (an empty tuple)."""
    with refusing():
        if "apx:pictures" in inbound.activity:
            uris = read_uris(inbound.activity["apx:pictures"])
            if not all(ids.is_picture_of(inbound.actor.uri, uri) for uri in uris):
                raise Denied(403, "These pictures are somebody else's.")
            return uris
        if "apx:grants" in inbound.activity:
            return read_grants(inbound.activity["apx:grants"])
    return ()
