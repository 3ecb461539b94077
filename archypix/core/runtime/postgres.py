"""The embedded PostgreSQL: how it is started, when it is ready, how it is left, and the address of its database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from signal import Signals
from urllib.parse import quote

import asyncpg

from archypix.core.errors import StartupError
from archypix.core.runtime.cluster import (
    PORT,
    ROLE,
    SOCKET,
    SUPERUSER,
    cluster_folder,
    ensure_cluster,
    explain_failure,
)
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.identity import Identity
from archypix.core.runtime.leftovers import clear
from archypix.core.runtime.processes import FOLDER, Command, plain_environment
from archypix.core.runtime.programs import PostgresPrograms, postgres_programs
from archypix.core.runtime.sockets import short_folder
from archypix.core.runtime.supervisor import Child, until

logger = logging.getLogger(__name__)

DATABASE = "archypix"
PID_FILE = "postmaster.pid"
POLL = 0.01
CONNECT_WITHIN = 5.0
# Recovery reads back up to a gigabyte; that must never be taken for a failure.
START_WITHIN = 600.0
REACHED_WITHIN = 30.0  # once it says itself that it takes connections
# SIGINT: let nobody wait, write everything out. SIGQUIT: stop where you are, recover at the next start.
STOP_SIGNALS = (Signals.SIGINT, Signals.SIGQUIT)
LEFTOVER_STEPS = ((Signals.SIGINT, 3.0), (Signals.SIGQUIT, 2.0), (Signals.SIGKILL, 30.0))

# What a connection attempt raises while the server is away, starting or stopping.
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a connection that breaks within a call may end as
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
)


def database_url(data: DataDir, *, role: str = ROLE, database: str = DATABASE) -> str:
    """The address of a database of this data directory's embedded server, for asyncpg, whether or not it runs."""
    folder = short_folder(cluster_folder(data), SOCKET)
    return f"postgresql://{role}@/{quote(database)}?host={quote(str(folder))}&port={PORT}"


async def answers(url: str) -> bool:
    """True when the database at `url` runs a query; False while it is away or not yet made."""
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_WITHIN)
    except (*AWAY, asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError):
        return False
    try:
        return bool(await connection.fetchval("SELECT 1", timeout=CONNECT_WITHIN) == 1)
    except AWAY:
        return False
    finally:
        connection.terminate()


class Postgres:
    """The embedded server of one data directory, for the holder of its `owner` lock.

    `identity` is the user to run as, `chosen` a folder of programs to use instead of the installed ones, `options`
    are server settings that win over all others.
    """

    def __init__(
        self,
        data: DataDir,
        identity: Identity,
        *,
        chosen: Path | None = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        self._data = data
        self._identity = identity
        self._chosen = chosen
        self._options = options or {}
        self._cluster = cluster_folder(data)
        self._programs: PostgresPrograms | None = None
        self.url = database_url(data)
        self.admin_url = database_url(data, role=SUPERUSER, database="postgres")

    def child(self) -> Child:
        """For the supervisor: the server, ready once database and role are there and a query runs."""
        return Child(
            name="postgres",
            command=self._command,
            ready=self._ready,
            stop_signals=STOP_SIGNALS,
            level=log_level,
            explain=lambda lines: explain_failure(lines, self._data, "PostgreSQL"),
            attempts=3,
            start_within=START_WITHIN,
        )

    async def _command(self) -> Command:
        """Make the cluster if there is none, clear what an earlier run left in it, and say how to start."""
        if self._programs is None:
            programs = await asyncio.to_thread(postgres_programs, self._chosen, self._identity)
            await ensure_cluster(self._data, programs, self._identity)
            self._programs = programs
        leader = await asyncio.to_thread(self._read_pid)
        await clear(self._cluster, "postgres", self._identity, leader=leader, steps=LEFTOVER_STEPS)
        # The server refuses to start when the number in these files is any living process's; we know better.
        for name in (PID_FILE, SOCKET, f"{SOCKET}.lock"):
            await asyncio.to_thread((self._cluster / name).unlink, missing_ok=True)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": ".",
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "hba_file": f"{FOLDER}/pg_hba.conf",
            "ident_file": f"{FOLDER}/pg_ident.conf",
            "logging_collector": "off",
            "log_destination": "stderr",
            **self._options,
        }
        return Command(
            [self._programs.postgres, "-D", FOLDER, *(f"--{key}={value}" for key, value in options.items())],
            env=plain_environment(),
            cwd=Path("/"),
            folder=self._cluster,
            identity=self._identity,
            # When this process dies the server writes everything out and ends by itself.
            death_signal=Signals.SIGINT,
        )

    def _read_pid(self) -> int | None:
        try:
            return int((self._cluster / PID_FILE).read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _says_ready(self) -> bool:
        """True when the server's own file says that it takes connections: asking earlier only fills its log."""
        try:
            return (self._cluster / PID_FILE).read_text().rstrip().endswith("ready")
        except FileNotFoundError:
            return False

    async def _ready(self) -> None:
        await until(lambda: asyncio.to_thread(self._says_ready), every=POLL)
        try:
            async with asyncio.timeout(REACHED_WITHIN):
                await self._make_database()
                await until(lambda: answers(self.url), every=POLL)
        except TimeoutError as error:
            raise StartupError(f"It runs, but cannot be reached in {self._cluster}.") from error

    async def _make_database(self) -> None:
        """Make the role and the database where they are missing."""
        try:
            connection = await asyncpg.connect(self.admin_url, timeout=CONNECT_WITHIN)
        except AWAY:
            return  # it went down again: the supervisor sees that
        except asyncpg.PostgresError as error:
            raise StartupError(f"The embedded PostgreSQL does not let us in: {error}.") from error
        try:
            if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", ROLE):
                await connection.execute(f"CREATE ROLE {ROLE} LOGIN")
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        except AWAY:
            return
        except asyncpg.PostgresError as error:
            raise StartupError(f"The database cannot be made: {error}.") from error
        finally:
            connection.terminate()


def log_level(line: str) -> int:
    """The level at which a line of the server's log is worth showing."""
    if line.startswith("PANIC:"):
        return logging.ERROR
    if line.startswith(("FATAL:", "WARNING:")):
        return logging.WARNING
    return logging.DEBUG
