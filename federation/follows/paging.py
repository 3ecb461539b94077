"""Cursors of lists that are ordered by a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from archypix.pictures.cursor import decode_cursor


def behind(cursor: str, mark: str) -> tuple[datetime, UUID]:
    """The time and id of the last row of the page before; `Invalid` for what is no cursor of this list."""
    position = decode_cursor(cursor, mark, "u")
    assert isinstance(position.key, datetime)
    return position.key, position.id
