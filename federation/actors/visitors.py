"""Who signs a request for a document: secure mode, and whatever is not for everybody, ask this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from archypix.core.clock import now
from archypix.core.errors import Forbidden, Unauthenticated
from archypix.gate.requests import Doorkeeper
from federation.addresses import Addresses
from federation.outbound.errors import FetchError
from federation.outbound.models import Budget
from federation.remote.models import RemoteActor
from federation.signatures.models import BadSignature, Claim, PublicKey, SignedRequest
from federation.signatures.verify import claims, verify

FETCHES = 4
SECONDS = 8.0


class Keys(Protocol):
    """The part of `RemoteActors` that is used here."""

    async def get(self, uri: str, *, fresh: bool = False, budget: Budget | None = None) -> RemoteActor: ...

    async def key(self, key_id: str, *, budget: Budget | None = None) -> PublicKey: ...

    async def refresh_key(self, key_id: str, *, budget: Budget | None = None) -> PublicKey | None: ...


class Visitors:
    """Finds out which actor signed a request.

    `secure` says whether documents are only for those who sign; `blocked` whether a host may read nothing at all.
    """

    def __init__(
        self,
        addresses: Addresses,
        keys: Keys,
        doorkeeper: Doorkeeper,
        *,
        secure: bool,
        window: float = 300.0,
        blocked: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._addresses = addresses
        self._keys = keys
        self._headers = doorkeeper.headers
        self._window = window
        self._blocked = blocked
        self.secure = secure

    async def require(self, scope: Mapping[str, Any]) -> None:
        """Return when this request may read documents: always, unless in secure mode it lacks a signature.

        Raises `Unauthenticated` and `Forbidden`.
        """
        if self.secure and await self.signed_by(scope) is None:
            raise Unauthenticated("This server shows its documents to those who sign their requests.", code="unsigned")

    async def signed_by(self, scope: Mapping[str, Any], body: bytes | None = None) -> RemoteActor | None:
        """The actor that signed a request, given as its ASGI scope and its body where it has one; None where it has no
        signature.

        `Unauthenticated` where the signature proves nothing, `Forbidden` where its host is blocked.
        """
        request = self._request(scope, body)
        if request is None:
            return None
        try:
            found = claims(request, now=now(), window=self._window)
            if not found:
                return None
            if len(found) > 1:
                raise BadSignature("Exactly one signature is taken here.")
            return await self._signer(request, found[0])
        except BadSignature as error:
            raise Unauthenticated(error.detail, code="bad_signature") from error
        except FetchError as error:
            raise Unauthenticated(
                "The key of this signature cannot be read.", code="key_unreadable", log_detail=error.detail
            ) from error

    async def _signer(self, request: SignedRequest, claim: Claim) -> RemoteActor:
        budget = Budget(FETCHES, SECONDS)
        key = await self._keys.key(claim.key_id, budget=budget)
        try:
            verify(request, claim, key)
        except BadSignature:
            # The key may have been changed without a word.
            fresh = await self._keys.refresh_key(claim.key_id, budget=budget)
            if fresh is None:
                raise
            key = fresh
            verify(request, claim, key)
        actor = await self._keys.get(key.owner, budget=budget)
        if self._blocked(actor.host):
            raise Forbidden("This server has nothing for yours.", code="blocked")
        return actor

    def _request(self, scope: Mapping[str, Any], body: bytes | None) -> SignedRequest | None:
        headers = self._headers(scope)
        host = next((value for name, value in headers if name == "host"), "")
        target = self._addresses.target(host, scope["raw_path"], scope["query_string"])
        return None if target is None else SignedRequest(scope["method"], target, headers, body)
