"""A passphrase for the secrets of a backup, out of a file or the standard input, never out of the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from archypix.backup.vault import SHORTEST_PASSPHRASE
from archypix.core.errors import StartupError

LONGEST = 1024


def add_argument(parser: argparse.ArgumentParser, meaning: str) -> None:
    """`--passphrase-file`."""
    parser.add_argument("--passphrase-file", metavar="FILE", help=f"{meaning}; - reads the standard input")


def given(arguments: argparse.Namespace) -> str | None:
    """The first line of the file; None where no file was named. `StartupError` where it is none that can be used."""
    name: str | None = arguments.passphrase_file
    if name is None:
        return None
    try:
        text = sys.stdin.readline(LONGEST + 2) if name == "-" else _first_line(Path(name))
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(f"The passphrase cannot be read from {name}: {error}.") from error
    text = text.rstrip("\r\n")
    if not SHORTEST_PASSPHRASE <= len(text) <= LONGEST:
        raise StartupError(f"A passphrase has {SHORTEST_PASSPHRASE} to {LONGEST} characters.")
    return text


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline(LONGEST + 2)
