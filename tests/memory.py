"""The folder of a test run, in memory where there is room: a database is made there in a sixth of the time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
# Short, since sockets lie below it, whose paths have little room.
PREFIX = "archypix-"
# Several times what a run has been seen to need.
WANTED_BYTES = 8 << 30


def make_folder() -> Path | None:
    """An empty folder for one run; None where this machine has no file system in memory with enough room."""
    _sweep()
    made = MEMORY / f"{PREFIX}{os.getpid()}"
    try:
        found = os.statvfs(MEMORY)
        if found.f_bavail * found.f_frsize < WANTED_BYTES:
            return None
        made.mkdir()
    except OSError:
        return None
    # Databases run as a user of their own.
    made.chmod(0o711)
    return made


def _sweep() -> None:
    """Remove what runs left that were killed."""
    for left in MEMORY.glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX)
        if pid.isdigit() and (int(pid) == os.getpid() or not Path("/proc", pid).exists()):
            shutil.rmtree(left, ignore_errors=True)
