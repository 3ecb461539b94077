"""One embedded PostgreSQL and one Valkey for a whole test run, and a fresh database for each test that asks."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio
import redis

from tests.embedded import CACHES, TEMPLATE
from tests.laws import try_fewer
from tests.memory import make_folder
from tests.programs import needs_program
from tests.rig import keyring, prepared
from tests.storage.radosgw import PROGRAMS
from tests.storage.shared import run_folder, shared
from tests.tracing import pytest_fixture_setup as pytest_fixture_setup
from tests.tracing import pytest_pyfunc_call as pytest_pyfunc_call

START_WITHIN = 60.0
# Objects, more of them made than freed, before the youngest are looked through.
GARBAGE_AFTER = 20_000
_memory: list[Path] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Work in memory unless `--basetemp` says otherwise. Processes of a run get folders in that of the first."""
    if config.option.basetemp is None and (made := make_folder()) is not None:
        _memory.append(made)
        config.option.basetemp = str(made / "r")
        os.environ[prepared.FOLDER] = str(made / "prepared")
        os.environ[keyring.FOLDER] = str(made / "keys")
    keyring.install()


def pytest_unconfigure() -> None:
    for made in _memory:
        shutil.rmtree(made, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first; else all stay beside their neighbours."""
    try_fewer(items)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is loaded by now stays for the whole run: looking for garbage in it takes a tenth of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.program("name")`: the test needs this program of the system."""
    for mark in item.iter_markers("program"):
        needs_program(*mark.args)


@contextmanager
def _locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[IO[str]]:
    with open(path, "a+") as file:
        fcntl.flock(file, how)
        yield file


class _Services:
    """The run's services, shared by all its processes: the first that needs them starts them, and ends them last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._addresses = folder / "services.json"
        self._guard = folder / "services.lock"
        self._process: subprocess.Popen[str] | None = None

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """Their addresses, good until the block ends."""
        with _locked(self._folder / "services.users", fcntl.LOCK_SH) as users:
            with _locked(self._guard):
                if not self._addresses.exists():
                    self._start()
                addresses = json.loads(self._addresses.read_text())
            try:
                yield addresses
            finally:
                if self._process is not None:
                    fcntl.flock(users, fcntl.LOCK_EX)  # the others are through
                    self._stop(self._process)

    def _start(self) -> None:
        folder = self._folder / f"services.{os.getpid()}"
        log = self._folder / "services.log"
        with open(log, "a") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.embedded", str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=Path(__file__).parents[1],
                start_new_session=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            pytest.fail(log.read_text()[-3000:], pytrace=False)
        self._addresses.write_text(line)

    def _stop(self, process: subprocess.Popen[str]) -> None:
        with _locked(self._guard):
            self._addresses.unlink()
        assert process.stdin is not None
        process.stdin.close()
        process.wait(START_WITHIN)


@pytest.fixture(scope="session")
def _services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with _Services(folder).running() as addresses:
        yield addresses


@pytest.fixture(scope="session")
def postgres_url(_services: dict[str, str]) -> str:
    """Address of the run's PostgreSQL as superuser, database `postgres`."""
    return _services["postgres"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _admin(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


_numbers = iter(range(1_000_000_000))


@pytest_asyncio.fixture(loop_scope="session")
async def database_url(_admin: asyncpg.Connection, postgres_url: str) -> AsyncIterator[str]:
    """Address of a migrated, empty database of this test's own, as the role that owns it; dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    await _admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER archypix STRATEGY file_copy")
    parts = urlsplit(postgres_url)
    yield urlunsplit(parts._replace(netloc="archypix@", path=f"/{name}"))
    await _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def redis_url(_services: dict[str, str]) -> str:
    """Address of an empty cache that no other test uses meanwhile."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = f"{_services['valkey']}?db={int(worker) % CACHES}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Endpoint and keys of moto."""
    with shared(run_folder(tmp_path_factory), "tests.storage.moto") as told:
        yield told


@pytest.fixture(scope="session")
def radosgw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Endpoint and keys of a Ceph object gateway."""
    for program in PROGRAMS:
        needs_program(program)
    with shared(run_folder(tmp_path_factory), "tests.storage.radosgw") as told:
        yield told
