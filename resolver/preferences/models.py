"""What can be set of the domain, and what it is before anybody sets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Registration: TypeAlias = Literal["open", "invite", "closed"]
Strategy: TypeAlias = Literal["least_users", "least_pictures", "least_bytes", "round_robin", "fixed"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """The domain's rules for newcomers.

    `fixed_backend` is the origin that the strategy `fixed` sends them to; `least_free_bytes` must be free on a backend
    that says how many it has; `most_users` is how many people the domain takes; `quota` in bytes goes with them. None
    where there is no limit.
    """

    registration: Registration = "closed"
    strategy: Strategy = "least_users"
    fixed_backend: str | None = None
    least_free_bytes: int = 0
    most_users: int | None = None
    quota: int | None = None
