"""A server's outbox with its loop, somebody who speaks, and others elsewhere who are to hear it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from archypix.core.database import Database
from federation.actors.models import LocalActor
from federation.actors.service import ActorService
from federation.addresses import Addresses
from federation.documents.synchronization import Synchronization
from federation.outbound.client import Outbound
from federation.outbound.memory import HostMemory
from federation.outbox.courier import Courier
from federation.outbox.loop import DeliveryLoop
from federation.outbox.models import Recipients
from federation.outbox.queues import QueueService
from federation.outbox.service import Outbox
from federation.remote import store as remote_store
from federation.remote.models import ActorDocument
from tests.federation.outbox.sink import Sink, open_sink

MASTER = bytes(range(32))
ADDRESSES = Addresses("a.test", "https://a.test", "https://a.test")
IDLE = """
    SELECT NOT EXISTS (SELECT FROM delivery_hosts WHERE leased_by IS NOT NULL) AND NOT EXISTS (
        SELECT FROM deliveries d LEFT JOIN delivery_hosts h ON h.host = d.host
        WHERE (h.retry_at IS NULL OR h.retry_at <= now()) AND (d.retry_at IS NULL OR d.retry_at <= now())
        AND NOT EXISTS (SELECT FROM deliveries b WHERE b.host = d.host AND b.key = d.key AND b.inbox = d.inbox
            AND b.retry_at > now() AND (b.rank, b.id) < (d.rank, d.id)))
"""
HOSTS = tuple(f"{name}.test" for name in "bcdefgh")


@dataclass
class Office:
    """All of it; `local` has what was handed over within the server, `blocked` the hosts that get nothing."""

    url: str
    database: Database
    sink: Sink
    outbox: Outbox
    queues: QueueService
    actors: ActorService
    alice: LocalActor
    courier: Courier
    blocked: set[str] = field(default_factory=set)
    local: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    # What was said of collections beside what was handed over.
    digests: list[Synchronization] = field(default_factory=list)

    async def say(self, what: str, to: Recipients, **keywords: Any) -> UUID:
        """Have Alice say something in a transaction of its own."""
        async with self.database.transaction() as connection:
            activity = {"type": "Create", "object": {"type": "Note", "content": what}}
            return await self.outbox.publish(connection, self.alice, activity, to=to, **keywords)

    async def person(self, host: str, name: str, *, shared: bool = False, local: bool = False) -> int:
        """The row of an actor elsewhere."""
        uri = f"https://{host}/users/{name}"
        document = ActorDocument(
            uri=uri, host=host, type="Person", username=name, claimed=f"{name}@{host}", name=name, summary="", url=uri,
            icon_url=None, inbox=f"{uri}/inbox", shared_inbox=f"https://{host}/inbox" if shared else None, outbox=None,
            followers_uri=None, moved_to=None, also_known_as=(), approves_followers=False, keys=(),
        )  # fmt: skip
        async with self.database.transaction() as connection:
            if local:
                return await remote_store.write_local(connection, document)
            return (await remote_store.write(connection, document)).id

    async def follow(self, row: int, state: str = "accepted") -> None:
        await self.sql(
            "INSERT INTO followers (id, actor_id, remote_actor_id, state, follow_id) VALUES ($1, $2, $3, $4, $5)",
            uuid4(), self.alice.id, row, state, f"https://b.test/follows/{row}",
        )  # fmt: skip

    async def sql(self, statement: str, *values: Any) -> Any:
        """The first value of the first row."""
        async with self.database.connection() as connection:
            return await connection.fetchval(statement, *values)

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        async with self.database.connection() as connection:
            return list(await connection.fetch(statement, *values))

    async def pass_time(self) -> None:
        """Everything that waits for a later attempt becomes due; what was unreachable stays so, and is probed."""
        async with self.database.transaction() as connection:
            await connection.execute("UPDATE delivery_hosts SET retry_at = NULL")
            await connection.execute("UPDATE deliveries SET retry_at = NULL")
            await connection.execute("SELECT pg_notify('archypix_deliveries', host) FROM delivery_hosts")

    async def until_idle(self, *, waiting: int = 0, within: float = 90.0) -> None:
        """Return when nothing is under way or due; so many deliveries then wait for a later attempt."""
        async with asyncio.timeout(within):
            while not await self.sql(IDLE):
                await asyncio.sleep(0.02)
        assert await self.sql("SELECT count(*) FROM deliveries") == waiting

    async def queue(self, host: str) -> dict[str, Any]:
        async with self.database.connection() as connection:
            return dict(await connection.fetchrow("SELECT * FROM delivery_hosts WHERE host = $1", host) or {})

    @asynccontextmanager
    async def delivering(self, count: int = 1, lease: float = 45.0) -> AsyncIterator[None]:
        """So many loops at work, as if each were a server process."""
        loops = [
            asyncio.create_task(
                DeliveryLoop(self.url, self.database, self.courier, lease=timedelta(seconds=lease)).run()
            )
            for _ in range(count)
        ]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.wait(loops)


@asynccontextmanager
async def open_office(database_url: str, hosts: Sequence[str] = HOSTS) -> AsyncIterator[Office]:
    """An office on a fresh database; every host but `dead.test` leads to the sink."""
    database = await Database.open(database_url, size=6)
    actors = ActorService(database, ADDRESSES, MASTER)
    async with open_sink() as sink:
        host_map = dict.fromkeys(hosts, sink.url) | {"dead.test": "http://127.0.0.1:1"}
        outbound = Outbound(memory=HostMemory(database), own=ADDRESSES.is_local, host_map=host_map)
        await outbound.start()
        account_id = await _account(database)
        blocked: set[str] = set()
        local: list[tuple[str, str, dict[str, Any]]] = []
        digests: list[Synchronization] = []

        async def hand_over(inbox: str, actor_uri: str, activity: dict[str, Any], said: Synchronization | None) -> None:
            local.append((inbox, actor_uri, activity))
            if said is not None:
                digests.append(said)

        courier = Courier(outbound, actors, blocked=blocked.__contains__, local=hand_over)
        try:
            yield Office(
                database_url, database, sink, Outbox(database, ADDRESSES), QueueService(database), actors,
                await actors.of_account(account_id), courier, blocked, local,
                digests,
            )  # fmt: skip
        finally:
            await outbound.stop()
            await database.close()


async def _account(database: Database) -> int:
    async with database.connection() as connection:
        account_id: int = await connection.fetchval("INSERT INTO accounts (name) VALUES ('alice') RETURNING id")
        return account_id
