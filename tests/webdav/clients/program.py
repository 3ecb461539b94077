"""What every program can do with a drive, in the words of tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

SECONDS = 120


class Program(Protocol):
    """A client that is connected to a drive. Paths are names below its root, such as `/Alps/peak.jpg`."""

    def folder(self, path: str) -> None:
        """Make a folder."""

    def put(self, local: Path, path: str) -> None:
        """Upload a file."""

    def get(self, path: str) -> bytes:
        """Download a file."""

    def names(self, path: str) -> set[str]:
        """What is in a folder."""

    def move(self, source: str, target: str) -> None:
        """Rename or move a file or a folder."""

    def copy(self, source: str, target: str) -> None:
        """Copy a file."""

    def delete(self, path: str) -> None:
        """Delete a file."""

    def delete_folder(self, path: str) -> None:
        """Delete a folder with all that is in it."""

    def close(self) -> None:
        """Disconnect; what was put is there by then."""


def run(*words: str | Path, text: str | None = None, env: Mapping[str, str] | None = None) -> str:
    """What a command prints. It fails the test with all it said where it fails."""
    done = subprocess.run(
        [str(word) for word in words],
        input=text,
        env=dict(os.environ) | dict(env or {}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
