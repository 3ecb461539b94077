"""Which date orders a picture in the timeline: its capture time, else its file's own date, else when it came in."""

from __future__ import annotations

from datetime import UTC, datetime

FILE = "file"
INGESTED = "ingested"
EDITED = "edited"


def order_date(
    captured_at: datetime | None, captured_source: str, file_date: datetime | None, ingested_at: datetime
) -> tuple[datetime, str]:
    """The wall-clock time that orders the picture, and where it is from.

    `captured_at` and `file_date` are naive wall clocks; `ingested_at` is aware and taken in UTC. The source is
    `captured_source` (where the capture time is from: `exif`, `edited`, …), `file` or `ingested`.
    """
    if captured_at is not None:
        return captured_at, captured_source
    if file_date is not None:
        return file_date, FILE
    return ingested_at.astimezone(UTC).replace(tzinfo=None), INGESTED


# The first and the last moment of the calendar are infinities on their way to the database.
INFINITE = (datetime.min, datetime.max)


def parse_wall_clock(text: str) -> datetime:
    """A naive wall clock from `2018-03-02T10:00:00`, with or without fraction or offset; an offset is dropped.

    Raises ValueError for anything else.
    """
    if len(text) > 40:
        raise ValueError("too long")
    moment = datetime.fromisoformat(text).replace(tzinfo=None)
    if moment in INFINITE:
        raise ValueError("no date")
    return moment
