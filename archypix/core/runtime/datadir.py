"""The data directory: its layout, the proof that it can be written, its locks and its secrets."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from archypix.core.errors import StartupError
from archypix.core.runtime.identity import identity_of
from archypix.core.runtime.locks import FileLock

FOLDERS = ("postgres", "valkey", "files", "secrets", "run", "logs")
SECRET_BYTES = 32
PROBE_BYTES = 256 << 10
MIB = 1 << 20
LEAST_FREE = 4 * MIB
SECRET_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class DataDir:
    """A data directory that exists and can be written. Folders below it: `FOLDERS`, each for this user alone.

    Three locks in `run/`: `server` is held by `archypix serve` for its whole life, `owner` by the process that runs
    the embedded services, `users` (shared) by each other command that uses them.
    """

    root: Path

    @classmethod
    def open(cls, root: Path) -> DataDir:
        """Make what is missing and prove that it can be written; `StartupError` says plainly why it cannot."""
        data = cls(root)
        try:
            data._make_folders()
            data.require_space(LEAST_FREE)
            data._probe()
        except OSError as error:
            raise data.explain(error) from error
        return data

    @property
    def restoring(self) -> Path:
        """A file that is there while a restore into this directory has begun and not ended."""
        return self.root / "restoring.json"

    def require_settled(self) -> None:
        """`StartupError` while a restore is half done."""
        if self.restoring.exists():
            raise StartupError(
                f"A restore into the data directory {self.root} was begun and not ended. Run the same command `archypix"
                " restore` again: it goes on where it stopped."
            )

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    def lock(self, name: str) -> FileLock:
        """The lock `run/NAME.lock`, not yet taken; `StartupError` when its file cannot be made."""
        path = self.run / f"{name}.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                self._hand_over(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise self.explain(error) from error
        return FileLock(path)

    def secret(self, name: str) -> bytes:
        """The 32 bytes of the secret `name`, random, made on first use and the same for ever after.

        Safe to call from several processes at once. `StartupError` when the file is damaged or cannot be made.
        """
        if not SECRET_NAME.fullmatch(name):
            raise ValueError(f"not a name for a secret: {name!r}")
        path = self.secrets / name
        try:
            value = self._read_secret(path)
            return self._make_secret(path) if value is None else value
        except OSError as error:
            raise self.explain(error) from error

    def require_space(self, least: int) -> None:
        """`StartupError` unless the file system has `least` bytes free."""
        state = os.statvfs(self.root)
        free = state.f_bavail * state.f_frsize
        if free < least:
            raise StartupError(
                f"The disk that holds the data directory {self.root} is full: {free // MIB} MB are free, and Archypix"
                f" needs at least {-(-least // MIB)} MB to start. Make room, or choose another directory with --data."
            )

    def explain(self, error: OSError) -> StartupError:
        """What `error`, met in this directory, means to the person who starts Archypix."""
        where = f"the data directory {self.root}"
        user = identity_of(os.geteuid())
        match error.errno:
            case errno.EROFS:
                text = f"It is read-only: {where} must lie on a file system that can be written."
            case errno.EACCES | errno.EPERM:
                text = (
                    f"The user {user.name or user.uid} may not write to {where}. Give it to that user, or choose"
                    " another directory with --data."
                )
            case errno.ENOSPC | errno.EDQUOT:
                text = f"The disk that holds {where} is full. Make room, or choose another directory with --data."
            case errno.ENOTDIR | errno.EEXIST:
                text = f"There is a file where {where} should be: {error.filename}."
            case errno.ENOLCK | errno.EOPNOTSUPP:
                text = f"The file system of {where} cannot lock files. Choose another directory with --data."
            case _:
                text = f"The data directory {self.root} cannot be used: {error.strerror} ({error.filename})."
        return StartupError(text, log_detail=f"{text} [{error!r}]")

    def _make_folders(self) -> None:
        self.root.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self.root, *(self.root / name for name in FOLDERS)):
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                if not folder.is_dir():
                    raise
            else:
                self._hand_over(folder)

    def _probe(self) -> None:
        """Write, lock, sync and remove a file of `PROBE_BYTES`."""
        path = self.run / f"probe.{os.getpid()}"
        try:
            with open(path, "wb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                file.write(bytes(PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        finally:
            path.unlink(missing_ok=True)

    def _hand_over(self, made: Path | int) -> None:
        """Root at work in somebody else's data directory leaves nothing there that its owner cannot use."""
        if os.geteuid() == 0:
            status = self.root.stat()
            if status.st_uid != 0:
                os.chown(made, status.st_uid, status.st_gid)

    def put_secret(self, name: str, value: bytes) -> None:
        """Make `value` (32 bytes) the secret `name`, durably; `StartupError` where there is another one."""
        if not SECRET_NAME.fullmatch(name) or len(value) != SECRET_BYTES:
            raise ValueError(f"not a secret: {name!r}")
        path = self.secrets / name
        try:
            if self._read_secret(path) is None:
                self._make_secret(path, value)
            if self._read_secret(path) != value:
                raise StartupError(f"There is another secret in {path}.")
        except OSError as error:
            raise self.explain(error) from error

    def _read_secret(self, path: Path) -> bytes | None:
        try:
            value = path.read_bytes()
        except FileNotFoundError:
            return None
        if len(value) != SECRET_BYTES:
            raise StartupError(f"The secret {path} is damaged: it must hold {SECRET_BYTES} bytes. Restore it.")
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return value

    def _make_secret(self, path: Path, given: bytes | None = None) -> bytes:
        guard = os.open(self.secrets, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)
            if (value := self._read_secret(path)) is not None:
                return value
            value = given or secrets.token_bytes(SECRET_BYTES)
            draft = path.with_name(f".{path.name}.new")
            draft.unlink(missing_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                os.write(descriptor, value)
                self._hand_over(descriptor)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            draft.rename(path)
            os.fsync(guard)
            return value
        finally:
            os.close(guard)
