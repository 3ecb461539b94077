"""Relayers who ask for others: Invite to a share of ours, and its Undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archypix.core.database import Connection
from archypix.received.models import Rights
from archypix.shares import store as shares_store
from archypix.shares.grants import GrantService
from archypix.shares.models import Invitation, Share
from federation.actors.models import LocalActor
from federation.addresses import Addresses
from federation.documents.terms import id_of
from federation.inbox_contract import Denied, Handler, Inbound
from federation.outbound.errors import FetchError
from federation.remote.models import RemoteActor
from federation.sharing import activities, ids, store
from federation.sharing.directory import WireDirectory, party
from federation.sharing.hearing import inner, refusing, text_id
from federation.sharing.reading import read_depth, read_uris, read_withheld
from federation.sharing.speaking import Speech
from federation.sharing.terms import REGRANT


@dataclass(frozen=True, slots=True)
class Asked:
    """What an Invite says: who is to have which pictures of which share of ours, by which share of the relayer's."""

    holder: str
    upstream: str
    via_share: str
    depth: int
    rights: Rights
    uris: tuple[str, ...]


class InviteHandler(Handler):
    """Invite of somebody to a share of ours, by one who holds something of it. Answered each time it comes."""

    types = frozenset({"Invite"})

    def __init__(self, grants: GrantService, directory: WireDirectory, speech: Speech, addresses: Addresses) -> None:
        self._grants = grants
        self._directory = directory
        self._speech = speech
        self._addresses = addresses

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """The share must be ours, its pictures too, and the actor must hold something of it."""
        if REGRANT in inbound.types:
            await self._share(connection, inbound, _asked(inbound))

    async def prepare(self, inbound: Inbound) -> RemoteActor | LocalActor | None:
        """Whoever is invited, who may live anywhere; None where they cannot be found, ever."""
        if REGRANT not in inbound.types:
            return None
        try:
            return await self._directory.meet(_asked(inbound).holder, inbound.budget)
        except FetchError as error:
            if error.retryable:
                raise
            return None

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        if REGRANT not in inbound.types:
            return False
        asked = _asked(inbound)
        share = await self._share(connection, inbound, asked)
        granted, refused = await self._decide(connection, inbound, asked, prepared)
        await self._answer(connection, inbound, share, asked, granted, refused)
        return True

    async def _decide(
        self, connection: Connection, inbound: Inbound, asked: Asked, found: RemoteActor | LocalActor | None
    ) -> tuple[list[str], list[str]]:
        """Which pictures are granted, and which are not."""
        if found is None:
            return [], list(asked.uris)
        relayer = party(inbound.actor, inbound.actor_row)
        holder = await self._directory.party(connection, found)
        invitation = Invitation(
            inbound.id, asked.upstream, relayer, holder, asked.via_share, asked.depth, asked.uris, asked.rights
        )
        return await self._grants.invited(connection, invitation)

    async def _answer(
        self,
        connection: Connection,
        inbound: Inbound,
        share: Share,
        asked: Asked,
        granted: list[str],
        refused: list[str],
    ) -> None:
        invited = activities.invite_within(
            inbound.actor.uri,
            asked.holder,
            asked.upstream,
            asked.via_share,
            uris=None if granted else refused,
            invite_id=inbound.id,
        )
        said = activities.grant(invited, inbound.actor.uri, granted, refused)
        await self._speech.say(connection, share.account_id, said, [inbound.actor_row], about=share.uri)

    async def _share(self, connection: Connection, inbound: Inbound, asked: Asked) -> Share:
        local = self._addresses.is_local(asked.upstream)
        share_id = await shares_store.of_uri(connection, asked.upstream) if local else None
        share = None if share_id is None else await shares_store.known(connection, share_id)
        if share is None:
            raise Denied(404, "There is no such share here.")
        if not all(ids.is_picture_of(share.sender.uri, uri) for uri in asked.uris):
            raise Denied(403, "These pictures are not of whose share it is.")
        if asked.holder == share.sender.uri:
            raise Denied(400, "Nobody is invited to what is theirs.")
        if not await store.holds_grant(connection, share.id, inbound.actor_row):
            raise Denied(403, "Only who holds something of a share may pass it on.")
        return share


class InviteBackHandler(Handler):
    """Undo of an Invite by the relayer who made it: some pictures, or all that was granted for a share of theirs."""

    types = frozenset({"Undo"})

    def __init__(self, grants: GrantService) -> None:
        self._grants = grants

    async def check(self, connection: Connection, inbound: Inbound) -> None:
        """Only who asked for others takes it back."""
        del connection
        if REGRANT in inbound.types:
            _given_back(inbound)

    async def apply(self, connection: Connection, inbound: Inbound, prepared: Any) -> bool:
        del prepared
        if REGRANT not in inbound.types:
            return False
        via_share, upstream, uris = _given_back(inbound)
        await self._grants.uninvited(connection, inbound.actor_row, via_share, uris, upstream=upstream)
        return True


def _asked(inbound: Inbound) -> Asked:
    activity = inbound.activity
    holder, upstream, via_share = inbound.object_id, id_of(activity.get("target")), id_of(activity.get("apx:share"))
    if len(inbound.object_ids) != 1 or not ids.is_actor(holder) or holder == inbound.actor.uri:
        raise Denied(400, "There must be one object, and it must be somebody else.")
    found = ids.read_share(upstream)
    if found is None or upstream is None or holder is None:
        raise Denied(400, "`target` is no share.")
    if via_share is None or not ids.is_share_of(inbound.actor.uri, via_share):
        raise Denied(403, "`apx:share` is no share of this actor's.")
    with refusing():
        uris = tuple(read_uris(activity.get("apx:pictures")))
        depth, rights = read_depth(activity), read_withheld(activity)
    return Asked(holder, upstream, via_share, depth, rights, uris)


def _given_back(inbound: Inbound) -> tuple[str, str, list[str] | None]:
    invite = inner(inbound, "Invite")
    if id_of(invite.get("actor")) != inbound.actor.uri:
        raise Denied(403, "Only who invited somebody may take it back.")
    via_share, upstream = text_id(invite.get("apx:share")), text_id(invite.get("target"))
    if not ids.is_share_of(inbound.actor.uri, via_share):
        raise Denied(403, "`apx:share` is no share of this actor's.")
    if ids.read_share(upstream) is None:
        raise Denied(400, "`target` is no share.")
    said = invite.get("apx:pictures")
    if said is None:
        return via_share, upstream, None
    with refusing():
        return via_share, upstream, read_uris(said)
