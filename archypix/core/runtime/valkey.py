"""The embedded Valkey: queues and short-lived state, on a socket, with its log of changes synced every second."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from signal import Signals
from urllib.parse import quote

from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.identity import Identity, give
from archypix.core.runtime.leftovers import clear
from archypix.core.runtime.processes import Command, launch, plain_environment
from archypix.core.runtime.programs import valkey_program
from archypix.core.runtime.sockets import short_folder
from archypix.core.runtime.supervisor import Child, until

logger = logging.getLogger(__name__)

SOCKET = "valkey.sock"
PROGRAM = "valkey-server"
MEMORY = "256mb"
POLL = 0.01
ANSWER_WITHIN = 5.0
START_WITHIN = 120.0
REPAIR_WITHIN = 60.0
LOG_FOLDER = "appendonlydir"
BROKEN = "appendonlydir.broken"
LEFTOVER_STEPS = ((Signals.SIGTERM, 3.0), (Signals.SIGKILL, 30.0))

UNREADABLE = re.compile(r"(Bad file format|Unrecoverable error|Unexpected end of file) reading the append only file")
# What the server advises about the machine's kernel at every start, as warnings.
ADVICE = ("WARNING Memory overcommit", "WARNING You have Transparent Huge Pages", "ready to exit", "The TCP backlog")


def store_folder(data: DataDir) -> Path:
    """Where the data lie: in a folder that only this user (or root) may enter."""
    return data.valkey / "store"


def cache_url(data: DataDir, database: int = 0) -> str:
    """The address of a database of this data directory's embedded server, for redis-py, whether or not it runs."""
    return f"unix://{quote(str(_socket(data)))}?db={database}"


def _socket(data: DataDir) -> Path:
    return short_folder(store_folder(data), SOCKET) / SOCKET


async def answers(socket: Path) -> bool:
    """True when the server at `socket` answers; False while it is away or still loading."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            reader, writer = await asyncio.open_unix_connection(str(socket))
            try:
                writer.write(b"PING\r\n")
                return await reader.readline() == b"+PONG\r\n"
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def runs(data: DataDir) -> bool:
    """True when the embedded server of this data directory answers."""
    return await answers(_socket(data))


class Valkey:
    """The embedded server of one data directory, for the holder of its `owner` lock; `identity` is who runs it."""

    def __init__(self, data: DataDir, identity: Identity, *, databases: int = 16) -> None:
        self._data = data
        self._identity = identity
        self._databases = databases
        self._store = store_folder(data)
        self._address = _socket(data)
        self._program: Path | None = None
        self._mended = False
        self.url = cache_url(data)

    def child(self) -> Child:
        """For the supervisor: the server, ready once it answers."""
        return Child(
            name="valkey",
            command=self._command,
            ready=self._ready,
            repair=self._repair,
            level=log_level,
            attempts=3,
            start_within=START_WITHIN,
        )

    async def _command(self) -> Command:
        """Make the folder if there is none, clear what an earlier run left in it, and say how to start."""
        if self._program is None:
            self._program = await asyncio.to_thread(valkey_program, self._identity)
        try:
            await asyncio.to_thread(_make_store, self._store, self._identity)
        except OSError as error:
            raise self._data.explain(error) from error
        await clear(self._store, PROGRAM, self._identity, leader=None, steps=LEFTOVER_STEPS)
        await asyncio.to_thread((self._store / SOCKET).unlink, missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": SOCKET,
            "unixsocketperm": "700",
            "daemonize": "no",
            "databases": str(self._databases),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "appenddirname": LOG_FOLDER,
            "aof-load-truncated": "yes",
            "maxmemory": MEMORY,
            # A queue that forgets is worse than one that refuses.
            "maxmemory-policy": "noeviction",
        }
        arguments = [word for key, value in options.items() for word in (f"--{key}", value)]
        return Command(
            [str(self._program), *arguments],
            env=plain_environment(),
            cwd=self._store,
            identity=self._identity,
            death_signal=Signals.SIGTERM,
        )

    async def _ready(self) -> None:
        await until(lambda: answers(self._address), every=POLL)

    async def _repair(self, lines: Sequence[str]) -> None:
        """Make a damaged log readable: cut at the damage the first time, put aside if that did not help.

        What is lost then is only waiting: the truth about every job is a row in PostgreSQL.
        """
        if not any(UNREADABLE.search(line) for line in lines):
            return
        if not self._mended:
            self._mended = True
            logger.warning("the log of Valkey is damaged; cutting it off where the damage begins")
            await self._cut_log()
        else:
            self._mended = False
            logger.error("the log of Valkey cannot be read; it is put aside as %s", self._store / BROKEN)
            await asyncio.to_thread(self._put_aside)

    async def _cut_log(self) -> None:
        newest = await asyncio.to_thread(self._newest_log)
        if newest is None:
            return
        command = Command(
            # The server's program is also the repair program, when it is called so.
            ["valkey-check-aof", "--fix", f"{LOG_FOLDER}/{newest.name}"],
            program=str(self._program),
            env=plain_environment(),
            cwd=self._store,
            identity=self._identity,
            stdin=b"y\n",
        )
        process = launch(command, lambda line: logger.info("valkey-check-aof: %s", line))
        await asyncio.wait([asyncio.ensure_future(process.wait())], timeout=REPAIR_WITHIN)
        if process.running:
            await process.end((Signals.SIGTERM,), within=1.0)

    def _newest_log(self) -> Path | None:
        """The file that was being written: `appendonly.aof.NUMBER.incr.aof` with the highest number."""
        files = (self._store / LOG_FOLDER).glob("*.incr.aof")
        return max(files, key=lambda file: int(file.name.split(".")[-3]), default=None)

    def _put_aside(self) -> None:
        shutil.rmtree(self._store / BROKEN, ignore_errors=True)
        (self._store / LOG_FOLDER).rename(self._store / BROKEN)


def _make_store(store: Path, identity: Identity) -> None:
    store.mkdir(mode=0o700, exist_ok=True)
    status = store.stat()
    if status.st_uid != identity.uid:
        give(store, identity)


def log_level(line: str) -> int:
    """The level at which a line of the server's log is worth showing; it marks warnings with `#`."""
    if " # " in line and not any(advice in line for advice in ADVICE):
        return logging.WARNING
    return logging.DEBUG
