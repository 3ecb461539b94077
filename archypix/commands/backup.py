"""`archypix backup DIR`: database, files and secrets into a folder, as of one moment, while the server works."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from archypix.backup.making import Made, make
from archypix.backup.models import Damage
from archypix.backup.store import chosen
from archypix.backup.verifying import verify
from archypix.commands import passphrase
from archypix.commands.progress import Progress, printable
from archypix.core.settings import Settings

SHOWN = 50
# The server answers first.
NICENESS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder that takes the backups, each time the same")
    parser.add_argument("--keep", type=_count, metavar="N", help="afterwards forget all backups but the newest N")
    parser.add_argument("--verify", action="store_true", help="make none: read those that are there, and name damage")
    passphrase.add_argument(parser, "file with a passphrase that seals the secrets")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Back up; 0 when all is in the backup, 1 when something is not."""
    folder = Path(arguments.folder).expanduser().absolute()
    progress = Progress(sys.stderr)
    os.nice(NICENESS)
    try:
        if arguments.verify:
            return _verify(folder, progress)
        made = asyncio.run(
            make(settings, folder, passphrase=passphrase.given(arguments), keep=arguments.keep, say=progress.show)
        )
    finally:
        progress.end()
    _print(made)
    return 1 if made.report.missing.count else 0


def _verify(folder: Path, progress: Progress) -> int:
    store, newest = chosen(folder, None)
    folders = [newest] if newest == folder else store.whole()
    result = verify(store, folders, progress.show)
    progress.end()
    print(f"backups {result.backups:>10}\nfiles   {result.files:>10}\nMB      {result.size >> 20:>10}")
    if result.damaged.count:
        print_damage("damaged", result.damaged)
        print("Remove what is damaged and make another backup: what the server still has is copied again.")
        return 1
    print("everything is as it was copied")
    return 0


def _print(made: Made) -> None:
    report, content = made.report, made.manifest
    rows = sum(table.rows for table in content.tables)
    print(f"rows    {rows:>10}\nfiles   {content.objects.count:>10}\nnew     {report.copied:>10}")
    backups, files, size = made.forgotten
    if backups or files:
        print(f"forgot  {backups:>10} backups, {files} files, {size >> 20} MB")
    print_damage("not whole at the server", report.missing)
    print(f"made    {made.folder}")


def print_damage(what: str, damage: Damage) -> None:
    """Name the first files that something is wrong with, and say how many more there are."""
    for name, reason in damage.named[:SHOWN]:
        print(f"{what}: {printable(name)}: {printable(reason)}")
    if damage.count > SHOWN:
        print(f"{what}: {damage.count - SHOWN} more")


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError("1 to 10000")
    return number
