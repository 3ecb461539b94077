"""Files of a backup on disk: written so that they last, hashed as they are written. Everything here blocks."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from archypix.backup.models import Part
from archypix.core.errors import OutOfSpace, StartupError

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
LEVEL: Final = 3  # of compression: most of what there is to gain, at a third of the time
CHUNK: Final = 1 << 20


@contextmanager
def explained(where: Path) -> Iterator[None]:
    """Errors of the disk that takes or gives a backup, as errors of the domain."""
    try:
        yield
    except (ConnectionError, TimeoutError):
        raise  # no disk's
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise OutOfSpace(f"The disk that holds {where} is full.", log_detail=repr(error)) from error
        raise StartupError(f"{error.filename or where}: {error.strerror or error}.", log_detail=repr(error)) from error


def make_folder(folder: Path) -> None:
    """A folder for this user alone, where it is missing."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Make what was made, renamed and removed in `folder` last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, content: bytes) -> None:
    """`content` as the file `path`, whole or not at all."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    sync_folder(path.parent)


class _Tee(io.RawIOBase):
    """Hands what is written on to a file, and hashes and counts it."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
        self._file = open(descriptor, "wb")  # noqa: SIM115 - closed with this object
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        block = bytes(data)  # type: ignore[call-overload]
        self._file.write(block)
        self.digest.update(block)
        self.size += len(block)
        return len(block)

    def close(self) -> None:
        if not self.closed:
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
            finally:
                self._file.close()
                super().close()


class Packed:
    """A compressed file of a backup being written. `part` tells what it became, once it is closed."""

    def __init__(self, folder: Path, file: str) -> None:
        make_folder((folder / file).parent)
        self._file = file
        self._tee = _Tee(folder / file)
        self._zip = gzip.GzipFile(fileobj=self._tee, mode="wb", compresslevel=LEVEL, mtime=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._zip.write(data)

    def close(self) -> None:
        """End the file and have it on disk."""
        try:
            self._zip.close()
        finally:
            self._tee.close()

    @property
    def part(self) -> Part:
        """What it is called, its bytes and their hash."""
        return Part(self._file, self._tee.size, self._tee.digest.hexdigest())


def write_part(folder: Path, file: str, content: bytes) -> Part:
    """A small file of a backup."""
    write_durably(folder / file, content)
    return Part(file, len(content), hashlib.sha256(content).hexdigest())


def what_is_wrong(folder: Path, part: Part) -> str:
    """Why a file is not what its manifest says; empty where it is."""
    return wrong_with(folder / part.file, part.size, part.sha256)


def wrong_with(path: Path, size: int, sha256: str) -> str:
    """Why the file at `path` does not have these bytes; empty where it has them."""
    digest = hashlib.sha256()
    found = 0
    try:
        with open(path, "rb", buffering=0) as file:
            while block := file.read(CHUNK):
                digest.update(block)
                found += len(block)
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if found != size:
        return f"it has {found} bytes, not {size}"
    return "" if digest.hexdigest() == sha256 else "its bytes are not those that were copied"


def unpacked(path: Path, *, most: int = CHUNK) -> Iterator[bytes]:
    """The content of a compressed file, at most so many bytes at a time; OSError where it is damaged."""
    try:
        with gzip.open(path, "rb") as file:
            while block := file.read1(most):
                yield block
    except (EOFError, gzip.BadGzipFile) as error:
        raise OSError(errno.EIO, "the file is damaged", str(path)) from error
