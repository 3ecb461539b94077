"""What checks of shares look like in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

State: TypeAlias = Literal["heard", "ask"]

DAY = 86_400.0
HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Check:
    """A share that an account holds something of, in hand until the lease ends; see migration 0025."""

    account_id: int
    share: str
    actor_id: int
    actor_uri: str
    host: str
    state: State
    digest: bytes | None
    settled: bytes | None
    attempts: int
    rounds: int
    missing: int
    lease: UUID
    # Seconds since the share's server has answered, or nothing differed.
    since: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a check: the next one is due in `seconds`.

    `digest` is what the share's server said, `settled` the digest for which all has been done that can be; None leaves
    them as they are. `checked`: the server was asked and has answered, or nothing differed. `of_host`: the server is
    not to be asked about anything else before that time either.
    """

    seconds: float
    state: State = "ask"
    attempts: int = 0
    rounds: int = 0
    missing: int = 0
    digest: bytes | None = None
    settled: bytes | None = None
    checked: bool = False
    of_host: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds by a share: one that it accepted (`share_id`), or by what others passed on of it (None)."""

    share_id: UUID | None
    digest: bytes
