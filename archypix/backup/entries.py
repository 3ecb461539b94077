"""Lists of stored objects: lines of JSON, compressed, in the order of their keys. Everything here blocks."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archypix.backup.disk import Packed, unpacked
from archypix.backup.models import Entry
from archypix.storage.keys import is_key

LONGEST_LINE: Final = 4096


def add(packed: Packed, entries: Iterable[Entry]) -> None:
    """Write entries to a list."""
    lines = [json.dumps([each.key, each.size, each.sha256, each.etag], separators=(",", ":")) for each in entries]
    packed.write("".join(f"{line}\n" for line in lines).encode())


def read(path: Path) -> Iterator[Entry]:
    """The entries of a list, one after the other; OSError where it is damaged."""
    left = b""
    for block in unpacked(path):
        *lines, left = (left + block).split(b"\n")
        if len(left) > LONGEST_LINE:
            raise _damaged(path)
        for line in lines:
            yield _entry(path, line)
    if left:
        raise _damaged(path)


def _entry(path: Path, line: bytes) -> Entry:
    try:
        key, size, sha256, etag = json.loads(line)
        entry = Entry(str(key), int(size), str(sha256), str(etag))
    except (ValueError, TypeError):
        raise _damaged(path) from None
    # Keys become paths.
    if not is_key(entry.key) or (entry.sha256 and not _is_hash(entry.sha256)):
        raise _damaged(path)
    return entry


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _damaged(path: Path) -> OSError:
    return OSError(errno.EIO, "the list is damaged", str(path))


class Follower:
    """Finds entries by keys that only grow, in a list that is as ordered: one pass, one entry in memory."""

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._entries = entries
        self._next = next(entries, None)

    def find(self, key: str) -> Entry | None:
        """The entry with this key, if there is one."""
        while self._next is not None and self._next.key < key:
            self._next = next(self._entries, None)
        return self._next if self._next is not None and self._next.key == key else None
