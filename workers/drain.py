"""What RQ runs: `drain`, in the one media worker of this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NoReturn

from workers.media import MediaWorker

PATIENCE_SECONDS = 600.0
PAUSE_SECONDS = 0.5


class Station:
    """This process's media worker and the event loop it lives on. `leave` ends the process."""

    def __init__(self, worker: MediaWorker, leave: Callable[[], NoReturn]) -> None:
        self.worker = worker
        self._leave = leave
        self._runner = asyncio.Runner()

    def drain(self) -> None:
        """Work until nothing is due, trying for some minutes while the server is away.

        Asked to stop meanwhile, the process ends here: RQ's own farewell could hang.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._runner.run(self.worker.drain())
            if self.worker.stopping:
                self._leave()
            if not self.worker.unsettled or time.monotonic() > until:
                break
            time.sleep(PAUSE_SECONDS)


_stations: list[Station] = []


def install(station: Station) -> None:
    """From now on `drain` works with this station."""
    _stations[:] = [station]


def drain() -> None:
    """Work until nothing is due. RQ finds this function by its name."""
    for station in _stations:
        station.drain()
