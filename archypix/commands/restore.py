"""`archypix restore DIR`: a backup onto an empty machine, whole or not at all, resumable."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from archypix.backup.restoring import Restored, restore
from archypix.backup.store import chosen
from archypix.commands import passphrase
from archypix.commands.backup import print_damage
from archypix.commands.progress import Progress
from archypix.core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of backups; the newest is taken")
    parser.add_argument("--at", metavar="NAME", help="take this backup, by the name of its folder in DIR/backups")
    parser.add_argument("--dry-run", action="store_true", help="only look whether it can be restored here")
    passphrase.add_argument(parser, "file with the passphrase that the secrets were sealed with")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Restore; 0 when everything is back, 1 when files are not."""
    store, folder = chosen(Path(arguments.folder).expanduser(), arguments.at)
    progress = Progress(sys.stderr)
    try:
        result = asyncio.run(
            restore(
                settings,
                store,
                folder,
                passphrase=passphrase.given(arguments),
                dry_run=arguments.dry_run,
                say=progress.show,
            )
        )
    finally:
        progress.end()
    _print(result, folder, dry_run=arguments.dry_run)
    return 1 if result.damaged.count else 0


def _print(result: Restored, folder: Path, *, dry_run: bool) -> None:
    rows = sum(table.rows for table in result.manifest.tables)
    print(f"rows    {rows:>10}\nfiles   {result.count:>10}\nMB      {result.size >> 20:>10}")
    print_damage("not in the backup", result.damaged)
    for warning in result.warnings:
        print(f"note: {warning}")
    if dry_run:
        print(f"{folder.name} can be restored here")
    else:
        print(f"restored {folder.name}, of {result.manifest.made_at}")
        if result.manifest.kind == "server":
            print("look it over with: archypix doctor")
