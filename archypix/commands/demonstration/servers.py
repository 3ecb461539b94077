"""The three servers of a demonstration as child processes on loopback, each with a data directory of its own."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from logging import INFO
from pathlib import Path
from signal import Signals

import aiohttp

from archypix.core.errors import StartupError
from archypix.core.runtime.processes import Command
from archypix.core.runtime.supervisor import Child, Supervisor, until

HOST = "127.0.0.1"
LETTERS = ("a", "b", "c")
PORTS = "ports"
SETUP_LINK = re.compile(r"/setup\?token=(\S+)")
STARTS_WITHIN = 180.0
STOPS_WITHIN = 8.0
POLL = 0.1


@dataclass(slots=True)
class Place:
    """One server: `domain` is the part of handles after `@`, `url` where it is reached from this machine."""

    letter: str
    port: int
    data: Path
    # The secret of the link by which the administrator is made, once it is printed.
    setup: str | None = field(default=None, repr=False)

    @property
    def domain(self) -> str:
        return f"{self.letter}.localhost"

    @property
    def origin(self) -> str:
        """Where people reach it, as all addresses say that it gives out."""
        return f"http://{self.domain}:{self.port}"

    @property
    def url(self) -> str:
        """The same by number: not every program knows that names below `localhost` are this machine."""
        return f"http://{HOST}:{self.port}"

    def hear(self, line: str) -> int:
        """The log level of a line that it writes; the setup link is kept."""
        if match := SETUP_LINK.search(line):
            self.setup = match[1]
        return INFO


def places(data: Path, first_port: int) -> list[Place]:
    """The three: where they were before, as others know them there, else on `first_port` and the two after it where
    they are free, else on others that are. `StartupError` where somebody else has the ports that they had."""
    ports = _remembered(data) or _chosen(first_port)
    if _free(ports) is None:
        raise StartupError(f"Something else listens on {' or '.join(map(str, ports))}. End it, or take other --data.")
    (data / PORTS).write_text("\n".join(map(str, ports)))
    return [Place(letter, port, data / letter) for letter, port in zip(LETTERS, ports, strict=True)]


def _remembered(data: Path) -> list[int] | None:
    try:
        ports = [int(line) for line in (data / PORTS).read_text().split()]
    except (OSError, ValueError):
        return None
    return ports if len(ports) == len(LETTERS) else None


def _chosen(first_port: int) -> list[int]:
    wanted = [first_port + number for number in range(len(LETTERS))] if first_port else [0] * len(LETTERS)
    ports = _free(wanted) or _free([0] * len(LETTERS))
    if ports is None:
        raise StartupError("There are no three free ports.")
    return ports


def _free(ports: Sequence[int]) -> list[int] | None:
    """These ports, 0 replaced by any that is free; None where one is taken."""
    with ExitStack() as stack:
        found = []
        for port in ports:
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind((HOST, port))
            except (OSError, OverflowError):
                return None
            found.append(one.getsockname()[1])
        return found


@asynccontextmanager
async def running(all_places: Sequence[Place]) -> AsyncIterator[Supervisor]:
    """The servers, started side by side and started again if one dies, until the block ends."""
    async with Supervisor() as supervisor:
        await supervisor.start(*(_child(place, all_places) for place in all_places))
        try:
            yield supervisor
        finally:
            await supervisor.stop(within=STOPS_WITHIN)


def _child(place: Place, all_places: Sequence[Place]) -> Child:
    async def ready() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            await until(lambda: _answers(session, place), every=POLL)

    words = ["serve", "--data", str(place.data), "--host", HOST, "--port", str(place.port), "--workers", "1"]
    return Child(
        name=place.domain,
        # On SIGTERM it ends what it has started itself, whatever becomes of us.
        command=Command(
            [sys.executable, "-m", "archypix.cli", *words],
            env=_environment(place, all_places),
            death_signal=Signals.SIGTERM,
        ),
        ready=ready,
        level=place.hear,
        explain=lambda lines: "; ".join(lines[-3:]),
        start_within=STARTS_WITHIN,
    )


def _environment(place: Place, all_places: Sequence[Place]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ARCHYPIX_")}
    return inherited | {
        "PYTHONUNBUFFERED": "1",
        "ARCHYPIX_DOMAIN": place.domain,
        "ARCHYPIX_PUBLIC_URL": place.origin,
        "ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1",
        "ARCHYPIX_FEDERATION_HOST_MAP": ",".join(
            f"{other.domain}={other.url}" for other in all_places if other is not place
        ),
    }


async def _answers(session: aiohttp.ClientSession, place: Place) -> bool:
    try:
        async with session.get(f"{place.url}/readyz") as answer:
            return answer.status == 200
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False
