"""Identifiers: UUIDv7 (RFC 9562 §5.7), which sort by the time they were made."""

from __future__ import annotations

import os
import time
from uuid import UUID

from archypix.core.errors import NotFound


def new_id() -> UUID:
    """A UUIDv7: 48 bits of milliseconds since 1970, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def parse_id(text: str, what: str = "thing") -> UUID:
    """The id written in `text`; text that is no id names nothing, hence `NotFound`."""
    try:
        if len(text) != 36:
            raise ValueError(text)
        return UUID(text)
    except ValueError:
        raise NotFound(f"There is no {what} with this id.") from None
