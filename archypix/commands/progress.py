"""What commands show: progress in one line that is written over, and names that are safe on a terminal."""

from __future__ import annotations

import time
from typing import TextIO


class Progress:
    """One line that is written over on a terminal, or a new line every few seconds elsewhere."""

    def __init__(self, out: TextIO, *, every: float = 5.0) -> None:
        self._out = out
        self._terminal = out.isatty()
        self._every = 0.1 if self._terminal else every
        self._shown = 0.0
        self._width = 0

    def show(self, text: str) -> None:
        """Show where things stand, at most once every so often."""
        if time.monotonic() - self._shown < self._every:
            return
        self._shown = time.monotonic()
        if self._terminal:
            self._out.write(f"\r{text:<{self._width}}")
            self._width = len(text)
        else:
            self._out.write(text + "\n")
        self._out.flush()

    def say(self, text: str) -> None:
        """A line that stays."""
        self.end()
        self._out.write(text + "\n")
        self._out.flush()

    def end(self) -> None:
        """Leave the progress line, if there is one."""
        if self._terminal and self._width:
            self._out.write("\n")
            self._width = 0


def printable(text: str) -> str:
    """`text` for a terminal: names that are no Unicode, and control characters, are escaped."""
    clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in clean)
