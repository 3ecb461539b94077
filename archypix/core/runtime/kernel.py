"""Calls to the kernel that the standard library lacks: death signals, syncing a file system, another user's view."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import Signals

# Looked up on import: between fork and exec no library may be loaded and no lock be waited for.
_libc = ctypes.CDLL(None, use_errno=True)
_prctl = _libc.prctl
_prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong)
_PR_SET_PDEATHSIG = 1


def die_with_parent(signal: Signals) -> Callable[[], None]:
    """A `preexec_fn` by which the child gets `signal` when the thread that starts it ends, for whatever reason.

    Popen runs it after the change of user, which would clear the setting.
    """
    parent = os.getpid()
    number = int(signal)

    def prepare() -> None:
        _prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def sync_file_system(path: Path) -> None:
    """Write everything of the file system that holds `path` to the disk; OSError when that fails."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(path))
    finally:
        os.close(descriptor)


@contextmanager
def seen_as(uid: int, gid: int) -> Iterator[None]:
    """Within the block this thread looks at files, `/proc` included, as user `uid`; for root only.

    Root without CAP_SYS_PTRACE, which is what containers give, may not look into other users' processes in `/proc`,
    though those users may.
    """
    _libc.setfsgid(gid)
    _libc.setfsuid(uid)
    try:
        yield
    finally:
        _libc.setfsuid(os.geteuid())
        _libc.setfsgid(os.getegid())
