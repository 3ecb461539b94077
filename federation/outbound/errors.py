"""Why something could not be fetched or sent."""

from __future__ import annotations


class FetchError(Exception):
    """Base of all failures of the outbound client.

    `detail` is one sentence for a log or an administrator; `retryable` says whether the same may work later, and
    `retry_after`, where the other side said so, in how many seconds; `status` is the answer's, where there was one, and
    `url` who gave it, where redirects may have led elsewhere.
    """

    retryable = False

    def __init__(self, detail: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        self.url: str | None = None


class Refused(FetchError):
    """We do not ask: the address is not one that may be fetched, or its host is blocked."""


class OverBudget(Refused):
    """One activity has caused as much fetching as it may."""


class Gone(FetchError):
    """The other side says that there is no such thing (404), or no more (410)."""

    @property
    def for_good(self) -> bool:
        """Whether the other side said that it will not come back."""
        return self.status == 410


class Denied(FetchError):
    """The other side answers with another 4xx: it does not want to tell us, signed or not."""


class Unreachable(FetchError):
    """No answer, a broken one, or an error of the other side's own (5xx, 408, 425, 429)."""

    retryable = True


class Misbehaved(FetchError):
    """The answer is not what was asked for: type, size, encoding, origin, or a document that cannot be read."""
