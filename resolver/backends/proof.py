"""Who sent a message: its signature, checked with the key that an administrator admitted, and that it comes once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from quart import Request
from werkzeug.exceptions import RequestEntityTooLarge

from archypix.accounts.limiter import Budget, LocalBudgets
from archypix.core import clock
from archypix.core.database import Database
from archypix.core.errors import Conflict, Forbidden, RateLimited, TooLarge, Unauthenticated
from archypix.gate.requests import Doorkeeper
from federation.signatures.models import BadSignature, PublicKey
from federation.signatures.mutual import Message, checked, claimed_key, origin_of
from federation.signatures.verify import WINDOW_SECONDS
from resolver.backends import store
from resolver.backends.models import Backend
from resolver.refusals import Refusals

# Messages a minute from one address that prove nothing, and from one backend that do.
MOST_UNPROVED = 600
MOST_PROVED = 3000
MINUTE = 60.0
# A nonce is kept for as long as the signature around it could be taken for fresh.
NONCE_KEPT = timedelta(seconds=2 * WINDOW_SECONDS + 60)


@dataclass(frozen=True, slots=True)
class Proved:
    """A message and who sent it."""

    backend: Backend
    message: Message
    body: bytes
    address: str


class Proofs:
    """Checks messages of backends. Whatever proves nothing is refused, and written down."""

    def __init__(self, database: Database, doorkeeper: Doorkeeper, refusals: Refusals, *, base: str) -> None:
        self._database = database
        self._doorkeeper = doorkeeper
        self.refusals = refusals
        self._base = base
        self._budgets = LocalBudgets()

    async def of_known(self, request: Request) -> Proved:
        """The message of a backend that has introduced itself, whatever became of that; its sequence is not checked.

        Raises `Unauthenticated` (`bad_signature`), `Forbidden` (`unknown_backend`), `RateLimited`.
        """
        address = self.address(request)
        budget = self.arrive(address)
        body = await body_of(request)
        origin = await self.claimed(request, address)
        async with self._database.connection() as connection:
            backend = await store.by_origin(connection, origin)
        if backend is None:
            await self.refusals.note("unknown", origin, address)
            raise Forbidden("No backend with this origin has introduced itself here.", code="unknown_backend")
        message = await self.check(request, body, backend.key(), origin, address)
        self._budgets.give_back([budget])
        if wait := self._budgets.take([Budget(f"b:{backend.id}", MOST_PROVED, MINUTE)]):
            raise RateLimited("Too many messages.", retry_after=wait / 1e6)
        return Proved(backend, message, body, address)

    async def of_admitted(self, request: Request) -> Proved:
        """The message of an admitted backend, taken this once. Raises further `Forbidden` (`not_admitted`,
        `refused_backend`) and `Conflict` (`replayed`)."""
        proved = await self.of_known(request)
        backend = proved.backend
        if not backend.admitted:
            await self.refusals.note("not_admitted", backend.origin, proved.address)
            code = "refused_backend" if backend.state == "refused" else "not_admitted"
            raise Forbidden("No administrator of the domain has admitted this backend.", code=code)
        async with self._database.connection() as connection:
            fresh = await store.take_nonce(connection, backend.id, proved.message.nonce, NONCE_KEPT)
        if not fresh:
            await self.refusals.note("replayed", backend.origin, proved.address)
            raise Conflict("This message came before.", code="replayed")
        return proved

    async def claimed(self, request: Request, address: str) -> str:
        """The origin in whose name a message comes. `Unauthenticated` where it has no signature."""
        try:
            return origin_of(claimed_key(headers_of(request.scope)))
        except BadSignature as error:
            await self.refusals.note("unsigned", "", address, error.detail)
            raise Unauthenticated(error.detail, code="bad_signature") from None

    async def check(self, request: Request, body: bytes, key: PublicKey, origin: str, address: str) -> Message:
        """What a message proves that is signed by `key`. `Unauthenticated` where it proves nothing."""
        scope: Mapping[str, Any] = request.scope
        path = scope["raw_path"].partition(b"?")[0].decode("ascii", "replace")
        query = scope["query_string"].decode("ascii", "replace")
        url = f"{self._base}{path}?{query}" if query else f"{self._base}{path}"
        try:
            return checked(scope["method"], url, headers_of(scope), body, key=key, now=clock.now())
        except BadSignature as error:
            await self.refusals.note("forged", origin, address, error.detail)
            raise Unauthenticated(error.detail, code="bad_signature") from None

    def address(self, request: Request) -> str:
        """From where a message comes."""
        return self._doorkeeper.address(request.scope)

    def arrive(self, address: str) -> Budget:
        """Count one message from an address before anything of it is read. `RateLimited`."""
        budget = Budget(f"a:{address}", MOST_UNPROVED, MINUTE)
        if wait := self._budgets.take([budget]):
            raise RateLimited("Too many messages that prove nothing.", retry_after=wait / 1e6)
        return budget


async def body_of(request: Request) -> bytes:
    """The whole body, at most a mebibyte. Raises `TooLarge`."""
    try:
        data = await request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        raise TooLarge("A message has at most one mebibyte.") from None
    assert isinstance(data, bytes)
    return data


def headers_of(scope: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The headers as they came."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
