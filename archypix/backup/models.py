"""What a backup consists of, as its manifest says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["server", "resolver"]
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Step:
    """A migration that the database had been through: number, file name, SHA-256 of its SQL in hex."""

    number: int
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a backup, by its path in the backup's folder: bytes and SHA-256 in hex."""

    file: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table: its columns in the order of the file, and how many rows there are."""

    name: str
    columns: list[str]
    rows: int
    part: Part


@dataclass(frozen=True, slots=True)
class Objects:
    """The list of stored objects that belong to the backup; `missing` were not whole at the server itself."""

    part: Part
    count: int
    size: int
    missing: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about one backup. `made_at` is ISO 8601 in UTC: the moment whose state this is.

    `master` proves a master secret without telling it. `settings_file` is where the settings came from, if anywhere.
    """

    format: int
    id: str
    kind: Kind
    made_at: str
    version: str
    postgresql: int
    domain: str
    origin: str
    master: str
    steps: list[Step]
    tables: list[Table]
    sequences: dict[str, int]
    secrets: Part
    sealed: bool
    objects: Objects
    settings_file: str = ""

    def parts(self) -> list[Part]:
        """All files of the backup's folder but the manifest itself."""
        return [*(table.part for table in self.tables), self.secrets, self.objects.part]


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored object: its key, its bytes, its SHA-256 in hex, and the validator that storage gave it.

    Before it was copied, hash and size may not be known: then they are empty and -1.
    """

    key: str
    size: int = -1
    sha256: str = ""
    etag: str = ""


@dataclass(slots=True)
class Damage:
    """What is wrong with a backup, or was wrong with what it was taken of: the first names, and how many there are."""

    count: int = 0
    named: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, reason: str) -> None:
        """Note one more."""
        self.count += 1
        if len(self.named) < 1000:
            self.named.append((name, reason))
