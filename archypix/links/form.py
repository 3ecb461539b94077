"""The form by which guests send pictures: their name, then any number of files, read piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from archypix.uploads.multipart import Malformed, MultipartReader, PartHead

GUEST: Final = "guest"
FILES: Final = "files"
MOST_PARTS: Final = 1010
LONGEST_FIELD: Final = 1000


@dataclass(frozen=True, slots=True)
class Begun:
    """A file begins; this is what its sender calls it."""

    filename: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The file that was begun is whole."""


Event: TypeAlias = Begun | bytes | Ended


class GuestForm:
    """Takes the body piece by piece and tells what was in it, in order. Plain functions; run them in a thread."""

    def __init__(self, boundary: bytes) -> None:
        self._reader = MultipartReader(boundary, begin=self._begin, data=self._data, end=self._end)
        self._events: list[Event] = []
        self._parts = 0
        self._part = ""
        self._held = bytearray()
        self.guest: str | None = None

    def feed(self, piece: bytes | None) -> list[Event]:
        """What the next piece holds; None at the end. `Malformed` for a body that is no such form."""
        if piece is None:
            self._reader.finish()
        else:
            self._reader.feed(piece)
        events, self._events = self._events, []
        return events

    def _begin(self, head: PartHead) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS or head.name not in (GUEST, FILES):
            raise Malformed
        self._part = head.name
        self._held.clear()
        if head.name == FILES:
            self._events.append(Begun(head.filename or ""))

    def _data(self, data: bytes) -> None:
        if self._part == FILES:
            self._events.append(data)
            return
        self._held += data
        if len(self._held) > LONGEST_FIELD:
            raise Malformed

    def _end(self) -> None:
        if self._part == FILES:
            self._events.append(Ended())
            return
        try:
            self.guest = self._held.decode()
        except UnicodeDecodeError:
            raise Malformed from None
