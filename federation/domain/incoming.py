"""What the Resolver and neighbours say to this server: who signed it, and that it comes once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from quart import request
from werkzeug.exceptions import RequestEntityTooLarge

from archypix.accounts.limiter import Budget, LocalBudgets
from archypix.accounts.models import Actor
from archypix.accounts.store import audit
from archypix.core import clock
from archypix.core.database import Database
from archypix.core.errors import Conflict, Forbidden, Invalid, RateLimited, TooLarge, Unauthenticated
from archypix.gate.requests import Doorkeeper
from federation.addresses import Addresses
from federation.domain import store
from federation.signatures import keys
from federation.signatures.models import BadSignature, PublicKey, WeakKey
from federation.signatures.mutual import checked, claimed_key, key_id_of
from federation.signatures.verify import WINDOW_SECONDS

logger = logging.getLogger(__name__)

# Messages a minute from one address that prove nothing; entries of the audit log about such.
MOST_UNPROVED = 600
MOST_NOTED = 60
MINUTE = 60.0
# A nonce is kept for as long as the signature around it could be taken for fresh.
NONCE_KEPT = timedelta(seconds=2 * WINDOW_SECONDS + 60)


class Incoming:
    """Reads the request at hand as a message of another server of the domain. What proves nothing is written down."""

    def __init__(self, database: Database, addresses: Addresses, doorkeeper: Doorkeeper) -> None:
        self._database = database
        self._addresses = addresses
        self._doorkeeper = doorkeeper
        self._budgets = LocalBudgets()

    async def from_resolver(self) -> dict[str, Any]:
        """The JSON object in a message of the Resolver; empty where it has no body.

        Raises `Unauthenticated` (`bad_signature`), `Forbidden` (`unknown_resolver`) before this server has introduced
        itself, `Conflict` (`replayed`), `RateLimited`, `Invalid`.
        """
        async with self._database.connection() as connection:
            pinned = (await store.standing(connection)).resolver_key
        if pinned is None or not self._addresses.shared:
            raise Forbidden("This server knows no Resolver.", code="unknown_resolver")
        return await self.from_key(key_id_of(self._addresses.base), pinned)

    async def from_key(self, key_id: str, multibase: str) -> dict[str, Any]:
        """The same for a message that the key `key_id` signed, which is written as `multibase`."""
        scope: Mapping[str, Any] = request.scope
        address = self._doorkeeper.address(request.scope)
        budget = Budget(f"a:{address}", MOST_UNPROVED, MINUTE)
        if wait := self._budgets.take([budget]):
            raise RateLimited("Too many messages that prove nothing.", retry_after=wait / 1e6)
        body = await _body()
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        try:
            if claimed_key(headers) != key_id:
                raise BadSignature("The message is signed in the name of another server.")
            key = PublicKey(key_id, key_id.partition("#")[0], "ed25519", keys.from_multibase(multibase))
            message = checked(scope["method"], self._url(scope), headers, body, key=key, now=clock.now())
        except (BadSignature, WeakKey) as error:
            await self._note("forged", address, str(error))
            raise Unauthenticated(str(error), code="bad_signature") from None
        self._budgets.give_back([budget])
        async with self._database.connection() as connection:
            fresh = await store.take_nonce(connection, key_id, message.nonce, NONCE_KEPT)
        if not fresh:
            await self._note("replayed", address, key_id)
            raise Conflict("This message came before.", code="replayed")
        return _object(body)

    def address(self) -> str:
        """From where the request at hand comes."""
        return self._doorkeeper.address(request.scope)

    def _url(self, scope: Mapping[str, Any]) -> str:
        path = scope["raw_path"].partition(b"?")[0].decode("ascii", "replace")
        query = scope["query_string"].decode("ascii", "replace")
        return f"{self._addresses.origin}{path}?{query}" if query else f"{self._addresses.origin}{path}"

    async def _note(self, why: str, address: str, detail: str) -> None:
        if self._budgets.take([Budget("noted", MOST_NOTED, MINUTE)]):
            return
        logger.warning("refused a message in the name of the Resolver or a neighbour: %s, %s", why, ascii(detail[:300]))
        async with self._database.connection() as connection:
            await audit.record(connection, Actor(None, address), f"domain.{why}", "", {"detail": detail[:300]})


async def _body() -> bytes:
    try:
        data = await request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        raise TooLarge("A message has at most one mebibyte.") from None
    assert isinstance(data, bytes)
    return data


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise Invalid("The body is no JSON.") from None
    if not isinstance(found, dict):
        raise Invalid("The body is no JSON object.")
    return found
