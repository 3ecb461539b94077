"""Whose message it is: the signature, the key, and the actor that lists it (PROTOCOL §4.5)."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archypix.core.errors import Unavailable
from federation.documents import synchronization
from federation.documents.origins import same_origin
from federation.documents.synchronization import Synchronization
from federation.inbox.keyring import Found, Keyring
from federation.inbox.models import Envelope, Posted
from federation.inbox_contract import Denied
from federation.outbound.cache import Cache
from federation.outbound.errors import FetchError, Gone
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors
from federation.signatures.models import BadSignature, Claim, Kind, PublicKey, SignedRequest
from federation.signatures.verify import claims, naming, verify

logger = logging.getLogger(__name__)

MOST_KEPT = 10_000
# A key that was taken back without a word is believed for so long; one that is new is asked for when an old one fails.
KEPT_SECONDS = 60.0
WRITE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Sender:
    """Who has proved to be the actor. `news` is its document, read for this and not written down yet; `covered` is what
    the signature that has held covers."""

    actor: RemoteActor
    kind: Kind
    news: dict[str, Any] | None = None
    covered: tuple[str, ...] = ()


class Proof:
    """Finds out who signed. Actors are kept in memory for a minute, so most messages need no query."""

    def __init__(self, remote: RemoteActors, keyring: Keyring) -> None:
        self._remote = remote
        self._keyring = keyring
        self._kept: Cache[str, RemoteActor] = Cache(MOST_KEPT, KEPT_SECONDS)

    def read(self, posted: Posted, now: datetime) -> list[Claim]:
        """What the request's signatures claim; raises `BadSignature` where they leave the profile."""
        return claims(_signed(posted), now=now)

    async def of(self, posted: Posted, envelope: Envelope, found: list[Claim]) -> Sender:
        """The actor, once a key that it lists has borne out the one claim that names it; `Denied` (401, 403, 429)."""
        claim = _naming(found, envelope.actor)
        kept = self._kept.get(envelope.actor)
        if kept is not None and _holds(posted, claim, kept.key(claim.key_id)):
            return Sender(kept, claim.kind, covered=claim.covered)
        known = await self._remote.known(envelope.actor)
        if known is not None and not known.gone and _holds(posted, claim, known.key(claim.key_id)):
            self._kept.put(envelope.actor, known)
            return Sender(known, claim.kind, covered=claim.covered)
        return await self._ask(posted, envelope, claim, known)

    async def write_down(self, sender: Sender) -> None:
        """Keep what was learned of an actor whose message was accepted."""
        if sender.news is None:
            return
        self._kept.drop(sender.actor.uri)
        try:
            # Keys that are only named are asked for again; the sender waits meanwhile.
            async with asyncio.timeout(WRITE_SECONDS):
                await self._remote.take(sender.actor.uri, sender.news)
        except (FetchError, Unavailable, TimeoutError) as error:
            # It is read again when its message is processed.
            logger.info("actor %s is not written down: %s", sender.actor.uri, error)

    def forget(self, actor_uri: str) -> None:
        """Read an actor anew at its next message: it has changed, or is gone."""
        self._kept.drop(actor_uri)

    async def _ask(self, posted: Posted, envelope: Envelope, claim: Claim, known: RemoteActor | None) -> Sender:
        """Read the actor anew: it is unknown, or its key is not the one that is known."""
        try:
            found = await self._read(posted, envelope, claim, doubted=known is not None)
        except Gone as error:
            # The origin itself says what the message says, which is better than any signature.
            if known is not None and error.for_good and envelope.is_self_deletion:
                # Its signature has shown nothing, so nothing is learned of how its host signs.
                return Sender(known, Kind.CAVAGE)
            raise Denied(401, "The actor cannot be read: there is none.") from None
        except FetchError as error:
            raise Denied(401, f"The actor cannot be read: {error.detail}"[:300]) from None
        key = found.key(claim.key_id)
        if key is None:
            raise Denied(401, "The actor lists no such key.")
        if not _holds(posted, claim, key):
            raise Denied(401, "The signature does not hold.")
        if found.data is not None or known is None:
            return Sender(known or found.actor(), claim.kind, found.data, claim.covered)
        return Sender(known, claim.kind, covered=claim.covered)

    async def _read(self, posted: Posted, envelope: Envelope, claim: Claim, *, doubted: bool) -> Found:
        """The actor's document; what was kept of it is read once more where it does not bear out the claim.

        `doubted`: the key that is known has failed already.
        """
        found = await self._keyring.read(envelope.actor, envelope.host)
        holds = _holds(posted, claim, found.key(claim.key_id))
        if found.data is None and not holds:
            return await self._keyring.read_again(envelope.actor, envelope.host)
        if found.data is not None and (doubted or not holds):
            self._keyring.doubt(envelope.actor)
        return found


def said_beside(posted: Posted, sender: Sender) -> Synchronization | None:
    """What the request says of a collection, if the signature covers that."""
    if synchronization.NAME not in sender.covered:
        return None
    return synchronization.read([value for name, value in posted.headers if name.lower() == synchronization.NAME])


def _naming(found: list[Claim], actor: str) -> Claim:
    if not found:
        raise Denied(401, "Messages must be signed.")
    if all(not same_origin(claim.key_id, actor) for claim in found):
        raise Denied(403, "The key is of another origin than the actor.")
    try:
        return naming(found, actor)
    except BadSignature as error:
        raise Denied(401, error.detail) from None


def _signed(posted: Posted) -> SignedRequest:
    return SignedRequest(posted.method, posted.url, posted.headers, posted.body)


def _holds(posted: Posted, claim: Claim, key: PublicKey | None) -> bool:
    if key is None:
        return False
    try:
        verify(_signed(posted), claim, key)
    except BadSignature:
        return False
    return True
