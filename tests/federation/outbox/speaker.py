"""A process that changes things, says so and delivers it, until somebody ends it.

    python -m tests.federation.outbox.speaker DATABASE_URL SINK_URL

Each change is a row of the table `changes` and an activity in the same transaction.
"""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import timedelta

from archypix.core.database import Database
from federation.actors.service import ActorService
from federation.outbound.client import Outbound
from federation.outbound.memory import HostMemory
from federation.outbox.courier import Courier
from federation.outbox.loop import DeliveryLoop
from federation.outbox.service import Outbox
from tests.federation.outbox.office import ADDRESSES, HOSTS, MASTER

KEYS = 3
# Changes that wait are no more than this.
AHEAD = 60
LEASE = timedelta(seconds=60)


async def change_forever(database: Database, outbox: Outbox, actors: ActorService) -> None:
    """Make changes, some of which fail at the last moment."""
    alice = await actors.of_name("alice")
    assert alice is not None
    while True:
        async with database.connection() as connection:
            if await connection.fetchval("SELECT count(*) FROM deliveries") > AHEAD:
                await asyncio.sleep(0.01)
                continue
        try:
            async with database.transaction() as connection:
                number = await connection.fetchval("INSERT INTO changes DEFAULT VALUES RETURNING number")
                recipients = [row["id"] for row in await connection.fetch("SELECT id FROM remote_actors")]
                activity = {"type": "Create", "object": {"type": "Note", "content": str(number)}}
                await outbox.publish(connection, alice, activity, to=recipients, key=f"key {number % KEYS}")
                if random.random() < 0.1:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass


async def main(database_url: str, sink: str) -> None:
    database = await Database.open(database_url, size=4)
    actors = ActorService(database, ADDRESSES, MASTER)
    outbound = Outbound(memory=HostMemory(database), own=ADDRESSES.is_local, host_map=dict.fromkeys(HOSTS, sink))
    await outbound.start()

    async def nobody(*_: object) -> None:
        raise AssertionError

    courier = Courier(outbound, actors, blocked=lambda _: False, local=nobody)
    print("speaking", flush=True)
    await asyncio.gather(
        change_forever(database, Outbox(database, ADDRESSES), actors),
        DeliveryLoop(database_url, database, courier, lease=LEASE).run(),
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
