"""The embedded PostgreSQL: nothing acknowledged is lost however it ends, and it always comes back."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL, SIGTERM

import asyncpg
import pytest

from archypix.core.runtime.cluster import explain_failure
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.identity import service_identity
from archypix.core.runtime.processes import plain_environment
from archypix.core.runtime.programs import postgres_programs
from tests.core.runtime.conftest import (
    CONTAINER,
    Driver,
    answers_again,
    assert_whole,
    is_alive,
    query,
    wait_until,
    working_in,
    write_for_a_while,
)
from tests.programs import needs_program, needs_root

Start = Callable[..., Driver]


async def test_it_starts_stops_and_starts_with_what_was_in_it(tmp_path: Path, start: Start) -> None:
    root = tmp_path / "data"
    fresh = start("serve", root).ready()
    url = fresh.said["database_url"]
    await query(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert await query(url, "SHOW server_encoding") == "UTF8"
    assert await query(url, "SELECT datlocale FROM pg_database WHERE datname = 'archypix'") == "C.UTF-8"
    assert await query(url, "SELECT lower('ÄÖÉ')") == "äöé"
    assert await query(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert await query(url, "SHOW listen_addresses") == ""
    began = time.monotonic()
    assert fresh.end() == 0
    assert time.monotonic() - began < 30
    assert working_in(root / "postgres" / "cluster") == []
    assert not (root / "postgres" / "cluster" / "postmaster.pid").exists()
    again = start("serve", root).ready()
    assert await query(again.said["database_url"], "SELECT answer FROM kept") == 42


async def test_a_killed_postmaster_is_back_soon_with_everything(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    url = driver.said["database_url"]
    writer = write_for_a_while(url)
    os.kill(driver.said["children"]["postgres"], SIGKILL)
    assert await answers_again(url, within=60) < 30
    await assert_whole(url, writer)
    assert driver.ask()["children"]["postgres"] != driver.said["children"]["postgres"]


async def test_a_killed_backend_costs_only_its_transaction(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    url = driver.said["database_url"]
    writer = write_for_a_while(url)
    os.kill(writer.backend, SIGKILL)
    await answers_again(url, within=60)
    await assert_whole(url, writer)
    assert driver.ask()["children"] == driver.said["children"]


async def test_a_postmaster_killed_under_a_busy_backend_is_back(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    url = driver.said["database_url"]
    connection = await asyncpg.connect(url)
    backend = connection.get_server_pid()
    # One that computes does not notice by itself that its postmaster is gone.
    busy = asyncio.ensure_future(connection.execute("DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"))
    await asyncio.sleep(0.3)
    os.kill(driver.said["children"]["postgres"], SIGKILL)
    await answers_again(url, within=60)
    assert not is_alive(backend)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)):
        await busy


async def test_a_killed_server_leaves_no_orphans_and_starts_at_once(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    writer = write_for_a_while(driver.said["database_url"])
    driver.kill()
    again = start("serve", data).ready()
    assert again.said["seconds"] < 30
    await assert_whole(again.said["database_url"], writer)
    again.kill()
    folders = [data / "postgres" / "cluster", data / "valkey" / "store"]
    wait_until(lambda: not any(working_in(folder) for folder in folders), within=60)


async def test_servers_killed_at_any_moment_of_their_start_do_no_harm(tmp_path: Path, start: Start) -> None:
    """The first runs die while the cluster is being made, the later ones while it starts."""
    chance = random.Random(1)
    for _ in range(8):
        driver = start("serve", tmp_path / "data")
        time.sleep(chance.uniform(0.1, 1.0))
        driver.kill()
    driver = start("serve", tmp_path / "data").ready()
    assert await query(driver.said["database_url"], "SELECT 1") == 1
    assert os.listdir(tmp_path / "data" / "postgres") == ["cluster"]


@pytest.mark.parametrize("same_user", [True, False])
def test_a_stale_pid_file_with_another_process_number_does_not_matter(
    data: Path, start: Start, same_user: bool
) -> None:
    """PostgreSQL itself refuses to start while a process of its own user has the number."""
    cluster = data / "postgres" / "cluster"
    uid = cluster.stat().st_uid if same_user else None
    with subprocess.Popen(["sleep", "600"], user=uid) as stranger:
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (cluster / name).write_text(f"{stranger.pid}\n/proc/self/cwd\n1700000000\n5432\n.\n\n")
            os.chown(cluster / name, cluster.stat().st_uid, -1)
        (cluster / ".s.PGSQL.5432").touch()
        start("serve", data).ready()
        assert stranger.poll() is None
        stranger.kill()


def orphan(data: Path) -> subprocess.Popen[bytes]:
    """A postmaster that nobody looks after."""
    identity = service_identity(data)
    programs = postgres_programs(None, identity)
    cluster = data / "postgres" / "cluster"
    postmaster = subprocess.Popen(
        [programs.postgres, "-D", "/proc/self/cwd", "-c", "listen_addresses=", "-c", "unix_socket_directories=."],
        cwd=cluster,
        env=plain_environment(),
        user=identity.uid if identity.is_other else None,
        group=identity.gid if identity.is_other else None,
        extra_groups=[] if identity.is_other else None,
        start_new_session=True,
    )
    file = cluster / "postmaster.pid"
    wait_until(lambda: file.exists() and "ready" in file.read_text(), within=60)
    return postmaster


@pytest.mark.parametrize("before", [(), CONTAINER], ids=["", "container"])
def test_a_postmaster_left_running_is_taken_down(data: Path, start: Start, before: tuple[str, ...]) -> None:
    if before:
        needs_root()
        needs_program("setpriv")
    postmaster = orphan(data)
    driver = start("serve", data, before=before).ready()
    assert postmaster.wait(60) == 0
    assert driver.said["seconds"] < 30


async def test_a_shell_in_the_clusters_folder_is_let_alone(data: Path, start: Start) -> None:
    with subprocess.Popen(["sleep", "600"], cwd=data / "postgres" / "cluster") as shell:
        driver = start("serve", data).ready()
        os.kill(driver.said["children"]["postgres"], SIGKILL)
        await answers_again(driver.said["database_url"], within=60)
        assert shell.poll() is None
        shell.kill()


def test_a_cluster_that_cannot_start_says_why(data: Path, start: Start) -> None:
    with open(data / "postgres" / "cluster" / "postgresql.conf", "a") as file:
        file.write("\nno_such_setting = 1\n")
    said = start("serve", data).listen()
    assert said["error"].startswith("postgres did not start: PostgreSQL failed: ")
    assert "configuration file" in said["error"]
    assert working_in(data / "postgres" / "cluster") == []


async def test_settings_of_ones_own_win_over_ours(data: Path, start: Start) -> None:
    with open(data / "postgres" / "cluster" / "postgresql.conf", "a") as file:
        file.write("\nwork_mem = '11MB'\nlisten_addresses = '*'\n")
    driver = start("serve", data).ready()
    assert await query(driver.said["database_url"], "SHOW work_mem") == "11MB"
    assert await query(driver.said["database_url"], "SHOW listen_addresses") == ""


async def test_a_missing_database_is_made_again(data: Path, start: Start) -> None:
    """As after a kill between the making of the cluster and that of the database."""
    driver = start("serve", data).ready()
    url = driver.said["database_url"]
    admin = url.replace("archypix@/archypix", "postgres@/postgres")
    await query(admin, "DROP DATABASE archypix WITH (FORCE)")
    await query(admin, "DROP ROLE archypix")
    driver.end()
    assert await query(start("serve", data).ready().said["database_url"], "SELECT current_user") == "archypix"


async def test_rows_of_failed_statements_do_not_reach_the_log(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    url = driver.said["database_url"]
    await query(url, "CREATE TABLE people (mail text UNIQUE)")
    await query(url, "INSERT INTO people VALUES ('secret@example.org')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await query(url, "INSERT INTO people VALUES ('secret@example.org')")
    assert driver.end() == 0
    assert "secret@" not in driver.log.read_text()


async def test_a_disk_that_is_full_for_a_while_costs_nothing_acknowledged(open_folder: Path, start: Start) -> None:
    needs_root()
    needs_program("unshare")
    mount = f'mount -t tmpfs -o size=160m none "{open_folder}" && exec "$@"'
    driver = start("serve", open_folder / "data", before=("unshare", "--mount", "sh", "-c", mount, "sh")).ready()
    # Its file system, seen from outside.
    inside = f"/proc/{driver.process.pid}/root"
    url = driver.said["database_url"].replace(f"host={open_folder}", f"host={inside}{open_folder}")
    writer = write_for_a_while(url)
    ballast = Path(f"{inside}{open_folder}/ballast")
    with pytest.raises(OSError, match="No space left"), open(ballast, "wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))
    # Either a statement fails, or the server stops because it cannot write its log.
    wait_until(lambda: not writer.is_alive() or "PANIC" in driver.log.read_text(), within=60)
    ballast.unlink()
    await answers_again(url, within=60)
    await assert_whole(url, writer)


def test_a_full_disk_is_told_from_other_failures(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    lines = ["LOG:  starting", "PANIC:  could not write to file: No space left on device", "LOG:  aborting"]
    assert explain_failure(lines, data, "PostgreSQL").startswith(f"The disk that holds the data directory {tmp_path}")
    assert explain_failure(["LOG:  a", "FATAL:  no", "LOG:  b"], data, "PostgreSQL") == "PostgreSQL failed: FATAL:  no"
    assert explain_failure([], data, "initdb") == "initdb failed: it said nothing"


def test_sigterm_of_the_postmaster_by_hand_is_followed_by_a_new_one(data: Path, start: Start) -> None:
    driver = start("serve", data).ready()
    first = driver.said["children"]["postgres"]
    os.kill(first, SIGTERM)
    wait_until(lambda: driver.ask()["children"]["postgres"] not in (None, first), within=60)
