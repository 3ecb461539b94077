"""How a server becomes a backend: it says who it is, its own actor proves the key, and an administrator decides."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

import orjson

from archypix.accounts.limiter import Budget, LocalBudgets
from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Forbidden, Invalid, RateLimited
from federation.documents.origins import origin as origin_of
from federation.signatures.mutual import fingerprint, key_id_of
from resolver.audit import Actor, record
from resolver.backends import store
from resolver.backends.models import Backend, Introduction
from resolver.reaching import BackendAway, Reach
from resolver.refusals import Refusals

logger = logging.getLogger(__name__)

MOST_STRANGERS = 100
STRANGERS_KEPT = timedelta(days=7)
# Each introduction of a stranger makes the Resolver ask an address that the stranger chose.
MOST_OF_ADDRESS = 30
MOST_AT_ALL = 240
MINUTE = 60.0
AT_ONCE = 8
ASK_SECONDS = 8.0
LONGEST_ACTOR = 256 << 10
ACTIVITY = "application/activity+json"


class Introducing:
    """Takes introductions that are signed by the key they bring."""

    def __init__(self, database: Database, reach: Reach, refusals: Refusals, *, base: str) -> None:
        self._database = database
        self._reach = reach
        self._refusals = refusals
        self._base = base
        self._budgets = LocalBudgets()
        self._asking = asyncio.Semaphore(AT_ONCE)

    def check(self, said: Introduction, claimed: str) -> None:
        """Raises `Invalid` for an origin that no backend can have, and `Forbidden` for another's than who signed."""
        try:
            normal = origin_of(said.origin)
        except ValueError:
            normal = ""
        if normal != said.origin or said.origin == self._base or not self._reach.admits(said.origin):
            raise Invalid("This is no origin that a backend of this domain can have.", code="bad_origin")
        if claimed != said.origin:
            raise Forbidden("The introduction is signed in the name of another server.", code="other_origin")

    async def take(self, said: Introduction, sequence: int, address: str) -> Backend:
        """Take a proved introduction; the backend then.

        Raises `Conflict` (`stale`) where it is not the newest, `Forbidden` (`other_key`) where the server's own actor
        shows another key, `BackendAway` where that cannot be read, `RateLimited`.
        """
        async with self._database.connection() as connection:
            known = await store.by_origin(connection, said.origin)
        if known is not None and sequence <= known.introduced_sequence:
            await self._stale(said.origin, address)
        if known is None or said.key != known.presented:
            self._count(address)
            await self._prove(said, address)
        async with self._database.transaction() as connection:
            await store.lock(connection)
            return await self._write(connection, said, sequence, address)

    async def _write(self, connection: Connection, said: Introduction, sequence: int, address: str) -> Backend:
        mark, actor = fingerprint(said.key), Actor(f"backend {said.origin}", address)
        known = await store.by_origin(connection, said.origin)
        if known is None:
            if await store.count_strangers(connection) >= MOST_STRANGERS:
                raise RateLimited("Too many servers wait to be admitted.", retry_after=600, code="too_many_pending")
            await store.introduce(connection, said, mark, sequence)
            await record(connection, actor, "backend.introduced", said.origin, {"fingerprint": mark})
            logger.warning("%s asks to be a backend of this domain; its key is %s", said.origin, mark)
        else:
            changed = known.admitted and said.key != known.pinned
            state = "pending" if changed else known.state
            if not await store.introduce_again(connection, known, said, mark, sequence, state=state):
                raise Conflict("A newer introduction has come.", code="stale")
            if changed:
                await record(connection, actor, "backend.key_changed", said.origin, {"fingerprint": mark})
                logger.warning("%s shows another key, %s: it must be admitted again", said.origin, mark)
        await store.tell(connection)
        found = await store.by_origin(connection, said.origin)
        assert found is not None
        return found

    async def _prove(self, said: Introduction, address: str) -> None:
        """Ask the server itself whether this is its key."""
        async with self._asking:
            answer = await self._reach.ask(
                said.origin, "GET", "/actor", headers=[("Accept", ACTIVITY)], seconds=ASK_SECONDS, limit=LONGEST_ACTOR
            )
        try:
            shown = shown_key(orjson.loads(answer.body), said.origin) if answer.status == 200 else None
        except orjson.JSONDecodeError:
            shown = None
        if shown is None:
            detail = f"{said.origin}/actor shows no key by which the introduction could be checked."
            raise BackendAway(detail, log_detail=f"{detail} It answered {answer.status}.")
        if shown != said.key:
            await self._refusals.note("other_key", said.origin, address)
            raise Forbidden(f"{said.origin}/actor shows another key than the introduction.", code="other_key")

    async def _stale(self, origin: str, address: str) -> None:
        await self._refusals.note("stale", origin, address)
        raise Conflict("A newer introduction has come.", code="stale")

    def _count(self, address: str) -> None:
        budgets = [Budget(f"a:{address}", MOST_OF_ADDRESS, MINUTE), Budget("all", MOST_AT_ALL, MINUTE)]
        if wait := self._budgets.take(budgets):
            raise RateLimited("Too many introductions.", retry_after=wait / 1e6)

    async def sweep(self) -> None:
        """Forget strangers whom nobody admitted."""
        async with self._database.connection() as connection:
            await store.forget_strangers(connection, STRANGERS_KEPT)
            await store.sweep_nonces(connection)


def shown_key(document: Any, origin: str) -> str | None:
    """The Ed25519 key in the document of a server's own actor, as multibase."""
    if not isinstance(document, dict) or document.get("id") != f"{origin}/actor":
        return None
    methods = document.get("assertionMethod")
    for method in methods if isinstance(methods, list) else [methods]:
        if isinstance(method, dict) and method.get("id") == key_id_of(origin):
            text = method.get("publicKeyMultibase")
            return text if isinstance(text, str) else None
    return None
