"""What becomes of a delivery by the answer it got, and how long to wait before the next attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum

from federation.inbox_contract import Denied
from federation.outbound.errors import FetchError
from federation.outbound.models import Answer

FIRST_SECONDS = 15.0
FACTOR = 4.0
HOUR = 3600.0
DAY = 24 * HOUR
LONGEST_SECONDS = 12 * HOUR
# So long a host, or a delivery, is tried again and again.
PATIENCE_SECONDS = 7 * DAY
# An old delivery that waited for others gets as many tries of its own: about six hours.
LEAST_ATTEMPTS = 6
PROBE_SECONDS = DAY
# A host may ask for less than the shortest wait, but not for none.
SHORTEST_ASKED = 1.0
MAX_ERROR = 300

# Other 4xx are final. 421 (the wrong server of a cluster) and 423 pass too.
PASSING = frozenset({401, 408, 421, 423, 425, 429})
# What speaks of the whole host, not of one activity.
OF_THE_HOST = frozenset({429, 502, 503, 504, 521, 522, 523, 524})


class Fate(Enum):
    """What an attempt means: it arrived; it never will; the inbox is gone; it is another one by now, for which the
    delivery waits already; again later, this delivery or the host; and again later through no fault of theirs."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    GONE = "gone"
    MOVED = "moved"
    LATER = "later"
    HOST_LATER = "host later"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The fate of one attempt; `after` seconds where the other side named a time; `error` fit to be shown.

    `seconds`: how long the other side took to answer.
    """

    fate: Fate
    error: str = ""
    after: float | None = None
    seconds: float = 0.0


def _shown(text: str) -> str:
    """A line that may be kept and shown; what others say may hold anything."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:MAX_ERROR]).strip()


def of_answer(answer: Answer) -> Verdict:
    """PROTOCOL §10. Redirects are not followed, since the signature names the address: they count as a fault of the
    server that may pass, as pages of maintenance are often put up so."""
    status = answer.status
    if 200 <= status < 300:
        return Verdict(Fate.DELIVERED)
    error = _shown(f"HTTP {status} {answer.detail}")
    if status in (404, 410):
        return Verdict(Fate.GONE, error)
    if 400 <= status < 500 and status not in PASSING:
        return Verdict(Fate.REFUSED, error)
    # Whoever names a time in which to come again speaks for the host.
    whole = status in OF_THE_HOST or (answer.retry_after is not None and status >= 500)
    return Verdict(Fate.HOST_LATER if whole else Fate.LATER, error, answer.retry_after)


def of_error(error: Exception) -> Verdict:
    """The verdict on an attempt that got no answer."""
    if isinstance(error, Denied):
        return Verdict(Fate.REFUSED, _shown(f"HTTP {error.status} {error.detail}"))
    if isinstance(error, FetchError):
        fate = Fate.HOST_LATER if error.retryable else Fate.REFUSED
        return Verdict(fate, _shown(error.detail), error.retry_after)
    if isinstance(error, TimeoutError):
        return Verdict(Fate.HOST_LATER, "No answer in time.")
    return Verdict(Fate.LATER, type(error).__name__)


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row (1 or more): 15 s, 1 min, 4 min … 12 h, a fifth more or less."""
    wait = min(LONGEST_SECONDS, FIRST_SECONDS * FACTOR ** min(failures - 1, 10))
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing


def probe_pause() -> float:
    """Seconds between two tries of an unreachable host."""
    return PROBE_SECONDS * random.uniform(0.9, 1.1)  # noqa: S311


def asked(seconds: float) -> float:
    """How long to wait where the other side named `seconds`: between a second and 12 hours."""
    return min(max(seconds, SHORTEST_ASKED), LONGEST_SECONDS)
