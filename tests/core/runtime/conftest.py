"""Data directories, stand-ins for commands that run on them as processes of their own, and one who writes meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGKILL
from typing import Any

import asyncpg
import pytest

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
# What root may do in a container of the usual kind: not, for one, look into other users' processes.
CONTAINER = (
    "setpriv",
    "--bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service",
)


class Driver:
    """One run of `driver.py`; what it said when it was ready is in `said`."""

    def __init__(self, *words: str | Path, before: tuple[str, ...] = (), log: Path, path: str = "") -> None:
        self.log = log
        with open(log, "a") as errors:
            self.process = subprocess.Popen(
                [*before, sys.executable, "-m", "tests.core.runtime.driver", *map(str, words)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path} if path else None,
            )
        self.said: dict[str, Any] = {}

    def ready(self) -> Driver:
        self.said = self.listen()
        assert "error" not in self.said, self.said["error"] + self.log.read_text()[-2000:]
        return self

    def listen(self) -> dict[str, Any]:
        """The next thing it says."""
        assert self.process.stdout is not None
        there, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert there, f"it says nothing for {PATIENCE} s: " + self.log.read_text()[-2000:]
        line = self.process.stdout.readline()
        assert line, self.log.read_text()[-2000:]
        return dict(json.loads(line))

    def ask(self) -> dict[str, Any]:
        """How its children fare now."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.listen()

    def close(self) -> None:
        """Let it end; its services may still be in use by others."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def end(self) -> int:
        """Let it end by itself; its exit status."""
        self.close()
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.send_signal(SIGKILL)
        self.process.wait(PATIENCE)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Driver]]:
    """Starts a driver; all are killed after the test."""
    drivers: list[Driver] = []

    def start(*words: str | Path, **more: Any) -> Driver:
        drivers.append(Driver(*words, log=tmp_path / f"driver.{len(drivers)}.log", **more))
        return drivers[-1]

    yield start
    for driver in drivers:
        driver.kill()
    for driver in drivers:
        pids = [pid for pid in driver.said.get("children", {}).values() if pid]
        wait_until(lambda pids=pids: not any(is_alive(pid) for pid in pids), within=60)  # type: ignore[misc]


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose services ran once and were stopped."""
    folder = tmp_path_factory.mktemp("made")
    driver = Driver("serve", folder / "data", log=folder / "log").ready()
    assert driver.end() == 0
    return folder / "data"


@pytest.fixture
def data(_made: Path, tmp_path: Path) -> Path:
    """A data directory of this test's own that is no longer fresh."""
    subprocess.run(["cp", "-a", str(_made), str(tmp_path / "data")], check=True)
    return tmp_path / "data"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, as the usual temporary ones are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="archypix-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def wait_until(holds: Callable[[], bool], *, within: float) -> float:
    """Seconds it took until `holds`; fails when that takes too long."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within, f"not so after {within} s"
        time.sleep(0.01)
    return time.monotonic() - began


async def query(url: str, sql: str, *values: object) -> object:
    """The single value that `sql` gives, over a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql, *values)
    finally:
        await connection.close()


def is_alive(pid: int) -> bool:
    """True when the process exists and is no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def working_in(folder: Path) -> list[int]:
    """All processes whose working directory is `folder`."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            if entry.isdecimal() and os.path.samefile(f"/proc/{entry}/cwd", folder):
                found.append(int(entry))
        except OSError:
            continue
    return found


class Writer(threading.Thread):
    """Inserts 1, 2, 3, … one transaction each until the connection breaks; `acknowledged` is the last that was."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.acknowledged = 0
        self.backend = 0

    def run(self) -> None:
        asyncio.run(self._write())

    async def _write(self) -> None:
        connection = await asyncpg.connect(self._url)
        await connection.execute("CREATE TABLE IF NOT EXISTS rows (number int PRIMARY KEY, filler text)")
        self.backend = connection.get_server_pid()
        try:
            while True:
                await connection.execute("INSERT INTO rows VALUES ($1, repeat('x', 500))", self.acknowledged + 1)
                self.acknowledged += 1
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
            connection.terminate()


def write_for_a_while(url: str) -> Writer:
    writer = Writer(url)
    writer.start()
    wait_until(lambda: writer.acknowledged > 100, within=60)
    return writer


async def assert_whole(url: str, writer: Writer) -> None:
    """All acknowledged rows are there, and at most the one whose answer was cut off besides."""
    writer.join(PATIENCE)
    count, highest = await asyncio.gather(
        query(url, "SELECT count(*) FROM rows WHERE length(filler) = 500"), query(url, "SELECT max(number) FROM rows")
    )
    assert count == highest
    assert highest in (writer.acknowledged, writer.acknowledged + 1)


async def answers_again(url: str, *, within: float) -> float:
    began = time.monotonic()
    while True:
        try:
            await query(url, "SELECT 1")
            return time.monotonic() - began
        except (asyncpg.PostgresError, OSError):
            assert time.monotonic() - began < within
            await asyncio.sleep(0.01)
