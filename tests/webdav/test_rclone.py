"""rclone, as people synchronise with it: copy, check, sync, bisync, moves, names of every kind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.programs import needs_program
from tests.rig.server import User
from tests.webdav.client import open_drive

SCRIPT = Path(__file__).parent / "run_rclone.sh"
STEPS = 49
# Plain WebDAV has no way to give a file its time.
UNTIMED = {"mtimes kept (needs X-OC-Mtime vendor)"}
# Before 1.66 rclone synchronised both ways with nothing but what has times.
BOTH_WAYS = {
    "bisync --resync", "bisync both ways", "both sides equal", "both edits arrived", "bisync again is a no-op",
}  # fmt: skip


def program() -> str:
    """The rclone of this environment, or else of the system."""
    return shutil.which("rclone", path=str(Path(sys.executable).parent)) or needs_program("rclone")


def is_old(rclone: str) -> bool:
    """Whether this rclone wants times for everything."""
    told = subprocess.run([rclone, "version"], capture_output=True, text=True, timeout=60, check=True).stdout
    match = re.match(r"rclone v(\d+)\.(\d+)", told)
    assert match, told
    return (int(match[1]), int(match[2])) < (1, 66)


@pytest.mark.parametrize("vendor", ["other", "owncloud"])
def test_all_that_rclone_does(new_user: Callable[[], User], tmp_path: Path, vendor: str) -> None:
    rclone = program()
    user = new_user()
    drive = open_drive(user)
    done = subprocess.run(
        ["bash", str(SCRIPT), f"{user.server.url}{drive.root}/", drive.username, drive.token],
        env={**os.environ, "RCLONE": rclone, "VENDOR": vendor, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    told = done.stdout + done.stderr
    failed = {line[:44].strip() for line in done.stdout.splitlines() if re.match(r".{44} FAIL ", line)}
    allowed = set() if vendor == "owncloud" else UNTIMED | (BOTH_WAYS if is_old(rclone) else set())
    assert failed <= allowed, told
    assert f"{STEPS - len(failed)}/{STEPS} passed" in told, told
