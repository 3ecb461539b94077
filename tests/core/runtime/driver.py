"""A stand-in for Archypix's commands: runs the embedded services as one of them would, and says how they fare.

`python -m tests.core.runtime.driver {open,serve,command} DATA [OPTION…]` prints a line of JSON once it is ready (or
`{"error": …}`), and ends by itself when its standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures.thread  # noqa: F401 - see the change of user
import json
import logging
import os
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

from archypix.core.errors import StartupError
from archypix.core.runtime import postgres, valkey
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.services import Endpoints, services, serving
from archypix.core.settings import Settings, load_settings


def tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def serve(settings: Settings, began: float) -> None:
    async with serving(settings) as runtime:
        while True:
            children = {state.name: state.pid for state in runtime.supervisor.children()}
            tell(**addresses(runtime.endpoints), children=children, seconds=time.monotonic() - began)
            # Each further line of input asks again how the children fare.
            if not await asyncio.to_thread(sys.stdin.readline):
                return


async def command(settings: Settings, began: float) -> None:
    async with AsyncExitStack() as stack:
        endpoints = await stack.enter_async_context(services(settings))
        tell(**addresses(endpoints), seconds=time.monotonic() - began)
        await asyncio.to_thread(sys.stdin.read)
        tell(through=True)


def addresses(endpoints: Endpoints) -> dict[str, str]:
    return {"database_url": endpoints.database_url, "redis_url": endpoints.redis_url}


def _be_patient(*services: ModuleType) -> None:
    """What ends in good order may take its time: rougher ways are for what does not end at all."""
    for service in services:
        service.LEFTOVER_STEPS = tuple((signal, 60.0) for signal, _ in service.LEFTOVER_STEPS)  # type: ignore[attr-defined]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("open", "serve", "command"))
    parser.add_argument("data", type=Path)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--postgres-bin", type=Path)
    parser.add_argument("--database-url")
    parser.add_argument("--redis-url")
    arguments = parser.parse_args()
    if arguments.uid is not None:
        # After everything, even what is usually imported late: the interpreter may lie where that user cannot go.
        os.setgroups([])
        os.setgid(arguments.uid)
        os.setuid(arguments.uid)
    _be_patient(postgres, valkey)
    logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(name)s %(message)s")
    began = time.monotonic()
    try:
        settings = load_settings(
            {},
            data=arguments.data,
            postgres_bin=arguments.postgres_bin,
            database_url=arguments.database_url,
            redis_url=arguments.redis_url,
        )
        if arguments.what == "open":
            tell(root=str(DataDir.open(arguments.data).root))
        else:
            asyncio.run((serve if arguments.what == "serve" else command)(settings, began))
    except StartupError as error:
        tell(error=error.detail)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
