"""`archypix import DIR --user NAME`: a folder into a library, with progress, resumable, with a table at the end."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from archypix.commands import intake
from archypix.commands.intake import Arriving, Item
from archypix.core.errors import StartupError
from archypix.core.settings import Settings
from archypix.uploads.folders import Unreadable, tag_for, walk

SETTINGS: tuple[str, ...] = ()
# Modules of what is more than a folder of pictures, each with `recognises(path) -> bool` and `run` as a command has
# it. The first that recognises what is to be imported takes it.
KINDS: tuple[str, ...] = ("archypix.commands.importing_exchange", "archypix.commands.importing_takeout")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder to import, with all folders below it")
    parser.add_argument("--user", required=True, metavar="NAME", help="whose library takes the pictures")
    parser.add_argument("--tag", metavar="/PATH", help="tag that every picture gets")
    parser.add_argument("--folders-as-tags", action="store_true", help="turn folders into tags, below --tag if given")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for thumbnails and metadata")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import; 0 when every file is in the library, 1 when some are not, 130 when interrupted."""
    folder: Path = arguments.folder
    for kind in map(importlib.import_module, KINDS):
        if kind.recognises(folder):
            return int(kind.run(arguments, settings))
    if not folder.is_dir():
        raise StartupError(f"{folder} is not a folder.")
    root, base, folders_as_tags = folder.absolute(), arguments.tag, arguments.folders_as_tags
    return intake.run(arguments, settings, lambda *_: _items(root, base, folders_as_tags=folders_as_tags))


def _items(root: Path, base: str | None, *, folders_as_tags: bool) -> Iterator[Item]:
    for found in walk(root):
        if isinstance(found, Unreadable):
            yield found
            continue
        tag = tag_for(base, found.folders if folders_as_tags else ())
        tags = (tag,) if tag else ()
        yield Arriving(found.path, found.path, found.path.name, tags, _file_date(found.path))


def _file_date(path: Path) -> datetime | None:
    """When the file was last changed, as this machine's wall clock; None for what is no date of the calendar."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime)
    except (ValueError, OverflowError, OSError):
        return None
