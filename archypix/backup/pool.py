"""The objects of all backups in one folder, each stored once: by key and, where the key does not tell it, by hash."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from archypix.backup.disk import FILE_MODE, make_folder
from archypix.backup.models import Entry
from archypix.core.runtime.kernel import sync_file_system
from archypix.storage.keys import content_hash

OBJECTS: Final = "objects"
INCOMING: Final = "incoming"
HASH_DIGITS: Final = 16


class Pool:
    """The pool in the folder `root`. Files in it are never changed: backups share them. All of it blocks."""

    def __init__(self, root: Path) -> None:
        self.root = root / OBJECTS
        self._incoming = root / INCOMING

    def start(self) -> None:
        """Make the folders, and clear what an earlier run left half written."""
        shutil.rmtree(self._incoming, ignore_errors=True)
        make_folder(self._incoming)
        make_folder(self.root)

    def stop(self) -> None:
        """Nothing is being written any more."""
        shutil.rmtree(self._incoming, ignore_errors=True)

    def path_of(self, entry: Entry) -> Path:
        """Where an object with a known hash lies, or would lie."""
        return self.root / address(entry)

    def has(self, entry: Entry) -> bool:
        """Whether an object is there, with as many bytes as it should have."""
        try:
            return self.path_of(entry).stat().st_size == entry.size
        except OSError:
            return False

    def incoming(self) -> Incoming:
        """A new object."""
        return Incoming(self._incoming / secrets.token_hex(12))

    def place(self, drafts: Iterable[tuple[Path, Entry]]) -> None:
        """Make files that were written whole the objects of these entries.

        All of them are on disk before the first has its name: a file that has one is never half there.
        """
        drafts = list(drafts)
        if not drafts:
            return
        sync_file_system(self._incoming)
        for draft, entry in drafts:
            target = self.path_of(entry)
            make_folder(target.parent)
            draft.rename(target)

    def walk(self) -> Iterator[tuple[str, Path]]:
        """Address and path of everything in the pool, in the order of the addresses."""
        yield from _walk(self.root, "")

    def forget_all_but(self, kept: Iterable[str]) -> tuple[int, int]:
        """Remove what is not among these addresses, which come in order; how many files and bytes went."""
        wanted = iter(kept)
        current = next(wanted, None)
        files = size = 0
        for name, path in self.walk():
            while current is not None and current < name:
                current = next(wanted, None)
            if current == name:
                continue
            size += path.stat().st_size
            path.unlink()
            files += 1
            with suppress(OSError):
                path.parent.rmdir()
        return files, size


def address(entry: Entry) -> str:
    """The path of an object in the pool: its key, which for an original names the content, else with its hash."""
    if content_hash(entry.key) == entry.sha256:
        return entry.key
    return f"{entry.key}.{entry.sha256[:HASH_DIGITS]}"


class Incoming:
    """An object on its way into the pool; leaving the block before `finish` drops it."""

    def __init__(self, draft: Path) -> None:
        self._draft = draft
        self._file = open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE), "wb")  # noqa: SIM115
        self._digest = hashlib.sha256()
        self._whole = False
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._file.close()
        if not self._whole:
            self._draft.unlink(missing_ok=True)

    def write(self, block: bytes) -> None:
        """More bytes."""
        self._file.write(block)
        self._digest.update(block)
        self.size += len(block)

    @property
    def sha256(self) -> str:
        """The hash so far, in hex."""
        return self._digest.hexdigest()

    def finish(self, key: str, etag: str = "") -> tuple[Path, Entry]:
        """The whole file and its entry, for `Pool.place`."""
        self._file.close()
        self._whole = True
        return self._draft, Entry(key, self.size, self.sha256, etag)


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as listing:
        names = sorted(f"{each.name}/" if each.is_dir(follow_symlinks=False) else each.name for each in listing)
    for name in names:
        if name.endswith("/"):
            yield from _walk(folder / name[:-1], prefix + name)
        else:
            yield prefix + name, folder / name
