"""The database and the cache of one test run, as a process of their own that ends when its standard input does.

Started by `tests/conftest.py`: `python -m tests.embedded FOLDER` prints their addresses as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path

import asyncpg

from archypix.core.database import migrate
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.identity import service_identity
from archypix.core.runtime.postgres import Postgres, database_url
from archypix.core.runtime.supervisor import Supervisor
from archypix.core.runtime.valkey import Valkey

TEMPLATE = "archypix_template"
CACHES = 64
# Nothing here has to survive a power cut.
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
    "log_min_messages": "fatal",
}


async def main(folder: Path) -> None:
    """Start, make the template database, tell the addresses, and wait for the end of the input."""
    data = DataDir.open(folder)
    identity = service_identity(data.root)
    postgres, valkey = Postgres(data, identity, options=QUICK), Valkey(data, identity, databases=CACHES)
    async with Supervisor() as supervisor:
        await supervisor.start(postgres.child(), valkey.child())
        admin = await asyncpg.connect(postgres.admin_url)
        await admin.execute(f"CREATE DATABASE {TEMPLATE} OWNER archypix")
        await admin.close()
        await migrate(database_url(data, database=TEMPLATE))
        print(json.dumps({"postgres": postgres.admin_url, "valkey": valkey.url.partition("?")[0]}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(Path(sys.argv[1])))
