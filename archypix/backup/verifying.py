"""Reading backups again: is every file of them there, with the bytes that were copied? Everything here blocks."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from archypix.backup import manifest
from archypix.backup.disk import what_is_wrong, wrong_with
from archypix.backup.models import Damage, Entry
from archypix.backup.pool import address
from archypix.backup.store import Store, objects
from archypix.core.errors import StartupError


@dataclass(slots=True)
class Verified:
    """How many backups and files were read, and what is wrong with them, by their paths."""

    backups: int = 0
    files: int = 0
    size: int = 0
    damaged: Damage = field(default_factory=Damage)


def verify(store: Store, folders: list[Path], say: Callable[[str], None]) -> Verified:
    """Read these backups, each file that they share once."""
    result = Verified()
    lists = []
    for folder in folders:
        result.backups += 1
        try:
            content = manifest.read(folder)
        except StartupError as error:
            result.damaged.add(str(folder), error.detail)
            continue
        for part in content.parts():
            say(f"{folder.name}: {part.file}")
            if wrong := what_is_wrong(folder, part):
                result.damaged.add(str(folder / part.file), wrong)
        lists.append(_readable(folder, result))
    merged = heapq.merge(*lists, key=itemgetter(0))
    for _, same in groupby(merged, key=itemgetter(0)):
        _check(store, [(entry, name) for _, entry, name in same], result)
        say(f"{result.files} files, {result.size >> 20} MB")
    return result


def _readable(folder: Path, result: Verified) -> Iterator[tuple[str, Entry, str]]:
    try:
        for entry in objects(folder):
            yield address(entry), entry, folder.name
    except OSError as error:
        result.damaged.add(str(error.filename), str(error.strerror))


def _check(store: Store, same: list[tuple[Entry, str]], result: Verified) -> None:
    entry, _ = same[0]
    path = store.pool.path_of(entry)
    result.files += 1
    result.size += entry.size
    if wrong := wrong_with(path, entry.size, entry.sha256):
        names = ", ".join(name for _, name in same[:3]) + (", …" if len(same) > 3 else "")
        result.damaged.add(str(path), f"{wrong} (of {names})")
