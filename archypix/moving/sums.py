"""Hashes over the rows of a table that do not depend on their order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import orjson

from archypix.moving.describing import Moves
from archypix.moving.models import Sum

MODULUS: Final = 1 << 256


class Adding:
    """Adds up rows: the sum, modulo 2**256, of the SHA-256 of each as canonical JSON. Blocking, a little."""

    def __init__(self, table: Moves) -> None:
        self._unsummed = table.unsummed
        self._count = 0
        self._total = 0

    def add(self, lines: Iterable[dict[str, Any]]) -> None:
        """Take more rows."""
        for line in lines:
            summed = {key: value for key, value in line.items() if key not in self._unsummed}
            digest = hashlib.sha256(orjson.dumps(summed, option=orjson.OPT_SORT_KEYS)).digest()
            self._total = (self._total + int.from_bytes(digest)) % MODULUS
            self._count += 1

    def sum(self) -> Sum:
        """The sum of all so far."""
        return Sum(self._count, self._total.to_bytes(32).hex())
