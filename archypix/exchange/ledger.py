"""What an export has written so far, in a small database beside it: where each file lies, and that it is whole."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from archypix.core.errors import Conflict
from archypix.exchange.layout import LEDGER

SCHEMA = """
CREATE TABLE IF NOT EXISTS origin (name TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS places (thing TEXT PRIMARY KEY, path TEXT NOT NULL, folded TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL, changed INTEGER NOT NULL, round INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS files_sha256 ON files (sha256);
"""
# Characters that some system refuses in names.
REFUSED = frozenset('<>:"|?*\\/')
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}
)
# Bytes of a name that leave room for what is put behind it: file systems take 255.
LONGEST = 180


class Ledger:
    """All of it blocks, and is used by one thread at a time."""

    def __init__(self, folder: Path, name: str, since: datetime) -> None:
        """Open or make the ledger of a folder, for the account of that name that there is `since` then.

        `Conflict` where another export runs, or it is somebody else's.
        """
        self._db = sqlite3.connect(folder / LEDGER, isolation_level=None, check_same_thread=False, timeout=0.5)
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            # What is lost of it with the power is found out again by reading files.
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("BEGIN EXCLUSIVE")
            self._db.execute("PRAGMA user_version = 1")
            self._db.execute("COMMIT")
            self._db.executescript(SCHEMA)
            found = self._db.execute("SELECT name, since FROM origin").fetchone()
            if found is None:
                self._db.execute("INSERT INTO origin VALUES (?, ?)", (name, since.isoformat()))
            elif found != (name, since.isoformat()):
                raise Conflict(f"{folder} holds an export of another account, {found[0]}: choose another folder.")
        except sqlite3.OperationalError as error:
            self._db.close()
            raise Conflict(f"Another export to {folder} is running.", log_detail=str(error)) from error
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise Conflict(f"{folder / LEDGER} is damaged: remove it, and export again.") from error
        except Conflict:
            self._db.close()
            raise
        (self.round,) = self._db.execute("SELECT coalesce(max(round), 0) + 1 FROM files").fetchone()

    def close(self) -> None:
        """Let others have it."""
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside becomes durable at once."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def place(self, thing: str, folder: str, filename: str) -> str:
        """Where a thing lies, for ever the same: `folder/filename`, with a number where that is another's."""
        found = self._db.execute("SELECT path FROM places WHERE thing = ?", (thing,)).fetchone()
        if found is not None and str(found[0]).startswith(folder.partition("/")[0] + "/"):
            return str(found[0])
        stem, extension = split(portable(filename))
        number = 1
        while True:
            name = f"{stem}{extension}" if number == 1 else f"{stem} ({number}){extension}"
            path = f"{folder}/{name}"
            # A sidecar must not meet a picture of its name either.
            taken = self._db.execute(
                "SELECT 1 FROM places WHERE folded IN (?, ?, ?) AND thing <> ?",
                (fold(path), fold(path + ".xmp"), fold(path.removesuffix(".xmp")), thing),
            ).fetchone()
            if taken is None:
                break
            number = number + 1 if number < 1000 else number * 2
        self._db.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?)", (thing, path, fold(path)))
        return path

    def known(self, path: str) -> tuple[str, int, int] | None:
        """(SHA-256 in hex, size, time of change in nanoseconds) of a file when it was written."""
        row: tuple[str, int, int] | None = self._db.execute(
            "SELECT sha256, size, changed FROM files WHERE path = ?", (path,)
        ).fetchone()
        return row

    def note(self, path: str, sha256: str, size: int, changed: int) -> None:
        """A file is there, whole, and belongs to this round."""
        self._db.execute(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", (path, sha256, size, changed, self.round)
        )

    def files(self) -> Iterator[tuple[str, str]]:
        """(SHA-256, path) of all files of this round, by path."""
        yield from self._db.execute("SELECT sha256, path FROM files WHERE round = ? ORDER BY path", (self.round,))

    def stale(self) -> int:
        """How many files of earlier rounds are no part of this one."""
        return int(self._db.execute("SELECT count(*) FROM files WHERE round < ?", (self.round,)).fetchone()[0])


def month(moment: datetime) -> str:
    """`2024/05`, the folder of a time."""
    return f"{moment.year:04}/{moment.month:02}"


def fold(path: str) -> str:
    """What names are the same by, on systems that know no difference of case or composition."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def split(name: str) -> tuple[str, str]:
    """Stem and extension, the latter with its dot."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or len(extension) > 16:
        return name, ""
    return stem, f".{extension}"


def portable(filename: str) -> str:
    """A file name that every system takes: never hidden, no device, nothing refused, not too long."""
    plain = "".join("_" if c in REFUSED or unicodedata.category(c) in ("Cc", "Cs", "Cf") else c for c in filename)
    stem, extension = split(plain.strip().lstrip(".").rstrip(". ") or "unnamed")
    if stem.casefold() in DEVICES:
        stem = f"_{stem}"
    while len((stem + extension).encode()) > LONGEST:
        stem = stem[:-1]
    return (stem.rstrip() or "unnamed") + extension
