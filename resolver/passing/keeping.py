"""Answers of backends kept in memory: which may be, for how long, and how much of them."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from multidict import CIMultiDictProxy

from archypix.core.languages import Language
from resolver import metrics
from resolver.names.models import Where

MOST_BYTES = 64 << 20
MOST_ENTRIES = 50_000
# The largest answer that is kept.
LONGEST = 1 << 20
# What an entry takes beside its body, about.
OVERHEAD = 2000
# How long an answer counts as new at most, whatever the backend says, and how long it may stand in for its backend.
FRESH_SECONDS = 3600.0
STALE_SECONDS = 7 * 86_400.0

_MAX_AGE = re.compile(r"(?:\A|[,\s])max-age\s*=\s*\"?([0-9]{1,9})")
_VARIES = frozenset({"accept", "accept-encoding", "accept-language"})
# An address, and what of the request decides which of its faces is shown.
Key: TypeAlias = tuple[bytes, bytes, bytes, Language]


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer, whose person it is about, and until when it counts as new (in seconds of the monotonic clock)."""

    where: Where | None
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    fresh_until: float
    made: float = field(default_factory=time.monotonic)

    @property
    def fresh(self) -> bool:
        return time.monotonic() < self.fresh_until

    @property
    def age(self) -> int:
        """Seconds since it was given."""
        return int(time.monotonic() - self.made)

    @property
    def size(self) -> int:
        return len(self.body) + OVERHEAD

    @property
    def etag(self) -> bytes:
        return next((value for name, value in self.headers if name == b"etag"), b"")


class Keeper:
    """At most 64 MiB of answers; those unused for longest go first."""

    def __init__(self, *, most_bytes: int = MOST_BYTES, most_entries: int = MOST_ENTRIES) -> None:
        self._entries: OrderedDict[Key, Kept] = OrderedDict()
        self._most_bytes = most_bytes
        self._most_entries = most_entries
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key, where: Where | None) -> Kept | None:
        """What was kept, unless the person has moved or gone since, or it is too old to stand for anything."""
        found = self._entries.get(key)
        if found is None:
            return None
        if found.where != where or found.age > STALE_SECONDS:
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return found

    def put(self, key: Key, kept: Kept) -> None:
        """Keep an answer."""
        self._drop(key)
        self._entries[key] = kept
        self._grow(kept.size)
        while self.bytes > self._most_bytes or len(self._entries) > self._most_entries:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Key) -> None:
        found = self._entries.pop(key, None)
        if found is not None:
            self._grow(-found.size)

    def _grow(self, size: int) -> None:
        self.bytes += size
        metrics.kept_bytes.inc(size)


def fresh_seconds(status: int, headers: CIMultiDictProxy[str] | Mapping[str, str]) -> float | None:
    """For how long an answer may be kept as new; None where its backend does not call it public, or it is not whole."""
    if status not in (200, 410) or "Set-Cookie" in headers:
        return None
    control = headers.get("Cache-Control", "").lower()
    if "public" not in control or any(word in control for word in ("no-store", "no-cache", "private")):
        return None
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        return None
    varies = {word.strip().lower() for word in headers.get("Vary", "").split(",")} - {""}
    age = _MAX_AGE.search(control)
    if not varies <= _VARIES or age is None:
        return None
    return min(float(age[1]), FRESH_SECONDS)
