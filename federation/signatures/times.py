"""When a signature may be believed: a window around its creation, and an explicit end of half a day at most."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from federation.signatures.models import BadSignature

LONGEST_SECONDS = 12 * 3600
_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-3][0-9]) ([A-Z][a-z]{2}) ([12][0-9]{3}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment of checking in seconds since 1970, and how far from it a signature may have been made."""

    now: float
    window: float

    def check(self, created: int, expires: int | None) -> None:
        """Raises BadSignature where a signature is too old, from the future, over, or meant to live too long."""
        if created > self.now + self.window:
            raise BadSignature("The signature was made in the future.")
        if expires is None:
            if created < self.now - self.window:
                raise BadSignature("The signature is too old.")
        elif not created <= expires <= created + LONGEST_SECONDS:
            raise BadSignature("The signature means to live too long, or never did.")
        elif expires < self.now:
            raise BadSignature("The signature is over.")


def moment(seconds: int) -> datetime:
    """Seconds since 1970, already checked, as a time."""
    return datetime.fromtimestamp(seconds, tz=UTC)


def http_date(when: datetime) -> str:
    """`when` as a Date header says it."""
    return format_datetime(when.astimezone(UTC), usegmt=True)


def parse_http_date(text: str) -> int:
    """The seconds since 1970 in a Date header (IMF-fixdate). Raises BadSignature for anything else."""
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        day, month, year, hour, minute, second = found.groups()
        number = _MONTHS.index(month) // 3 + 1
        when = datetime(int(year), number, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC)
    except ValueError:
        raise BadSignature("The date cannot be read.") from None
    return int(when.timestamp())
