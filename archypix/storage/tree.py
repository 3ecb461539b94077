"""Files below one folder, reached by keys through directory descriptors, so that no symbolic link is ever followed.

Everything here blocks; `local` calls it in threads.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archypix.core.errors import OutOfSpace
from archypix.storage.interface import ObjectInfo
from archypix.storage.keys import MAX_KEY_LENGTH, content_hash, is_key, is_transient

STAGING: Final = ".staging"
FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_REMEMBERED: Final = 20_000  # folders known to be durable
_TRIES: Final = 5


class Tree:
    """The folder of a local storage.

    `reserve` bytes of its file system are left to others (the database above all). A staged file that is not locked is
    abandoned when it is older than `stale_after` seconds: a younger one may be about to be locked by whoever made it.
    """

    def __init__(self, root: Path, *, reserve: int, stale_after: float) -> None:
        self._path = root
        self._reserve = reserve
        self._stale_after = stale_after
        self._root = -1
        self._staging = -1
        self._owner: tuple[int, int] | None = None
        self._durable: set[str] = set()

    def open(self) -> None:
        """Make the folder and its staging area where they are missing."""
        self._path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        self._root = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        status = os.fstat(self._root)
        # Root at work in somebody else's store leaves nothing there that its owner cannot use.
        if os.geteuid() == 0 and status.st_uid != 0:
            self._owner = (status.st_uid, status.st_gid)
        self._make_folder(STAGING, self._root)
        self._staging = os.open(STAGING, _FOLDER, dir_fd=self._root)

    def close(self) -> None:
        """Close the folder; nothing happens the second time."""
        for descriptor in (self._staging, self._root):
            if descriptor >= 0:
                os.close(descriptor)
        self._root = self._staging = -1

    # Reading

    def open_file(self, key: str) -> tuple[int, ObjectInfo]:
        """A descriptor of the object, to be closed by the caller, and what is known of it; OSError when absent."""
        with self._folder_of(key) as (folder, name):
            descriptor = os.open(name, _READ, dir_fd=folder)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise _absent(key)
        return descriptor, describe(key, status)

    def path_of(self, key: str) -> Path:
        """The object's file, whether it is there or not."""
        return self._path.absolute() / key

    def stat(self, key: str) -> ObjectInfo:
        """What is known of the object; OSError when absent."""
        with self._folder_of(key) as (folder, name):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            raise _absent(key)
        return describe(key, status)

    def walk(self, prefix: str) -> Iterator[ObjectInfo]:
        """All objects below `prefix` in order of their keys; links, hidden and foreign names are passed over."""
        try:
            descriptor = self._descend(prefix.split("/")[:-1])
        except (FileNotFoundError, NotADirectoryError):
            return
        try:
            yield from _walk(descriptor, prefix)
        finally:
            os.close(descriptor)

    # Writing

    def free_bytes(self) -> int:
        """Bytes that may still be written before the reserve is touched."""
        state = os.fstatvfs(self._root)
        return max(0, state.f_bavail * state.f_frsize - self._reserve)

    def require_space(self, size: int) -> None:
        """`OutOfSpace` unless `size` more bytes fit."""
        if self.free_bytes() < size:
            raise OutOfSpace("The disk that holds the files is full.", log_detail=f"storage: no room for {size} bytes")

    def stage(self) -> tuple[int, str]:
        """A new, empty file in the staging area: a descriptor, to be closed by the caller, and its name.

        The descriptor carries a lock that ends with this process: by it the sweep knows what nobody writes any more.
        """
        name = secrets.token_hex(12)
        descriptor = os.open(name, _CREATE, FILE_MODE, dir_fd=self._staging)
        return self._claimed(descriptor, name), name

    def stage_link(self, key: str) -> tuple[int, str]:
        """The object `key` as a staged file too, sharing its bytes; OSError where that cannot be."""
        name = secrets.token_hex(12)
        with self._folder_of(key) as (folder, source):
            os.link(source, name, src_dir_fd=folder, dst_dir_fd=self._staging, follow_symlinks=False)
        return self._open_link(name)

    def stage_path(self, path: Path) -> tuple[int, str]:
        """A file from elsewhere as a staged one, sharing its bytes; OSError where that cannot be."""
        name = secrets.token_hex(12)
        os.link(path, name, dst_dir_fd=self._staging, follow_symlinks=False)
        return self._open_link(name)

    def place(self, staged: str, key: str) -> None:
        """Make a staged file the object `key`, in place of what was there; on disk when this returns.

        The caller has synced the file itself. Uploads in flight are not synced.
        """
        for attempt in range(_TRIES):
            try:
                self._place(staged, key)
            except FileNotFoundError:
                # Somebody deleted the last file of the folder, and the folder with it, between two steps.
                if attempt == _TRIES - 1:
                    raise
            else:
                return

    def drop(self, staged: str) -> None:
        """Remove a staged file."""
        try:
            os.unlink(staged, dir_fd=self._staging)
        except FileNotFoundError:
            pass

    def remove(self, keys: Iterable[str]) -> None:
        """Remove objects, those that exist; folders that become empty go with them."""
        touched: dict[str, bool] = {}
        for key in keys:
            folder, _, _ = key.rpartition("/")
            if self._unlink(key):
                touched[folder] = touched.get(folder, False) or not is_transient(key)
        for folder, durable in touched.items():
            self._tidy(folder, durable=durable)

    def sweep(self) -> int:
        """Remove staged files whose writer is gone; how many."""
        removed = 0
        for name in os.listdir(self._staging):
            removed += self._remove_if_abandoned(name)
        return removed

    # Steps

    @contextmanager
    def _folder_of(self, key: str) -> Iterator[tuple[int, str]]:
        *folders, name = key.split("/")
        descriptor = self._descend(folders)
        try:
            yield descriptor, name
        finally:
            os.close(descriptor)

    def _descend(self, folders: list[str]) -> int:
        descriptor = os.dup(self._root)
        for folder in folders:
            try:
                below = os.open(folder, _FOLDER, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = below
        return descriptor

    def _place(self, staged: str, key: str) -> None:
        *folders, name = key.split("/")
        with ExitStack() as stack:
            chain = [(self._root, "")]
            unsynced: list[tuple[int, str]] = []
            for folder in folders:
                parent, above = chain[-1]
                path = f"{above}{folder}/"
                if self._make_folder(folder, parent):
                    self._durable.discard(path)
                if path not in self._durable:
                    unsynced.append((parent, path))
                below = os.open(folder, _FOLDER, dir_fd=parent)
                stack.callback(os.close, below)
                chain.append((below, path))
            os.rename(staged, name, src_dir_fd=self._staging, dst_dir_fd=chain[-1][0])
            if not is_transient(key):
                # The deepest folder first: most file systems write what is above it in the same breath.
                os.fsync(chain[-1][0])
                for parent, path in reversed(unsynced):
                    os.fsync(parent)
                    self._remember(path)

    def _remember(self, path: str) -> None:
        if len(self._durable) >= _REMEMBERED:
            self._durable.clear()
        self._durable.add(path)

    def _make_folder(self, name: str, parent: int) -> bool:
        try:
            os.mkdir(name, FOLDER_MODE, dir_fd=parent)
        except FileExistsError:
            return False
        if self._owner:
            os.chown(name, *self._owner, dir_fd=parent, follow_symlinks=False)
        return True

    def _open_link(self, name: str) -> tuple[int, str]:
        try:
            descriptor = os.open(name, _READ, dir_fd=self._staging)
        except OSError:
            self.drop(name)
            raise
        return self._claimed(descriptor, name), name

    def _claimed(self, descriptor: int, name: str) -> int:
        """The descriptor of a staged file, now locked and its owner's; where that fails the file is gone."""
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _absent(name)
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if self._owner:
                os.fchown(descriptor, *self._owner)
        except OSError:
            os.close(descriptor)
            self.drop(name)
            raise
        return descriptor

    def _unlink(self, key: str) -> bool:
        try:
            with self._folder_of(key) as (folder, name):
                os.unlink(name, dir_fd=folder)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def _tidy(self, folder: str, *, durable: bool) -> None:
        """Remove the folder if it is empty, and have on disk what went from it or from its parent."""
        *above, name = folder.split("/")
        try:
            parent = self._descend(above)
        except FileNotFoundError:
            return
        try:
            os.rmdir(name, dir_fd=parent)
            if durable:
                os.fsync(parent)
        except OSError:
            # Not empty, or somebody else was faster.
            if durable:
                self._sync_folder(name, parent)
        finally:
            os.close(parent)

    def _sync_folder(self, name: str, parent: int) -> None:
        try:
            descriptor = os.open(name, _FOLDER, dir_fd=parent)
        except FileNotFoundError:
            return
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _remove_if_abandoned(self, name: str) -> int:
        try:
            descriptor = os.open(name, _READ, dir_fd=self._staging)
        except FileNotFoundError:
            return 0
        try:
            if time.time() - os.fstat(descriptor).st_ctime < self._stale_after:
                return 0
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.drop(name)
            return 1
        except BlockingIOError:
            return 0
        finally:
            os.close(descriptor)


def _absent(name: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, "not a regular file", name)


def describe(key: str, status: os.stat_result) -> ObjectInfo:
    """What the status of its file says of an object."""
    etag = content_hash(key) or f"{status.st_mtime_ns:x}-{status.st_size:x}"
    return ObjectInfo(key, status.st_size, etag, datetime.fromtimestamp(status.st_mtime, UTC))


def _walk(descriptor: int, prefix: str) -> Iterator[ObjectInfo]:
    with os.scandir(descriptor) as entries:
        names = sorted((f"{e.name}/" if e.is_dir(follow_symlinks=False) else e.name) for e in entries)
    for name in names:
        key = prefix + name
        try:
            if name.endswith("/"):
                if name.startswith(".") or len(key) > MAX_KEY_LENGTH:
                    continue
                below = os.open(name[:-1], _FOLDER, dir_fd=descriptor)
                try:
                    yield from _walk(below, key)
                finally:
                    os.close(below)
            elif is_key(key):
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    yield describe(key, status)
        except FileNotFoundError:
            continue  # deleted meanwhile
