"""Cursors of lists: where a page ended, and of which query. Opaque to clients, and checked like anything they send.

A cursor holds no right: one that was made up points somewhere in the same person's own list.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from archypix.core.errors import Fault, Invalid

Key: TypeAlias = datetime | int | str

VERSION = 1
MAX_LENGTH = 2000
MAX_INTEGER = 2**63 - 1
EPOCH = datetime(1970, 1, 1)
# The range of `datetime`, in microseconds from 1970.
EARLIEST = (datetime.min - EPOCH) // timedelta(microseconds=1)
LATEST = (datetime.max - EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Position:
    """The last row of a page: its sort key and its id."""

    key: Key
    id: UUID


def fingerprint(asked: Mapping[str, Any]) -> str:
    """Equal for requests that may share cursors. `asked` is all that decides which rows come, and in what order."""
    digest = hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).digest()
    return base64.urlsafe_b64encode(digest[:12]).decode()


def encode_cursor(position: Position, mark: str) -> str:
    """The cursor of the page that follows `position`, for the request with the fingerprint `mark`."""
    key = position.key
    if isinstance(key, datetime):
        aware = key.tzinfo is not None
        naive = key.astimezone(UTC).replace(tzinfo=None) if aware else key
        written: list[Any] = ["u" if aware else "w", (naive - EPOCH) // timedelta(microseconds=1)]
    else:
        written = ["i" if isinstance(key, int) else "s", key]
    return base64.urlsafe_b64encode(orjson.dumps([VERSION, mark, *written, position.id.hex])).decode().rstrip("=")


def decode_cursor(text: str, mark: str, kind: str) -> Position:
    """Where the page before ended. `kind` is `w` (wall clock), `u` (UTC), `i` or `s`, as the sort has it.

    `Invalid` for text that is no cursor, and for the cursor of another query.
    """
    try:
        if len(text) > MAX_LENGTH:
            raise ValueError("long")
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        version, its_mark, its_kind, key, hexadecimal = orjson.loads(raw)
        if version != VERSION or not isinstance(its_mark, str) or not isinstance(hexadecimal, str):
            raise ValueError("form")
        if its_mark == mark and its_kind != kind:
            raise ValueError("kind")
        position = Position(_key(its_kind, key), UUID(hexadecimal))
    except (ValueError, TypeError, binascii.Error):
        raise Invalid(
            "The cursor cannot be read.",
            faults=(Fault("cursor", "Send `next` of the page before."),),
            code="bad_cursor",
        ) from None
    if its_mark != mark:
        raise Invalid(
            "The cursor belongs to another query.",
            faults=(Fault("cursor", "Repeat all other parameters of the page that it came with, or leave it out."),),
            code="cursor_mismatch",
        )
    return position


def _key(kind: Any, key: Any) -> Key:
    if kind == "s":
        if not isinstance(key, str) or "\0" in key:
            raise ValueError("key")
        return key
    if type(key) is not int or abs(key) > MAX_INTEGER:
        raise ValueError("key")
    if kind == "i":
        return key
    if kind not in ("w", "u") or not EARLIEST <= key <= LATEST:
        raise ValueError("key")
    moment = EPOCH + timedelta(microseconds=key)
    return moment.replace(tzinfo=UTC) if kind == "u" else moment
