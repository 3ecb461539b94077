"""What operations look like in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archypix.journal.store import Step
from archypix.tags.followers import Note


@dataclass(frozen=True, slots=True)
class Operation:
    """One change by a person: `count` pictures changed, `undoes` an earlier operation; `undoable` says whether now.

    `steps` are changes of the tree of tags, `notes` what those who name tags said before and after it.
    `drive_token` and `by_name` are the device that did it, if one did.
    """

    id: UUID
    number: int
    kind: str
    summary: str
    at: datetime
    count: int
    undone_at: datetime | None
    undoes: UUID | None
    undoable: bool
    units: Sequence[str]
    steps: Sequence[Step]
    notes: Mapping[str, Note]
    drive_token: int | None = None
    by_name: str | None = None


@dataclass(frozen=True, slots=True)
class OperationPage:
    """A page of the log, newest first; `next` is the cursor of the following one."""

    items: Sequence[Operation]
    next: str | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: pictures put back, and those that had changed since and were left alone.

    `operation` is the undo itself, which can be undone in turn; None where nothing was left to put back.
    """

    undone: UUID
    operation: UUID | None
    affected: int
    skipped: int
