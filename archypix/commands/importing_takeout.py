"""`archypix import` of a Google Takeout: its pictures with dates, places, descriptions, albums and favourites."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import UUID

from archypix.commands import intake
from archypix.commands.context import LibraryTools
from archypix.commands.intake import Arriving, Item, LeftOut
from archypix.commands.progress import Progress
from archypix.core.database import Connection
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.locks import FileLock
from archypix.core.settings import Settings
from archypix.takeout import catalogue
from archypix.takeout.catalogue import Catalogue, Found
from archypix.takeout.names import folded
from archypix.takeout.parts import DAMAGED, Part, Visit, copy_out, parts_of
from archypix.takeout.recognition import recognises
from archypix.takeout.sidecars import Facts
from archypix.takeout.store import fill
from archypix.uploads.folders import Unreadable, tag_for
from archypix.uploads.models import Witness

__all__ = ["recognises", "run"]
FAVOURITES = "Favourites"
ARCHIVE = "Archive"
PASSAGE = "import."


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import; 0 when every picture is in the library, 1 when some are not, 130 when interrupted."""
    path: Path = arguments.folder.absolute()
    print("A Google Takeout: albums become tags; people and what is in the bin are left out.", file=sys.stderr)

    DataDir.open(settings.data)
    with _passage(settings) as passage:

        def items(_: LibraryTools, account_id: int, progress: Progress) -> Iterator[Item]:
            return _items(_Taking(path, arguments.tag, account_id, settings.max_file_size), passage, progress)

        return intake.run(arguments, settings, items)


@dataclass(frozen=True, slots=True)
class _Taking:
    """What is imported, for whom, below which tag."""

    path: Path
    base: str | None
    account_id: int
    largest: int

    def tags(self, found: Found) -> tuple[str, ...]:
        """The tags that a picture gets."""
        names = [found.album, FAVOURITES if found.facts.favourite else None, ARCHIVE if found.archived else None]
        tags = [tag_for(self.base, (name,)) for name in names if name] or [tag_for(self.base, ())]
        return tuple(tag for tag in tags if tag)

    def witness(self, facts: Facts) -> Witness | None:
        """What sets a picture's fields when it is taken in."""
        if facts.place is None and not facts.description:
            return None

        async def witness(connection: Connection, picture_id: UUID) -> None:
            await fill(connection, self.account_id, picture_id, facts)

        return witness


def _items(taking: _Taking, passage: Path, progress: Progress) -> Iterator[Item]:
    """Two rounds: all names and what is said of them, then the pictures in the order in which they lie there."""
    parts = parts_of(taking.path)
    known, faults = catalogue.read(parts, progress.show)
    yield from faults
    for part in parts:
        for seen in part.visit():
            # What could not be read was named in the first round.
            if not isinstance(seen, Unreadable) and known.takes(seen[0].path):
                yield _item(taking, known, part, seen, passage)


def _item(taking: _Taking, known: Catalogue, part: Part, seen: Visit, passage: Path) -> Item:
    member = seen[0]
    label = member.file or part.name / str(member.path)
    found = known.find(member)
    if found.trashed:
        return LeftOut(label)
    path = member.file or passage / secrets.token_hex(12)
    if member.file is None:
        if member.size > taking.largest:
            return Unreadable(label, f"It has {member.size} bytes, and {taking.largest} are the most.")
        try:
            copy_out(seen, path)
        except (OSError, *DAMAGED) as error:
            path.unlink(missing_ok=True)
            return Unreadable(label, f"It cannot be read: {error}")
    return Arriving(
        label, path, _filename(member.path, found.facts), taking.tags(found), found.facts.taken or member.changed,
        passing=member.file is None, witness=taking.witness(found.facts),
    )  # fmt: skip


def _filename(path: PurePosixPath, facts: Facts) -> str:
    """The name that the picture had before Takeout numbered or cut it, where the title is plainly that."""
    title = PurePosixPath(facts.title.replace("\\", "/")).name
    stem = path.stem.rpartition("(")[0] if path.stem.endswith(")") else path.stem
    same = PurePosixPath(title).suffix.casefold() == path.suffix.casefold()
    return title if same and stem and folded(title).startswith(folded(stem)) else path.name


@contextmanager
def _passage(settings: Settings) -> Iterator[Path]:
    """A folder beside the files of the library, for what comes out of archives; those of killed imports go."""
    for left in (settings.data / "run").glob(f"{PASSAGE}*"):
        lock = FileLock(left / "lock")
        if left.is_dir() and lock.try_acquire():
            shutil.rmtree(left, ignore_errors=True)
            lock.release()
    folder = Path(tempfile.mkdtemp(prefix=PASSAGE, dir=settings.data / "run"))
    lock = FileLock(folder / "lock")
    lock.try_acquire()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
