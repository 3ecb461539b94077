"""What goes into the outbound client and what comes out."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from federation.outbound.errors import OverBudget
from federation.signatures.models import PrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs a request: the RSA main key of a local actor."""

    key: PrivateKey

    @property
    def key_id(self) -> str:
        return self.key.id


@dataclass(frozen=True, slots=True)
class Document:
    """A fetched document: `url` is where it was found in the end, of the same origin as the id in `data`."""

    url: str
    data: dict[str, Any]
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an inbox said: `detail` is the beginning of its body, fit to be shown; `retry_after` in seconds."""

    status: int
    retry_after: float | None = None
    detail: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(slots=True)
class Budget:
    """How much fetching one thing (an activity, a request of a person) may cause: requests, and seconds in all."""

    fetches: int = 8
    seconds: float = 30.0
    _began: float = field(default_factory=time.monotonic)

    def spend(self) -> None:
        """Take one request off; `OverBudget` where none is left or the time is up. Redirects, second knocks count."""
        if self.fetches <= 0:
            raise OverBudget("too many fetches for one activity")
        if self.left() <= 0:
            raise OverBudget("too long a time for one activity")
        self.fetches -= 1

    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds - (time.monotonic() - self._began)
