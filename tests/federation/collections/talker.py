"""A process that keeps posts what the tags say and delivers what there is to say, until somebody ends it.

python -m tests.federation.collections.talker DATABASE_URL SINK_URL
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from archypix.core.database import Database
from federation.actors.service import ActorService
from federation.collections.publisher import Publisher, PublisherLoop
from federation.outbound.client import Outbound
from federation.outbound.memory import HostMemory
from federation.outbox.courier import Courier
from federation.outbox.loop import DeliveryLoop
from federation.outbox.service import Outbox
from tests.federation.collections.gallery import ADDRESSES, MASTER

HOSTS = ("b.test", "c.test")
LEASE = timedelta(seconds=60)


async def main(database_url: str, sink: str) -> None:
    database = await Database.open(database_url, size=4)
    actors = ActorService(database, ADDRESSES, MASTER)
    outbound = Outbound(memory=HostMemory(database), own=ADDRESSES.is_local, host_map=dict.fromkeys(HOSTS, sink))
    await outbound.start()

    async def nobody(*_: object) -> None:
        raise AssertionError

    courier = Courier(outbound, actors, blocked=lambda _: False, local=nobody)
    publisher = Publisher(database, actors, Outbox(database, ADDRESSES), loud_an_hour=100_000)
    print("talking", flush=True)
    await asyncio.gather(
        PublisherLoop(database_url, database, publisher, settle_seconds=0.05).run(),
        DeliveryLoop(database_url, database, courier, lease=LEASE).run(),
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
