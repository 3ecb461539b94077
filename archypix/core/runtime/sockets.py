"""Short addresses for sockets in folders whose path is too long for one, or that a URL cannot carry."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from pathlib import Path

from archypix.core.errors import StartupError

ABANDONED = 86400  # seconds after which a link that leads nowhere is removed
LONGEST_ADDRESS = 107  # bytes of a Unix socket's path that the kernel takes


def short_folder(folder: Path, socket: str) -> Path:
    """A path to `folder` that is short and plain enough to connect to `socket` in it; `folder` itself where it is.

    Otherwise a symbolic link, made where it is missing, in a folder that only this user may enter. Each process may
    call this by itself and finds the same socket. `StartupError` when there is no safe place for the link.
    """
    if _fits(folder, socket):
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    for parent in _places():
        link = parent / name
        if _fits(link, socket) and _is_private(parent):
            _point(link, folder)
            return link
    raise StartupError(
        f"The path {folder} is too long for a socket, and there is no private folder in /run or /tmp for a shorter one."
        " Choose a data directory with a shorter path."
    )


def _fits(folder: Path, socket: str) -> bool:
    try:
        text = str(folder).encode()
    except UnicodeEncodeError:
        return False
    # A comma separates hosts in a PostgreSQL address.
    return len(text) + 1 + len(socket) <= LONGEST_ADDRESS and b"," not in text and text.isascii()


def _places() -> list[Path]:
    user = os.geteuid()
    places = [Path(f"/tmp/archypix-{user}")]  # noqa: S108 - taken only if it is ours and closed to others
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        places.insert(0, Path(runtime) / "archypix")
    if user == 0:
        places.insert(0, Path("/run/archypix"))
    return places


def _is_private(folder: Path) -> bool:
    """True when `folder` exists, made here if need be, belongs to this user and nobody else may enter."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _point(link: Path, folder: Path) -> None:
    try:
        if link.readlink() == folder:
            return
    except OSError:
        pass
    for other in link.parent.iterdir():
        # Of a data directory that is gone, as opposed to one that is just being made.
        if other.is_symlink() and not other.exists() and time.time() - other.lstat().st_mtime > ABANDONED:
            other.unlink(missing_ok=True)
    draft = link.with_name(f"{link.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.symlink_to(folder)
    draft.replace(link)
