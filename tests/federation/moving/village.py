"""A backend `b1.a.test` of the domain `a.test`, a neighbour `c.test` that is made of bytes, and somebody who moves."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from federation.moving.relations import Relations
from federation.outbox.service import Outbox
from federation.signatures.models import Kind
from federation.signatures.mutual import signed
from tests.federation.inbox.letters import Letter, Persona
from tests.federation.inbox.town import Town, open_town
from tests.federation.outbound.wild import Seen, answer
from tests.uploads.site import Answer

ORIGIN = "https://b1.a.test"
BASE = "https://a.test"
NEIGHBOUR = "https://c.test"
FORWARDED = "/internal/v1/moving/forwarded"
_sequences = itertools.count(time.time_ns() // 1000)


@dataclass
class Village(Town):
    """`answers` are the statuses by which the neighbour answers what is passed on, the last one staying."""

    neighbour: Persona = field(default=None)  # type: ignore[assignment]
    answers: list[int] = field(default_factory=lambda: [202])

    @property
    def relations(self) -> Relations:
        return Relations(self.actors, self.remote, self.site.service(Outbox))

    async def leaves(self, name: str = "alice") -> None:
        """Somebody lives at the neighbour from now on."""
        account = self.accounts[name].id
        async with self.site.database.transaction() as connection:
            await connection.execute(
                "UPDATE accounts SET moved_to = $2, moved_at = now() WHERE id = $1", account, NEIGHBOUR
            )
            await self.relations.departed(connection, account, NEIGHBOUR)
        # Until this process has heard of it, it asks senders to come again.
        async with asyncio.timeout(60):
            while self.actors.addresses.is_local(self.actors.addresses.person(name)):
                await asyncio.sleep(0.01)
        self._look_anew()

    async def comes(self, name: str = "alice") -> None:
        """Somebody who lived at the neighbour lives here."""
        account = self.accounts[name].id
        async with self.site.database.transaction() as connection:
            await self.relations.arrived(connection, account, NEIGHBOUR)
        self._look_anew()

    def _look_anew(self) -> None:
        assert self.inbox.elsewhere is not None
        self.inbox.elsewhere._until = 0.0  # type: ignore[attr-defined]

    def take_forwarded(self, seen: Seen) -> bytes:
        """The neighbour's endpoint."""
        del seen
        return answer(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])

    def passed_on(self) -> list[dict[str, Any]]:
        """What came to the neighbour."""
        return [orjson.loads(seen.body) for seen in self.honest.seen_at(FORWARDED)]

    async def until(self, count: int) -> list[dict[str, Any]]:
        """The same, once it is so much."""
        async with asyncio.timeout(60):
            while len(self.passed_on()) < count:
                await asyncio.sleep(0.02)
        return self.passed_on()

    async def bring(self, payload: Mapping[str, Any], *, key: Any = None, path: str = FORWARDED) -> Answer:
        """What this server says to a message of the neighbour's."""
        body = json.dumps(payload).encode()
        key = key or self.neighbour.ed25519
        headers = signed("POST", ORIGIN + path, body, key_id=key.id, key=key, sequence=next(_sequences))
        headers |= {"Host": "b1.a.test", "Content-Type": "application/json"}
        async with self.site.client.post(self.site.url + path, data=body, headers=headers) as response:
            return Answer(response.status, response.headers, await response.read())

    def letter_to(self, sender: Persona, activity: dict[str, Any], path: str = "/users/alice/inbox") -> Letter:
        """A message to an inbox of this backend."""
        return self.letter(sender, Kind.RFC9421, activity, path=path, host="b1.a.test")


@asynccontextmanager
async def open_village(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[Village]:
    """The backend with alice and carol. Its Resolver is away."""
    async with open_town(
        database_url, redis_url, folder, public_url=ORIGIN, resolver_url="https://a.test", heartbeat_seconds=600,
        federation_time_scale=0.02,
    ) as town:  # fmt: skip
        village = Village(town.site, town.honest, town.evil, town.people, town.accounts)
        village.neighbour = village.persona(f"{NEIGHBOUR}/actor", type="Application")
        village.honest.paths[FORWARDED] = village.take_forwarded
        await village.site.sql("UPDATE domain_membership SET neighbours = $1 RETURNING 1", [NEIGHBOUR])
        yield village
