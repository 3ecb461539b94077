"""`archypix import DIR` of an export: pictures as they were and what belongs to them, and what stays behind and why."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from archypix.commands import intake
from archypix.commands.context import LibraryTools
from archypix.commands.intake import Arriving, Item
from archypix.commands.progress import Progress, printable
from archypix.core.database import Connection
from archypix.core.settings import Settings
from archypix.exchange import layout, lines, reading
from archypix.exchange.bringing import Bringer
from archypix.exchange.lines import PictureLine
from archypix.exchange.restoring import Restorer
from archypix.tags.assigning import TagAssigner
from archypix.uploads.folders import Unreadable
from archypix.uploads.models import Witness

SHOWN = 50


def recognises(path: Path) -> bool:
    """Whether a folder holds an export of ours."""
    return path.is_dir() and layout.recognises(path)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import; as the import of a folder, and 1 as well when something else than a file could not be brought."""
    folder = arguments.folder.absolute()
    manifest = reading.checked(folder)
    coming = _Coming(arguments, settings, folder)
    code = intake.run(arguments, settings, coming.items, before=coming.before, after=coming.after)
    coming.tell()
    for count, why in reading.behind(manifest, versions=coming.versions):
        print(f"not brought: {count} {why}")
    return code or (1 if coming.bringer is not None and coming.bringer.result.failed else 0)


@dataclass
class _Coming:
    """One export on its way in."""

    arguments: argparse.Namespace
    settings: Settings
    folder: Path
    bringer: Bringer | None = None
    versions: int = 0

    async def before(self, tools: LibraryTools, account_id: int) -> None:
        """Settings and tags come before pictures."""
        self.bringer = Bringer(
            tools.database, account_id, self.folder, make_tag=_make_tag, default_days=self.settings.trash_days
        )
        await self.bringer.before()

    async def after(self, tools: LibraryTools, account_id: int) -> None:
        """And the rest after them."""
        del tools, account_id
        assert self.bringer is not None
        await self.bringer.after()

    def items(self, tools: LibraryTools, account_id: int, progress: Progress) -> Iterator[Item]:
        """Every picture of the export. Each step blocks."""
        del tools, progress
        assert self.bringer is not None
        restorer = Restorer(account_id, TagAssigner(), self.bringer.covers)
        tags = (self.arguments.tag,) if self.arguments.tag else ()
        path = self.folder / layout.PICTURES
        for number, line in enumerate(lines.lines(path), 1):
            try:
                said: PictureLine = lines.parse(PictureLine, line)
            except ValueError as error:
                yield Unreadable(path, f"line {number}: {error}")
                continue
            self.versions += len(said.versions)
            file = layout.inside(self.folder, said.file)
            if file is None:
                yield Unreadable(path, f"line {number}: the file it names is none of the export")
                continue
            yield Arriving(file, file, said.filename, tags, said.file_date, witness=_witness(restorer, said))

    def tell(self) -> None:
        """What came besides pictures."""
        if self.bringer is None:
            return
        result = self.bringer.result
        for kind, count in sorted(result.new.items()):
            print(f"{kind:<12}  {count:>8}")
        for name, sentences in (("left as it is", result.left), ("failed", result.failed)):
            for sentence in sentences[:SHOWN]:
                print(f"{name}: {printable(sentence)}")
            if len(sentences) > SHOWN:
                print(f"{name}: {len(sentences) - SHOWN} more")


def _witness(restorer: Restorer, said: PictureLine) -> Witness:
    async def restore(connection: Connection, picture_id: UUID) -> None:
        await restorer.restore(connection, picture_id, said)

    return restore


async def _make_tag(connection: Connection, account_id: int, path: str) -> int:
    (found,) = await TagAssigner().resolve(connection, account_id, [path])
    return found
