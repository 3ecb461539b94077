"""What recipients say of our offers, and owners of our invitations: Accept, Reject, and the Undo of an Accept."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from archypix.core.database import Connection
from archypix.shares import store as shares_store
from archypix.shares.models import Share
from archypix.shares.relaying.service import invite_answered
from archypix.shares.service import ShareService
from federation.addresses import Addresses
from federation.documents.terms import embedded, has_type, id_of
from federation.inbox_contract import Denied, Handler, Inbound
from federation.sharing import ids, store
from federation.sharing.hearing import inner, refusing, text_id
from federation.sharing.reading import read_uris
from federation.sharing.terms import REGRANT, SHARE

_ACTIVITY = re.compile(r"/activities/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class OfferAnswerHandler(Handler):
    """Accept and Reject of an Offer of ours, by the one to whom it was made."""

    types = frozenset({"Accept", "Reject"})

    def __init__(self, shares: ShareService, addresses: Addresses) -> None:
        self._shares = shares
        self._addresses = addresses

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """The share must be ours, and have been offered to this actor."""
        await self._share(connection, inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        share = await self._share(connection, inbound)
        if share is None:
            return False
        answered = self._shares.accepted if inbound.type == "Accept" else self._shares.declined
        await answered(connection, share.id, inbound.actor_row)
        return True

    async def _share(self, connection: Connection, inbound: Inbound) -> Share | None:
        """The share; None where it is about something else. `Denied`."""
        found = embedded(inbound.activity.get("object"))
        if found is None:
            return await self._offered_by(connection, inbound)
        if not has_type(found, "Offer") or ids.read_share(text_id(found.get("object"))) is None:
            return None
        return await ours(connection, inbound, text_id(found["object"]), offer=id_of(found), own=self._addresses)

    async def _offered_by(self, connection: Connection, inbound: Inbound) -> Share | None:
        """The share, where only the id of the activity that offered it is named."""
        place = self._addresses.place(inbound.object_id or "")
        match = _ACTIVITY.fullmatch(place.rest) if place is not None else None
        share_id = await store.offered_by(connection, UUID(match[1])) if match is not None else None
        share = await shares_store.known(connection, share_id) if share_id is not None else None
        if share is None:
            return None
        return await ours(connection, inbound, share.uri, offer=inbound.object_id, own=self._addresses)


class LeaveHandler(Handler):
    """Undo of the Accept of a share of ours: its recipient wants nothing of it any more."""

    types = frozenset({"Undo"})

    def __init__(self, shares: ShareService, addresses: Addresses) -> None:
        self._shares = shares
        self._addresses = addresses

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """The share must be ours, and have been offered to this actor."""
        if SHARE in inbound.types:
            await self._share(connection, inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        if SHARE not in inbound.types:
            return False
        share = await self._share(connection, inbound)
        await self._shares.left(connection, share.id, inbound.actor_row)
        return True

    async def _share(self, connection: Connection, inbound: Inbound) -> Share:
        accept = inner(inbound, "Accept")
        if id_of(accept.get("actor")) != inbound.actor.uri:
            raise Denied(403, "Only who accepted something may leave it.")
        offer = embedded(accept.get("object"))
        uri = text_id(offer.get("object")) if offer is not None else ""
        return await ours(connection, inbound, uri, offer=id_of(offer), own=self._addresses)


class InviteAnswerHandler(Handler):
    """Accept and Reject of an Invite of ours, by the owner of the pictures."""

    types = frozenset({"Accept", "Reject"})

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """It must be about pictures and a share of the actor's own, for a share of somebody here."""
        if REGRANT in inbound.types:
            await self._share(connection, inbound)
            _granted(inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        if REGRANT not in inbound.types:
            return False
        share = await self._share(connection, inbound)
        granted, refused = _granted(inbound)
        await invite_answered(
            connection,
            share.account_id,
            inbound.actor_row,
            share.uri,
            id_of(inner(inbound, "Invite")),
            granted,
            refused,
        )
        return True

    async def _share(self, connection: Connection, inbound: Inbound) -> Share:
        """The share of ours for which somebody was invited."""
        invite = inner(inbound, "Invite")
        if not ids.is_share_of(inbound.actor.uri, text_id(invite.get("target"))):
            raise Denied(403, "The Invite was not to a share of this actor's.")
        uri = text_id(invite.get("apx:share"))
        share = await _known(connection, uri, self._addresses)
        if share.sender.uri != id_of(invite.get("actor")):
            raise Denied(403, "The Invite was somebody else's.")
        return share


def _granted(inbound: Inbound) -> tuple[list[str], list[str] | None]:
    """What the owner grants, and what not: all, where a Reject names nothing."""
    with refusing():
        if inbound.type == "Accept":
            granted = read_uris(inbound.activity.get("apx:pictures"))
            refused: list[str] | None = []
            if inbound.activity.get("apx:refused") is not None:
                refused = read_uris(inbound.activity["apx:refused"])
        else:
            granted, said = [], inner(inbound, "Invite").get("apx:pictures")
            refused = None if said is None else read_uris(said)
    if not all(ids.is_picture_of(inbound.actor.uri, uri) for uri in [*granted, *(refused or ())]):
        raise Denied(403, "These pictures are somebody else's.")
    return granted, refused


async def ours(connection: Connection, inbound: Inbound, uri: str, *, offer: str | None, own: Addresses) -> Share:
    """The share of ours that was offered to the actor by the activity `offer`. `Denied`."""
    share = await _known(connection, uri, own)
    if share.recipient.uri != inbound.actor.uri:
        raise Denied(403, "This was offered to somebody else.")
    if offer is not None and offer != own.activity(share.sender.uri, share.offered):
        raise Denied(403, "The share was not offered by that activity.")
    return share


async def _known(connection: Connection, uri: str, own: Addresses) -> Share:
    share_id = await shares_store.of_uri(connection, uri) if ids.read_share(uri) and own.is_local(uri) else None
    share = None if share_id is None else await shares_store.known(connection, share_id)
    if share is None:
        raise Denied(404, "There is no such share here.")
    return share
