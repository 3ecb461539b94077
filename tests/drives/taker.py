"""A process that wants one lock many times at once: `URL HIERARCHY TOKEN ACCOUNT`; it says how often it got it.

It says that it is ready, and begins when it hears something.
"""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import Conflict
from archypix.drives.locks import Locks
from archypix.drives.models import Drive


async def take(url: str, drive: Drive) -> int:
    """How many of twenty tries at once succeeded."""
    database = await Database.open(url, size=5)

    async def one() -> bool:
        try:
            async with database.transaction() as connection:
                await Locks().acquire(connection, drive, ["Alps", "a.jpg"], deep=False, shared=False)
        except Conflict:
            return False
        return True

    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    try:
        return sum(await asyncio.gather(*(one() for _ in range(20))))
    finally:
        await database.close()


if __name__ == "__main__":
    address, hierarchy, token, account = sys.argv[1:]
    device = Drive(int(account), "alice", UUID(hierarchy), "library", int(token), "x", False, False)
    print(asyncio.run(take(address, device)), flush=True)
