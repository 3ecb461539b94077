"""`archypix export NAME DIR`: everything of one person into a folder, resumable, verified."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

import uvloop

from archypix.commands.context import library_tools
from archypix.commands.progress import Progress, printable
from archypix.core.settings import Settings
from archypix.exchange.copying import Copied
from archypix.exchange.export import Outcome, Wanted, export

NICENESS = 12
SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("name", metavar="NAME", help="whose account")
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="folder that is new, empty, or holds an earlier export"
    )
    parser.add_argument("--trash", action="store_true", help="export what is in the trash as well")
    parser.add_argument("--verify", action="store_true", help="read every file once more at the end")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Export; 0 when everything is there, 1 when something is not, 130 when interrupted."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome, interrupted = runner.run(_export(arguments, settings))
    _print(outcome)
    if interrupted:
        print("interrupted: run the same command again to go on where it stopped")
        return 130
    return 0 if outcome.complete else 1


async def _export(arguments: argparse.Namespace, settings: Settings) -> tuple[Outcome, bool]:
    loop, stop, progress = asyncio.get_running_loop(), asyncio.Event(), Progress(sys.stderr)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def show(files: Copied) -> None:
        progress.show(f"{files.copied + files.there} files, {files.copied} copied, {files.bytes >> 20} MiB")

    async with library_tools(settings) as tools:
        account_id = await tools.account_id(arguments.name)
        os.nice(NICENESS)
        wanted = Wanted(
            account_id,
            arguments.folder.absolute(),
            settings.domain or "localhost",
            trash=arguments.trash,
            verify=arguments.verify,
        )
        outcome = await export(tools.database, tools.storage, wanted, stopped=stop.is_set, shown=show)
    progress.end()
    return outcome, stop.is_set()


def _print(outcome: Outcome) -> None:
    files = outcome.files
    rows = sorted((name, count) for name, count in outcome.counts.items() if count)
    rows += [("files copied", files.copied), ("files that were there", files.there), ("files missing", files.missed)]
    if outcome.stale:
        rows.append(("files of an earlier export", outcome.stale))
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:<{width}}  {count:>8}" for name, count in rows))
    for path, reason in files.missing[:SHOWN]:
        print(f"missing: {printable(path)}: {reason}")
    if files.missed > SHOWN:
        print(f"missing: {files.missed - SHOWN} more")
