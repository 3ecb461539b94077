"""Who runs the embedded services: one server alone, commands beside it, without it, at once and after one another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGTERM

import asyncpg
import pytest
import redis

from archypix.core.errors import StartupError
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.services import services, serving
from archypix.core.settings import load_settings
from tests.core.runtime.conftest import Driver, query, wait_until, working_in

Start = Callable[..., Driver]


def is_quiet(data: Path) -> bool:
    return not working_in(data / "postgres" / "cluster") and not working_in(data / "valkey" / "store")


def test_a_second_server_is_refused_and_told_which_one_runs(data: Path, start: Start) -> None:
    first = start("serve", data).ready()
    began = time.monotonic()
    second = start("serve", data)
    assert second.listen() == {
        "error": f"Another Archypix server (process {first.process.pid}) already runs on the data directory {data}."
        " Stop it first, or choose another directory with --data."
    }
    assert second.process.wait(60) == 1
    assert time.monotonic() - began < 30
    assert first.end() == 0
    assert start("serve", data).ready().end() == 0


async def test_a_command_works_while_the_server_runs_and_leaves_it_alone(data: Path, start: Start) -> None:
    server = start("serve", data).ready()
    command = start("command", data).ready()
    assert command.said["database_url"] == server.said["database_url"]
    assert await query(command.said["database_url"], "SELECT 1") == 1
    assert command.end() == 0
    assert await query(server.said["database_url"], "SELECT 1") == 1
    assert server.ask()["children"] == server.said["children"]


async def test_a_command_works_while_no_server_runs_and_leaves_nothing_running(tmp_path: Path, start: Start) -> None:
    command = start("command", tmp_path / "data").ready()
    assert await query(command.said["database_url"], "SELECT 1") == 1
    assert redis.Redis.from_url(command.said["redis_url"]).ping()
    assert command.end() == 0
    assert is_quiet(tmp_path / "data")


async def test_commands_started_at_once_all_work_and_none_pulls_the_database_from_under_another(
    tmp_path: Path, start: Start
) -> None:
    commands = [start("command", tmp_path / "data") for _ in range(3)]
    for command in commands:
        command.ready()
    url = commands[0].said["database_url"]
    connection = await asyncpg.connect(url)
    owners = [command for command in commands if "making the database" in command.log.read_text()]
    assert len(owners) == 1
    owners[0].close()
    assert owners[0].listen() == {"through": True}
    others = [command for command in commands if command is not owners[0]]
    waiting = "waiting for another command to end, which uses the database"
    await asyncio.to_thread(wait_until, lambda: waiting in owners[0].log.read_text(), within=60)
    assert owners[0].process.poll() is None
    assert await connection.fetchval("SELECT 1") == 1
    for command in others:
        assert command.end() == 0
    assert owners[0].process.wait(60) == 0
    connection.terminate()
    assert is_quiet(tmp_path / "data")


async def test_a_command_that_comes_while_the_owner_ends_starts_them_anew(data: Path, start: Start) -> None:
    for _ in range(3):
        first = start("command", data).ready()
        first.close()
        second = start("command", data).ready()
        assert await query(second.said["database_url"], "SELECT 1") == 1
        assert second.end() == 0
        assert first.process.wait(60) == 0
    assert is_quiet(data)


async def test_a_server_waits_for_a_command_and_says_so(data: Path, start: Start) -> None:
    command = start("command", data).ready()
    server = start("serve", data)
    wait_until(lambda: "waiting for" in server.log.read_text(), within=60)
    assert f"(process {command.process.pid}) to end, which has the database in {data} running" in server.log.read_text()
    # Meanwhile further commands still work.
    assert start("command", data).ready().end() == 0
    assert command.end() == 0
    began = time.monotonic()
    server.ready()
    assert time.monotonic() - began < 30
    assert await query(server.said["database_url"], "SELECT 1") == 1


async def test_others_take_over_when_the_owner_is_killed(data: Path, start: Start) -> None:
    owner = start("command", data).ready()
    owner.kill()
    assert start("command", data).ready().end() == 0
    assert is_quiet(data)


async def test_a_server_that_waits_can_be_stopped(data: Path, start: Start) -> None:
    start("command", data).ready()
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.7, stop.set)
    began = time.monotonic()
    with pytest.raises(StartupError, match="Stopped before"):
        async with serving(load_settings({}, data=data), stop=stop):
            pass
    assert time.monotonic() - began < 30


def test_a_command_with_other_settings_than_the_servers_is_told(data: Path, start: Start, postgres_url: str) -> None:
    server = start("serve", data, "--database-url", postgres_url, "--redis-url", "unix:///nowhere").ready()
    assert server.said["children"] == {}
    assert server.said["database_url"] == postgres_url
    error = start("command", data).listen()["error"]
    assert f"The server (process {server.process.pid}) on the data directory {data} uses an external database" in error


async def test_only_what_has_no_address_is_embedded(tmp_path: Path, start: Start, postgres_url: str) -> None:
    server = start("serve", tmp_path / "data", "--database-url", postgres_url).ready()
    assert list(server.said["children"]) == ["valkey"]
    assert redis.Redis.from_url(server.said["redis_url"]).ping()


async def test_with_both_external_a_command_needs_no_data_directory(tmp_path: Path) -> None:
    settings = load_settings(
        {}, data=tmp_path / "data", database_url="postgresql://db.example/x", redis_url="redis://cache.example/0"
    )
    async with services(settings) as endpoints:
        assert endpoints.database_url == "postgresql://db.example/x"
        assert endpoints.redis_url == "redis://cache.example/0"
    assert not (tmp_path / "data").exists()


async def test_an_error_in_a_command_still_ends_the_services(data: Path) -> None:
    async def fail() -> None:
        async with services(load_settings({}, data=data)):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await fail()
    assert is_quiet(data)
    assert not DataDir(data).lock("owner").is_held()


def test_sigterm_to_a_command_leaves_nothing_running(data: Path, start: Start) -> None:
    command = start("command", data).ready()
    command.process.send_signal(SIGTERM)
    command.process.wait(60)
    wait_until(lambda: is_quiet(data), within=60)


def test_start_times(tmp_path: Path, start: Start) -> None:
    """Far above what is measured on an idle machine: guards against seconds, not against noise."""
    fresh = start("serve", tmp_path / "data").ready()
    assert fresh.said["seconds"] < 30
    fresh.end()
    existing = start("serve", tmp_path / "data").ready()
    assert existing.said["seconds"] < 30
    existing.kill()
    # The least of a few, since a machine that stands still for a moment says nothing about how a server starts.
    took: list[float] = []
    while not took or (took[-1] >= 3.0 and len(took) < 4):
        killed = start("serve", tmp_path / "data").ready()
        took.append(killed.said["seconds"])
        killed.kill()
    assert min(took) < 3.0, took
