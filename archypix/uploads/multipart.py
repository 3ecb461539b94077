"""Reading multipart/form-data (RFC 7578, RFC 2046 §5.1) piece by piece, to the last bit as it was sent.

Wherever a body is cut into pieces, the bytes of a part are those between its headers and the next delimiter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from werkzeug.http import parse_options_header

MAX_BOUNDARY = 200
MAX_HEADERS = 16 << 10
# Blanks that transports may have put behind a delimiter.
MAX_PADDING = 64
LINE = b"\r\n"


class Malformed(Exception):
    """The body is not the multipart form that its Content-Type says."""


@dataclass(frozen=True, slots=True)
class PartHead:
    """What a part says of itself: the field's name, and the file's name where it is one."""

    name: str
    filename: str | None


class _State(Enum):
    PREAMBLE = auto()
    DELIMITER = auto()
    HEADERS = auto()
    DATA = auto()
    END = auto()


class MultipartReader:
    """Calls `begin` for each part, `data` for each stretch of its bytes, `end` behind it."""

    def __init__(
        self,
        boundary: bytes,
        *,
        begin: Callable[[PartHead], None],
        data: Callable[[bytes], None],
        end: Callable[[], None],
    ) -> None:
        if not 0 < len(boundary) <= MAX_BOUNDARY:
            raise Malformed
        self._delimiter = LINE + b"--" + boundary
        # The first delimiter may stand at the very start, without a line before it.
        self._buffer = bytearray(LINE)
        self._state = _State.PREAMBLE
        self._in_part = False
        self._begin = begin
        self._data = data
        self._end = end

    def feed(self, piece: bytes) -> None:
        """Take the next piece. Raises `Malformed`, and whatever the callbacks raise."""
        if self._state is not _State.END:
            self._buffer += piece
        while self._step():
            pass

    def finish(self) -> None:
        """There are no more pieces; `Malformed` when the form was not whole."""
        if self._state is not _State.END:
            raise Malformed

    def _step(self) -> bool:
        """Use what is in the buffer; False when more is needed."""
        match self._state:
            case _State.PREAMBLE | _State.DATA:
                return self._until_delimiter()
            case _State.DELIMITER:
                return self._after_delimiter()
            case _State.HEADERS:
                return self._headers()
            case _State.END:
                self._buffer.clear()
                return False

    def _until_delimiter(self) -> bool:
        found = self._buffer.find(self._delimiter)
        if found >= 0:
            self._hand_on(found)
            self._state = _State.DELIMITER
            return True
        self._hand_on(max(0, len(self._buffer) - len(self._delimiter) + 1))
        return False

    def _after_delimiter(self) -> bool:
        """The buffer starts with what looks like a delimiter; what follows it says whether it is one."""
        start = len(self._delimiter)
        following = self._buffer[start : start + MAX_PADDING + 2]
        if following.startswith(b"--"):
            self._close_part()
            self._state = _State.END
            return True
        padding = len(following) - len(following.lstrip(b" \t"))
        rest = following[padding : padding + 2]
        if rest == LINE:
            self._close_part()
            # The line's end stays: the headers are read as what stands between it and the blank line.
            del self._buffer[: start + padding]
            self._state = _State.HEADERS
            return True
        if (LINE.startswith(rest) and padding < MAX_PADDING) or following == b"-":
            return False
        self._hand_on(start)
        self._state = _State.DATA if self._in_part else _State.PREAMBLE
        return True

    def _headers(self) -> bool:
        end = self._buffer.find(LINE + LINE)
        if end < 0 or end > MAX_HEADERS:
            if len(self._buffer) > MAX_HEADERS:
                raise Malformed
            return False
        head = _parse_head(bytes(self._buffer[:end]))
        del self._buffer[: end + len(LINE + LINE)]
        self._begin(head)
        self._in_part = True
        self._state = _State.DATA
        return True

    def _hand_on(self, count: int) -> None:
        """Take `count` bytes off the buffer; they belong to the part, if there is one."""
        if not count:
            return
        if self._in_part:
            with memoryview(self._buffer) as view:
                data = bytes(view[:count])
            self._data(data)
        del self._buffer[:count]

    def _close_part(self) -> None:
        if self._in_part:
            self._in_part = False
            self._end()


def _parse_head(block: bytes) -> PartHead:
    try:
        text = block.decode()
    except UnicodeDecodeError:
        raise Malformed from None
    for line in text.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            kind, options = parse_options_header(value.strip())
            if kind.lower() != "form-data" or not options.get("name"):
                raise Malformed
            return PartHead(options["name"], options.get("filename"))
    raise Malformed
