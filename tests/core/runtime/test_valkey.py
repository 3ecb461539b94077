"""The embedded Valkey: what it acknowledged is there after a kill, a damaged log does not keep it down."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL

import pytest
import redis

from tests.core.runtime.conftest import Driver, working_in

Start = Callable[..., Driver]
COUNT = 3000


def client(driver: Driver) -> redis.Redis:
    return redis.Redis.from_url(driver.said["redis_url"])


def fill(cache: redis.Redis) -> None:
    """Set 3000 keys, each acknowledged, and let the server finish its current sync of the log."""
    for number in range(COUNT):
        assert cache.set(f"key:{number}", f"value {number}")
    while any(cache.info("persistence")[name] for name in ("aof_pending_bio_fsync", "aof_buffer_length")):
        time.sleep(0.01)


def answer(driver: Driver, within: float = 60.0) -> redis.Redis:
    """A client, once the server answers."""
    deadline = time.monotonic() + within
    while True:
        try:
            cache = client(driver)
            cache.ping()
            return cache
        except redis.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def log_of(data: Path) -> Path:
    (log,) = (data / "valkey" / "store" / "appendonlydir").glob("*.incr.aof")
    return log


def test_a_killed_cache_is_back_soon_with_what_it_acknowledged(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    fill(client(driver))
    os.kill(driver.said["children"]["valkey"], SIGKILL)
    began = time.monotonic()
    cache = answer(driver)
    assert time.monotonic() - began < 30
    assert cache.dbsize() == COUNT
    assert cache.get(f"key:{COUNT - 1}") == f"value {COUNT - 1}".encode()


def test_it_ends_with_a_killed_server_and_keeps_everything(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    fill(client(driver))
    driver.kill()
    again = start("serve", data).ready()
    assert client(again).dbsize() == COUNT
    assert len(working_in(data / "valkey" / "store")) == 1


def test_a_stop_keeps_everything(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    fill(client(driver))
    assert driver.end() == 0
    assert working_in(data / "valkey" / "store") == []
    assert client(start("serve", data).ready()).dbsize() == COUNT


def test_a_log_cut_short_loses_only_its_end(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    fill(client(driver))
    driver.end()
    log = log_of(data)
    os.truncate(log, log.stat().st_size - 5)
    assert client(start("serve", data).ready()).dbsize() == COUNT - 1


def test_a_log_with_rubbish_at_its_end_is_cut(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    fill(client(driver))
    driver.end()
    with open(log_of(data), "ab") as log:
        log.write(bytes(4096) + b"rubbish")
    again = start("serve", data).ready()
    assert client(again).dbsize() == COUNT
    assert "cutting it off where the damage begins" in again.log.read_text()


def test_a_log_that_cannot_be_read_at_all_is_put_aside(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    fill(client(driver))
    driver.end()
    (base,) = (data / "valkey" / "store" / "appendonlydir").glob("*.base.rdb")
    base.write_bytes(b"not a snapshot at all")
    again = start("serve", data).ready()
    assert client(again).dbsize() == 0
    assert (data / "valkey" / "store" / "appendonlydir.broken" / log_of(data).name).stat().st_size > 0
    assert "it is put aside as" in again.log.read_text()


@pytest.mark.parametrize("how", ["file", "socket"])
def test_a_stale_socket_does_not_matter(data: Path, start: Start, how: str) -> None:
    socket = data / "valkey" / "store" / "valkey.sock"
    if how == "file":
        socket.write_text("")
    else:
        driver = start("serve", data).ready()
        os.kill(driver.said["children"]["valkey"], SIGKILL)
        driver.kill()
        assert socket.is_socket()
    assert client(start("serve", data).ready()).ping()


def test_it_refuses_rather_than_forgets(data: Path, start: Start) -> None:
    settings = client(start("serve", data).ready()).config_get("*")
    assert settings["maxmemory-policy"] == "noeviction"
    assert int(settings["maxmemory"] or 0) == 256 << 20
    assert settings["appendfsync"] == "everysec"
    assert settings["port"] == "0"


def test_others_cannot_reach_its_socket(data: Path, start: Start) -> None:
    start("serve", data).ready()
    assert (data / "valkey").stat().st_mode & 0o077 == 0
    assert (data / "valkey" / "store" / "valkey.sock").stat().st_mode & 0o077 == 0
