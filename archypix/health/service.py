"""Readiness: each thing the server rests on is asked, within a bound of time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from archypix.core.errors import ArchypixError

Probe = Callable[[], Awaitable[object]]
PROBE_SECONDS = 3.0


class HealthService:
    """Asks named probes; a probe is a coroutine function that returns when all is well and raises when not."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self._probes = dict(probes)
        self._stopping = False

    def stopping(self) -> None:
        """From now on not ready: load balancers are to send nobody here."""
        self._stopping = True

    async def readiness(self) -> dict[str, str]:
        """Each probe's name with `ok`, or with a short reason that holds no secret."""
        names = list(self._probes)
        found = await asyncio.gather(*(self._ask(self._probes[name]) for name in names))
        report = dict(zip(names, found, strict=True))
        if self._stopping:
            report["server"] = "stopping"
        return report

    async def _ask(self, probe: Probe) -> str:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await probe()
        except TimeoutError:
            return "no answer"
        except ArchypixError as error:
            return error.detail
        except Exception as error:  # noqa: BLE001 - whatever a client library raises, the answer is "not ready"
            return type(error).__name__
        return "ok"
