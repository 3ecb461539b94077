"""Claims: a backend says that people are its own, and is asked whether it has them before it is believed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import orjson

from archypix.core.database import Connection
from archypix.core.errors import Fault, Forbidden
from resolver.backends.models import Backend
from resolver.ground import Ground
from resolver.names import store
from resolver.names.models import Result
from resolver.reaching import BackendAway
from resolver.refusals import Refusals

PEOPLE = "/internal/v1/domain/people"
OWN = frozenset({"pending", "active", "deleted"})
ASK_SECONDS = 10.0
AT_ONCE = 8
LONGEST_ACTOR = 256 << 10
MOST_NAMED = 50

# Which of these names are on their way to somebody whom the Resolver itself is registering.
Reserved: TypeAlias = Callable[[Connection, Sequence[str]], Awaitable[set[str]]]


class Unproven(Forbidden):
    """A backend claims people that it does not have."""

    code = "unproven_names"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__("The backend itself does not know these people. Nothing was claimed.")
        self.faults = tuple(Fault(f"names.{name}", "Nobody is called so there.") for name in names[:MOST_NAMED])


class Claiming:
    """Takes claims of admitted backends. `reserved` tells which names the Resolver itself is giving away just now."""

    def __init__(self, ground: Ground, refusals: Refusals, *, reserved: Reserved) -> None:
        self._database = ground.database
        self._names = ground.names
        self._asker = ground.asker
        self._reach = ground.reach
        self._refusals = refusals
        self._base = ground.base
        self._domain = ground.domain
        self._reserved = reserved

    async def claim(self, backend: Backend, names: Sequence[str], address: str) -> dict[str, Result]:
        """Give those of `names` that nobody has to the backend, all in one transaction; what became of each.

        `Unproven` where a new one is nobody's there: then none is given. `BackendAway` where it does not answer.
        """
        names = sorted(set(names))
        async with self._database.connection() as connection:
            known = await store.known(connection, names)
        fresh = [name for name in names if name not in known]
        states = await self._states(backend, fresh) if fresh else {}
        if missing := [name for name in fresh if states.get(name) not in OWN]:
            await self._refusals.note("unproven", backend.origin, address, " ".join(missing[:10]))
            raise Unproven(missing)
        deleted = {name for name, state in states.items() if state == "deleted"}
        async with self._database.transaction() as connection:
            held = await self._reserved(connection, names)
            open_ones = [name for name in names if name not in held or name in known]
            results = await self._names.claim(connection, backend.id, open_ones, deleted=deleted)
        self._names.changed(*open_ones)
        return {name: results.get(name, "reserved") for name in names}

    async def _states(self, backend: Backend, names: Sequence[str]) -> dict[str, str]:
        """What the backend says of people called so: pending, active, deleted; others are left out."""
        status, told = await self._asker.ask(
            backend.origin, "POST", PEOPLE, {"names": list(names)}, seconds=ASK_SECONDS, limit=1 << 20
        )
        if status in (404, 405):
            return await self._shown(backend, names)
        people = told.get("people")
        if status != 200 or not isinstance(people, dict):
            detail = "The backend does not say whether these are its people."
            raise BackendAway(detail, log_detail=f"{backend.origin} answered {status}")
        return {name: state for name, state in people.items() if isinstance(state, str)}

    async def _shown(self, backend: Backend, names: Sequence[str]) -> dict[str, str]:
        """Those of `names` whose actors the backend shows to anybody."""
        places = asyncio.Semaphore(AT_ONCE)

        async def look(name: str) -> bool:
            async with places:
                return await self._shows(backend, name)

        found = await asyncio.gather(*(look(name) for name in names))
        return {name: "active" for name, there in zip(names, found, strict=True) if there}

    async def _shows(self, backend: Backend, name: str) -> bool:
        answer = await self._reach.ask(
            backend.origin, "GET", f"/users/{name}", headers=[("Accept", "application/activity+json")],
            host=self._domain, seconds=ASK_SECONDS, limit=LONGEST_ACTOR,
        )  # fmt: skip
        try:
            document = orjson.loads(answer.body) if answer.status == 200 else None
        except orjson.JSONDecodeError:
            return False
        return isinstance(document, dict) and document.get("id") == f"{self._base}/users/{name}"
