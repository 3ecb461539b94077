"""The folder that takes backups: which there are, how one is begun and ended, and what is forgotten.

DIR/backups/2026-03-01T02-00-00Z/   one backup: manifest.json, tables/, secrets.json, objects.gz
DIR/objects/                        stored objects, shared by all backups
DIR/lock                            held while a backup is made or forgotten
"""

from __future__ import annotations

import heapq
import itertools
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archypix.backup import entries, manifest
from archypix.backup.disk import explained, make_folder, sync_folder
from archypix.backup.models import Entry, Manifest
from archypix.backup.pool import Pool, address
from archypix.core.errors import StartupError
from archypix.core.runtime.locks import FileLock

BACKUPS: Final = "backups"
PARTIAL: Final = ".partial"
_NAME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(?:-\d+)?")
_OWN: Final = frozenset({BACKUPS, "objects", "incoming", "lock"})


class Store:
    """The folder `root`. All of it blocks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pool = Pool(root)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Hold the folder for one backup; what an earlier one left half made is removed, its objects stay.

        `StartupError` where another backup is being made into it, or it holds other things.
        """
        with explained(self.root):
            self._require_ours()
            make_folder(self.root / BACKUPS)
            lock = FileLock(self.root / "lock")
            if not lock.try_acquire():
                raise StartupError(f"Another backup is being made into {self.root} ({lock.holder() or 'unknown'}).")
        try:
            with explained(self.root):
                self.pool.start()
                for abandoned in (self.root / BACKUPS).glob(f"*{PARTIAL}"):
                    shutil.rmtree(abandoned)
            yield
        finally:
            self.pool.stop()
            lock.release()

    def whole(self) -> list[Path]:
        """The folders of all backups that were ended, the oldest first."""
        folder = self.root / BACKUPS
        if not folder.is_dir():
            return []
        found = (path for path in folder.iterdir() if _NAME.fullmatch(path.name) and (path / manifest.NAME).is_file())
        return sorted(found, key=_age)

    def begin(self, moment: datetime) -> Path:
        """A folder for a new backup."""
        stamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        for name in itertools.chain([stamp], (f"{stamp}-{number}" for number in itertools.count(2))):
            if not (self.root / BACKUPS / name).exists():
                folder = self.root / BACKUPS / f"{name}{PARTIAL}"
                make_folder(folder)
                return folder
        raise AssertionError

    def end(self, folder: Path, content: Manifest) -> Path:
        """Everything is on disk: write the manifest, and give the backup its name."""
        manifest.write(folder, content)
        final = folder.with_name(folder.name.removesuffix(PARTIAL))
        folder.rename(final)
        sync_folder(final.parent)
        return final

    def drop(self, folder: Path) -> None:
        """Remove a backup that was not ended."""
        shutil.rmtree(folder, ignore_errors=True)

    def keep(self, count: int) -> tuple[int, int, int]:
        """Forget all backups but the newest `count`, and objects that none of these has: backups, files, bytes."""
        *old, _ = [*self.whole()[: -count or None], None]
        for folder in old:
            # Without its name first, so that one half removed is never taken for whole.
            doomed = folder.with_name(f"{folder.name}{PARTIAL}")
            folder.rename(doomed)
            shutil.rmtree(doomed)
        needed = heapq.merge(*(map(address, objects(folder)) for folder in self.whole()))
        return len(old), *self.pool.forget_all_but(needed)

    def _require_ours(self) -> None:
        """Into somebody's full folder nothing is written by mistake."""
        if self.root.is_dir() and not (self.root / BACKUPS).is_dir():
            others = [path.name for path in self.root.iterdir() if path.name not in _OWN and path.name != "lost+found"]
            if others:
                raise StartupError(f"{self.root} is not empty and no folder of backups: it holds {sorted(others)[0]}.")


def objects(folder: Path) -> Iterator[Entry]:
    """The objects of a backup, in the order of their keys, which is that of their addresses too."""
    return entries.read(folder / manifest.read(folder).objects.part.file)


def chosen(root: Path, name: str | None) -> tuple[Store, Path]:
    """The folder of backups and in it the newest one, or that called `name`; `root` may also be a backup's own folder.

    `StartupError` where there is none.
    """
    root = root.absolute()
    if root.parent.name == BACKUPS and (root / manifest.NAME).is_file():
        return Store(root.parent.parent), root
    store = Store(root)
    found = store.whole()
    if name is not None:
        found = [path for path in found if path.name == name]
    if not found:
        raise StartupError(f"There is no whole backup {name + ' ' if name else ''}in {root}.")
    return store, found[-1]


def _age(folder: Path) -> tuple[str, int]:
    stamp, _, number = folder.name.partition("Z")
    return stamp, int(number[1:] or 1)
