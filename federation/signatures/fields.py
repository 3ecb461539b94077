"""Header fields of one request, looked up many times, and the parts of its target as on the wire."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from federation.signatures.models import BadSignature

_PRINTABLE = re.compile(r"[\x20-\x7e\t]*")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
# RFC 3986 without user info, fragments and other schemes; nothing is decoded, completed or put right.
_TARGET = re.compile(
    r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::([0-9]{1,5}))?"
    r"(/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:\?((?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*))?"
)


class Fields:
    """Field lines by lower-case name, in order, without surrounding blanks."""

    __slots__ = ("_lines",)

    def __init__(self, headers: Sequence[tuple[str, str]]) -> None:
        lines: dict[str, list[str]] = {}
        for name, value in headers:
            lines.setdefault(name.lower(), []).append(value.strip(" \t"))
        self._lines = lines

    def __contains__(self, name: str) -> bool:
        return name in self._lines

    def items(self) -> Iterable[tuple[str, str]]:
        """Every line, for the library."""
        return [(name, value) for name, values in self._lines.items() for value in values]

    def add(self, name: str, value: str) -> None:
        """One more line."""
        self._lines.setdefault(name, []).append(value)

    def joined(self, name: str) -> str:
        """All lines of `name` as one value. Raises BadSignature where there is none, or more than visible ASCII."""
        lines = self._lines.get(name)
        if lines is None:
            raise BadSignature(f"The header {shown(name)} is missing.")
        value = lines[0] if len(lines) == 1 else ", ".join(lines)
        if not _PRINTABLE.fullmatch(value):
            raise BadSignature(f"The header {shown(name)} holds characters that cannot be signed.")
        return value

    def single(self, name: str) -> str | None:
        """The value of a header that may come once only; None without. Raises BadSignature likewise."""
        lines = self._lines.get(name)
        if lines is None:
            return None
        if len(lines) > 1:
            raise BadSignature(f"The header {shown(name)} came twice.")
        return self.joined(name)


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of an absolute http(s) URI, spelled as they came; `path` and `query` may be missing."""

    scheme: str
    host: str
    port: str | None
    path: str
    query: str | None

    @property
    def authority(self) -> str:
        """Host and port as they came."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def normal_authority(self) -> str:
        """Host in lower case, with the port unless it is the scheme's own (RFC 9421 §2.2.3)."""
        if self.port is None or self.port == _DEFAULT_PORTS[self.scheme]:
            return self.host.lower()
        return f"{self.host.lower()}:{self.port}"

    @property
    def query_suffix(self) -> str:
        """The query with its question mark, or nothing."""
        return "" if self.query is None else f"?{self.query}"


def parse_target(url: str) -> Target:
    """The parts of `url`. Raises BadSignature where it is no absolute http(s) URI in ASCII."""
    found = _TARGET.fullmatch(url)
    if found is None:
        raise BadSignature("The target of the request cannot be signed.")
    return Target(found[1], found[2], found[3], found[4] or "", found[5])


def shown(name: str) -> str:
    """A name from outside, short and harmless enough for a message."""
    return ascii(name[:40])
