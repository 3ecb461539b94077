"""Locks between processes that the kernel lets go of when their holder dies."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

POLL = 0.05  # seconds between two tries
LONGEST_NOTE = 4096  # bytes read of what a holder wrote about itself


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, as the holder wrote it: process id, command (`archypix import`), and what else it remarked."""

    pid: int
    command: str
    remark: str

    def __str__(self) -> str:
        return f"`{self.command}` (process {self.pid})"


class FileLock:
    """An flock on a file that stays where it is: only the lock counts, never that the file exists or what it says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.remark = ""
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def try_acquire(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free; False when another holds it. OSError where the file system cannot lock."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise
        self._descriptor = descriptor
        if not shared:
            self._write_note(descriptor)
        return True

    async def acquire(self, *, shared: bool = False, within: float | None = None) -> bool:
        """Wait for the lock, at most `within` seconds (None: as long as it takes); False when time is up."""
        deadline = None if within is None else time.monotonic() + within
        while not self.try_acquire(shared=shared):
            if deadline is not None and time.monotonic() >= deadline:
                return False
            await asyncio.sleep(POLL)
        return True

    def is_held(self) -> bool:
        """True when this or another process holds the lock exclusively just now."""
        if self.held:
            return True
        other = FileLock(self.path)
        if not other.try_acquire(shared=True):
            return True
        other.release()
        return False

    def release(self) -> None:
        """Let go; nothing happens when the lock is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        """What the last exclusive holder wrote about itself; meaningful after a failed try."""
        try:
            with open(self.path, "rb") as file:
                note = json.loads(file.read(LONGEST_NOTE))
            return Holder(int(note["pid"]), str(note["command"]), str(note["remark"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write_note(self, descriptor: int) -> None:
        note = json.dumps({"pid": os.getpid(), "command": _own_command(), "remark": self.remark}).encode()
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, note, 0)
        except OSError:
            pass  # the note is a courtesy to those who wait: the lock is what counts


def _own_command() -> str:
    """Program and first word of the command line; later words may be names or secrets."""
    words = [Path(sys.argv[0]).name or "python", *sys.argv[1:2]]
    return " ".join(word for word in words if not word.startswith("-"))[:100]
