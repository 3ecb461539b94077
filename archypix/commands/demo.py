"""`archypix demo`: three servers on this machine with people who share pictures, and a tour of what to try."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from archypix.commands.demonstration import servers, story
from archypix.commands.demonstration.people import Person
from archypix.commands.demonstration.tour import tour
from archypix.core.errors import StartupError
from archypix.core.runtime.supervisor import Supervisor
from archypix.core.settings import Settings

FIRST_PORT = 8001
NAMES = ("alice", "bob", "carol")
# What a data directory of a single server has, and one of the demonstration has not.
FOREIGN = ("postgres", "secrets", "files")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument(
        "--port", type=int, metavar="N", default=FIRST_PORT, help="first of three ports (default 8001; 0: any)"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Show it until SIGINT or SIGTERM; 0 after a clean stop. Without a data directory all is removed at the end."""
    chosen = arguments.data or os.environ.get("ARCHYPIX_DATA")
    with _folder(chosen) as data:
        _log_to(data / "demo.log")
        return asyncio.run(_show(data, arguments.port, kept=chosen is not None))


@contextmanager
def _folder(chosen: str | None) -> Iterator[Path]:
    if chosen is None:
        made = Path(tempfile.mkdtemp(prefix="archypix-demo-"))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return
    data = Path(chosen).expanduser().absolute()
    try:
        data.mkdir(parents=True, exist_ok=True)
        if any((data / name).exists() for name in FOREIGN):
            raise StartupError(f"{data} is the data directory of a server. Choose another one with --data.")
    except OSError as error:
        raise StartupError(f"{data} cannot be used: {error.strerror}.") from error
    yield data


def _log_to(path: Path) -> None:
    try:
        handler = logging.FileHandler(path)
    except OSError as error:
        raise StartupError(f"{path} cannot be written: {error.strerror}.") from error
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


async def _show(data: Path, port: int, *, kept: bool) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    showing = asyncio.create_task(_until_stopped(data, port, stop, kept=kept))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({showing, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not showing.done():
        showing.cancel()
    await asyncio.wait({showing})
    stopped.cancel()
    if not showing.cancelled():
        showing.result()
    say("stopped")
    return 0


async def _until_stopped(data: Path, port: int, stop: asyncio.Event, *, kept: bool) -> None:
    began = time.monotonic()
    all_places = servers.places(data, port)
    say("starting three servers on this machine …")
    painting = [asyncio.create_task(story.paint(name)) for name in NAMES]
    async with servers.running(all_places) as supervisor, aiohttp.ClientSession() as session:
        people = [Person(session, place, name) for place, name in zip(all_places, NAMES, strict=True)]
        await asyncio.gather(*(_settle(person, painted) for person, painted in zip(people, painting, strict=True)))
        shown = await story.share(people, say)
        say(f"ready after {time.monotonic() - began:.0f} seconds")
        say(tour(people, shown, data, kept=kept, pids=_pids(supervisor)))
        await stop.wait()


async def _settle(person: Person, painting: asyncio.Task[list[tuple[str, bytes, str]]]) -> None:
    await person.arrive()
    await story.put_in(person, await painting, say)


def _pids(supervisor: Supervisor) -> Sequence[int | None]:
    return [state.pid for state in supervisor.children()]


def say(text: str) -> None:
    """To the person who watches."""
    print(text, flush=True)
