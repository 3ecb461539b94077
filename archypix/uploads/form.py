"""The multipart form of an upload: one file, whose bytes are handed on as they come, and a few short fields."""

from __future__ import annotations

from collections.abc import Callable

from archypix.core.errors import Fault, Invalid
from archypix.uploads.multipart import Malformed, MultipartReader, PartHead

__all__ = ["FormReader", "Malformed"]

FILE = "file"
MAX_FIELD = 64 << 10
MAX_PARTS = 20


class FormReader:
    """Takes the body piece by piece; gives the file's bytes to `sink`, keeps the fields.

    All methods are plain functions that work in memory only as long as `sink` does; run them in a thread.
    """

    def __init__(self, boundary: bytes, fields: frozenset[str], sink: Callable[[bytes], None]) -> None:
        self._reader = MultipartReader(boundary, begin=self._begin, data=self._take, end=self._end)
        self._known = fields
        self._sink = sink
        self._part = ""
        self._parts = 0
        self._held = bytearray()
        self.values: dict[str, str] = {}
        self.filename: str | None = None
        self.has_file = False

    def feed(self, piece: bytes | None) -> None:
        """Take the next piece, None at the end.

        Raises `Malformed` for a body that is no such form, `Invalid` for a field that is unknown, twice there, or long.
        """
        if piece is None:
            self._reader.finish()
        else:
            self._reader.feed(piece)

    def _begin(self, head: PartHead) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise Malformed
        if head.name == FILE:
            if self.has_file:
                raise _refused(FILE, "One file a request.")
            self.has_file = True
            self.filename = head.filename
        elif head.name not in self._known:
            raise _refused(head.name[:100], "There is no such field.")
        elif head.name in self.values:
            raise _refused(head.name, "This field may come once.")
        self._part = head.name
        self._held.clear()

    def _take(self, data: bytes) -> None:
        if self._part == FILE:
            self._sink(data)
            return
        if len(self._held) + len(data) > MAX_FIELD:
            raise _refused(self._part, "This field is too long.")
        self._held += data

    def _end(self) -> None:
        if self._part == FILE:
            return
        try:
            self.values[self._part] = self._held.decode()
        except UnicodeDecodeError:
            raise _refused(self._part, "This field must be UTF-8 text.") from None


def _refused(path: str, detail: str) -> Invalid:
    return Invalid("The form is not as expected.", faults=(Fault(path, detail),))
